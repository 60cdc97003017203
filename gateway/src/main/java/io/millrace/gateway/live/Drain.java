package io.millrace.gateway.live;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The time that live readers have to leave at a shutdown. Each leaves at a moment of its own, so that they do not come to
 * another gateway, or back to this one's successor, as one wave.
 *
 * @param beginNanos when it began, by {@link System#nanoTime}
 */
record Drain(long beginNanos, Duration length) {

    /** Who comes back to a gateway that is about to stop is not sent away again at once, and again. */
    static final Duration SHORTEST = Duration.ofMillis(250);

    /** How long a reader may stay that is there, or comes, at {@code nowNanos}. */
    Duration stay(long nowNanos, RandomGenerator random) {
        Duration left = length.minusNanos(nowNanos - beginNanos);
        Duration least = length.compareTo(SHORTEST) < 0 ? length : SHORTEST;
        return Jitter.within(left.compareTo(least) < 0 ? least : left, random);
    }
}
