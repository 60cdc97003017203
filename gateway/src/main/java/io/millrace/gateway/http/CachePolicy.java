package io.millrace.gateway.http;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.time.Instant;

/**
 * How long caches may keep a read's answer (PROTOCOL.md 10.1).
 *
 * <p>A range that nothing can be added to, because it ends below the tail or the stream is closed, is public for a
 * minute, and five more while it is fetched again; never longer than the stream lives. The answer at an open stream's
 * tail says "this is all there is", which a cache must not repeat: it asks again each time, and mostly gets 304. A
 * long-poll's data is the exception, for its URL holds a cursor, and whoever gets it polls on from its end anyway.
 *
 * <p>Of a topic that somebody else writes the operator says who may keep answers. None of them lives on while it is
 * fetched again: the topic may be compacted.
 */
final class CachePolicy {

    private static final long MAX_AGE_SECONDS = 60;
    private static final long STALE_SECONDS = 300;

    private CachePolicy() {}

    /** Cache-Control of a catch-up read's answer. */
    static String catchUp(Chunk chunk, Instant now) {
        boolean open = chunk.upToDate() && !chunk.endOfStream();
        return switch (chunk.caching()) {
            case PUBLIC -> open ? "no-cache" : shared(chunk.stream(), now);
            case PRIVATE -> open ? "private, no-cache" : "private, max-age=" + MAX_AGE_SECONDS;
            case NONE -> "no-store";
        };
    }

    /** Cache-Control of a long-poll's answer with data. */
    static String longPoll(Chunk chunk, Instant now) {
        return switch (chunk.caching()) {
            case PUBLIC -> shared(chunk.stream(), now);
            case PRIVATE -> "private, max-age=" + MAX_AGE_SECONDS;
            case NONE -> "no-store";
        };
    }

    private static String shared(Standing stream, Instant now) {
        long lives = secondsToLive(stream, now);
        long maxAge = Math.min(MAX_AGE_SECONDS, lives);
        if (maxAge <= 0) {
            return "no-store";
        }
        return "public, max-age=" + maxAge + ", stale-while-revalidate=" + Math.min(STALE_SECONDS, lives - maxAge);
    }

    private static long secondsToLive(Standing stream, Instant now) {
        return switch (stream.configuration().expiry()) {
            case Expiry.Never() -> Long.MAX_VALUE;
            case Expiry.Sliding(Duration window) -> window.toSeconds();
            case Expiry.Absolute(Instant at) -> Duration.between(now, at).toSeconds();
        };
    }
}
