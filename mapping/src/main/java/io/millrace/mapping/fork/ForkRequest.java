package io.millrace.mapping.fork;

import io.millrace.mapping.judge.Command.Body;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;
import java.util.function.Function;

/**
 * A PUT that asks for a fork, before its source was looked at (PROTOCOL.md 4.2).
 *
 * @param path        where the fork is to stand
 * @param source      what it is to begin with
 * @param from        the divergence point: an offset of the source, its beginning, or its tail
 * @param requested   the same as the client named it
 * @param contentType empty: the source's
 * @param expiry      empty: the source's
 * @param body        initial data of the fork's own, read by the content type that the fork turns out to have
 * @param closed      whether the fork is closed from the beginning
 */
public record ForkRequest(
        StreamPath path,
        StreamPath source,
        RequestedOffset from,
        ForkOrigin.Requested requested,
        Optional<MediaType> contentType,
        Optional<Expiry> expiry,
        Function<MediaType, Body> body,
        boolean closed) {

    /** Whether a sub-offset asks for a part of the record at the divergence point. */
    boolean wantsPartial() {
        return requested.subOffset() > 0;
    }

    /** Whether {@code standing} was asked for in these very words; its source need not be there any more. */
    boolean asksFor(Standing standing) {
        StreamConfiguration configuration = standing.configuration();
        return configuration
                        .origin()
                        .filter(origin -> origin.source().equals(source)
                                && origin.requested().equals(requested)
                                && (expiry.isPresent() || origin.inheritsExpiry()))
                        .isPresent()
                && expiry.map(configuration.expiry()::equals).orElse(true)
                && contentType.map(configuration.contentType()::sameAs).orElse(true)
                && closed == (standing instanceof Closed);
    }
}
