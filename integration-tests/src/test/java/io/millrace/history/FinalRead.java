package io.millrace.history;

import java.util.List;
import java.util.Optional;

/**
 * A stream as one gateway serves it when all is over.
 *
 * @param stream empty where there is none
 */
public record FinalRead(String gateway, String path, Optional<Stream> stream) {

    /** All of it. */
    public record Stream(List<String> messages, String tail, boolean isClosed) {

        public Stream {
            messages = List.copyOf(messages);
        }

        String life() {
            return Place.lifeOf(tail);
        }
    }
}
