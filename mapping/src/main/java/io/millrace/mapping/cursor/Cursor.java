package io.millrace.mapping.cursor;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The number of the 20 s interval that a live response belongs to, always ahead of the one the client came with, so that
 * caches collapse readers but never loop them (PROTOCOL.md 10.1).
 *
 * <p>A client's cursor is decimal digits, at most {@link #MAX_DIGITS} of them. Anything else was never issued and is
 * treated as absent: a cursor that follows the clock has 8 digits today, and 18 digits are not reached by adding jitter
 * to it. Within the bound the answer is strictly greater than what the client sent, however far ahead that is.
 */
public final class Cursor {

    /** Longest client cursor that counts; with jitter added it still fits a long. */
    public static final int MAX_DIGITS = 18;

    private static final Instant EPOCH = Instant.parse("2024-10-09T00:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(20);
    private static final int MAX_JITTER_SECONDS = 3600;

    private Cursor() {}

    /** The cursor of a response made now for a client that sent this cursor, or none. */
    public static String next(@Nullable String clientCursor, Instant now, RandomGenerator random) {
        long current = intervalOf(now);
        long client = clientCursor == null ? -1 : parse(clientCursor);
        return Long.toString(client < current ? current : client + jitterIntervals(random));
    }

    private static long intervalOf(Instant now) {
        // A clock before the epoch would give a cursor that is no decimal number.
        return Math.max(0, Math.floorDiv(now.getEpochSecond() - EPOCH.getEpochSecond(), INTERVAL.toSeconds()));
    }

    private static long jitterIntervals(RandomGenerator random) {
        return Math.ceilDiv(1 + random.nextInt(MAX_JITTER_SECONDS), INTERVAL.toSeconds());
    }

    /** The number that a client's cursor means, -1 if it is not one that a server of this protocol issues. */
    private static long parse(String clientCursor) {
        if (clientCursor.isEmpty() || clientCursor.length() > MAX_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < clientCursor.length(); i++) {
            char c = clientCursor.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
