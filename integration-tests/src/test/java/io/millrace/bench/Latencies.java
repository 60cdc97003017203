package io.millrace.bench;

import java.util.List;

/**
 * A distribution of durations. Those that differ by less than one percent are counted together, so it has the same small
 * size however many it holds.
 */
final class Latencies {

    /** Counters per power of two. */
    private static final int STEPS = 128;

    private static final int STEP_BITS = 7;

    private static final double NANOS_PER_MILLI = 1e6;

    private final long[] counts = new long[STEPS * (Long.SIZE - STEP_BITS)];
    private long count;
    private long longestNanos;

    void add(long nanos) {
        long counted = Math.max(nanos, 0);
        counts[index(counted)]++;
        count++;
        longestNanos = Math.max(longestNanos, counted);
    }

    long count() {
        return count;
    }

    /** The duration that {@code percent} of all do not exceed. */
    double percentileMillis(double percent) {
        if (count == 0) {
            throw new BenchFailure("nothing was measured");
        }
        long rank = Math.max(1, (long) Math.ceil(count * percent / 100));
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i];
            if (sum >= rank) {
                return Math.min(longestIn(i), longestNanos) / NANOS_PER_MILLI;
            }
        }
        throw new AssertionError("the counters do not add up");
    }

    /** What is told of it; of nothing, nothing. */
    List<Figure> figures() {
        if (count == 0) {
            return List.of();
        }
        return List.of(
                new Figure("p50", "ms", percentileMillis(50)),
                new Figure("p99", "ms", percentileMillis(99)),
                new Figure("longest", "ms", longestNanos / NANOS_PER_MILLI));
    }

    /** The number itself while it is small; then its power of two and the {@link #STEP_BITS} bits below the first. */
    private static int index(long nanos) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(nanos) - STEP_BITS - 1);
        return shift * STEPS + (int) (nanos >>> shift);
    }

    private static long longestIn(int index) {
        int shift = Math.max(0, index / STEPS - 1);
        long step = index - (long) shift * STEPS;
        return ((step + 1) << shift) - 1;
    }
}
