package io.millrace.gateway.live;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Times that differ from reader to reader, so that those of one moment do not all come back at another. */
public final class Jitter {

    /** Up to this part of a time is added to it or taken from it. */
    private static final double PART = 0.1;

    private Jitter() {}

    /** A time of about {@code length}. */
    public static Duration around(Duration length, RandomGenerator random) {
        return times(length, random.nextDouble(1 - PART, 1 + PART));
    }

    /** A time of {@code most} or a little less. */
    public static Duration nearly(Duration most, RandomGenerator random) {
        return times(most, random.nextDouble(1 - PART, 1));
    }

    /** Any time from none to {@code most}. */
    static Duration within(Duration most, RandomGenerator random) {
        return times(most, random.nextDouble());
    }

    private static Duration times(Duration length, double factor) {
        return Duration.ofNanos((long) (length.toNanos() * factor));
    }
}
