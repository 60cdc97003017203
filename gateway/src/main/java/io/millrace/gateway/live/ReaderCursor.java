package io.millrace.gateway.live;

import io.millrace.mapping.cursor.Cursor;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The cursor of one live response, which follows the clock and never goes back (PROTOCOL.md 10.1). */
public final class ReaderCursor {

    private final InstantSource clock;
    private String text;

    /** The cursor of a reader that came with {@code clientCursor}. */
    public ReaderCursor(Optional<String> clientCursor, InstantSource clock) {
        this.clock = clock;
        this.text = next(clientCursor.orElse(null));
    }

    /** The cursor as of now. */
    public String text() {
        String current = next(null);
        if (Long.parseLong(current) > Long.parseLong(text)) {
            text = current;
        }
        return text;
    }

    private String next(@Nullable String clientCursor) {
        return Cursor.next(clientCursor, clock.instant(), ThreadLocalRandom.current());
    }
}
