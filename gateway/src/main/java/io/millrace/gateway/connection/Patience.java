package io.millrace.gateway.connection;

import io.millrace.gateway.config.ServerSettings;
import java.time.Duration;

/**
 * How long clients may keep a connection waiting.
 *
 * @param firstRequest from the connection to its first request's whole head
 * @param nextRequest  from an answer to the next request's whole head
 * @param silence      in the middle of a body
 * @param body         from a request's head to the end of its body
 * @param write        for a piece of an answer that the client does not take
 */
public record Patience(Duration firstRequest, Duration nextRequest, Duration silence, Duration body, Duration write) {

    /** A whole body may take so many times as long as its client may be silent. */
    private static final int SILENCES_PER_BODY = 10;

    /** A connection above the bound is there to be told so. */
    private static final Duration SURPLUS = Duration.ofSeconds(5);

    static Patience of(ServerSettings settings) {
        Duration request = settings.requestTimeout();
        return new Patience(
                request,
                settings.idleTimeout(),
                request,
                request.multipliedBy(SILENCES_PER_BODY),
                settings.writeTimeout());
    }

    /** With a connection that is one too many. */
    Patience withSurplus() {
        return new Patience(min(firstRequest, SURPLUS), min(nextRequest, SURPLUS), silence, body, write);
    }

    /** The shortest of all spans. */
    Duration shortest() {
        return min(min(firstRequest, nextRequest), write);
    }

    /** The earlier of two times of {@link System#nanoTime}. */
    public static long earlier(long leftNanos, long rightNanos) {
        return leftNanos - rightNanos < 0 ? leftNanos : rightNanos;
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }
}
