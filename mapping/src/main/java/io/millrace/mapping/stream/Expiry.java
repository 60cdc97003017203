package io.millrace.mapping.stream;

import java.time.Duration;
import java.time.Instant;

/** When a stream ends by itself (PROTOCOL.md 5.1, Stream-TTL and Stream-Expires-At). */
public sealed interface Expiry {

    /** Never. */
    record Never() implements Expiry {}

    /** After it was neither read nor written for {@code window}. */
    record Sliding(Duration window) implements Expiry {

        /** The longest window, in seconds: some 285 thousand years, so that no sum of times overflows. */
        public static final long MOST_SECONDS = ProducerStamp.MAX / 1000;

        private static final long MOST_THROTTLE_MILLIS = 60_000;

        public Sliding {
            if (window.isNegative()
                    || window.toSeconds() > MOST_SECONDS
                    || !window.equals(Duration.ofSeconds(window.toSeconds()))) {
                throw new IllegalArgumentException("a TTL is 0 to " + MOST_SECONDS + " whole seconds");
            }
        }

        /**
         * How far apart logged accesses may be: a read within this time of the last logged access is not logged, and in
         * return the stream lives this much longer. Part of format version 1: never change.
         */
        public Duration throttle() {
            return Duration.ofMillis(Math.min(window.toMillis() / 20, MOST_THROTTLE_MILLIS));
        }
    }

    /** At a fixed time, whatever happens. */
    record Absolute(Instant at) implements Expiry {

        private static final Instant FIRST = Instant.parse("-0001-01-01T00:00:00Z");
        private static final Instant LAST = Instant.parse("+10000-12-31T23:59:59.999999999Z");

        public Absolute {
            if (at.isBefore(FIRST) || at.isAfter(LAST)) {
                throw new IllegalArgumentException("an expiry is from the year -1 to 10000");
            }
        }
    }

    /**
     * The log time, in epoch milliseconds, past which a stream whose last logged access was at {@code lastAccessMillis}
     * has ended; {@link Long#MAX_VALUE} for never.
     */
    default long deadlineMillis(long lastAccessMillis) {
        return switch (this) {
            case Never() -> Long.MAX_VALUE;
            case Sliding sliding ->
                lastAccessMillis
                        + sliding.window().toMillis()
                        + sliding.throttle().toMillis();
            case Absolute(Instant at) -> at.toEpochMilli();
        };
    }
}
