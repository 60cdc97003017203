package io.millrace.mapping.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** The one source of accidents. */
public final class Chance {

    private final SplittableRandom random;

    /** All of it follows from {@code seed}. */
    public Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    /** True once in {@code n} times; never for 0. */
    public boolean oneIn(int n) {
        return n > 0 && random.nextInt(n) == 0;
    }

    /** {@code least} to {@code most}, both included. */
    public int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /** One of them. */
    public <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** Milliseconds on a network: mostly few, now and then many. */
    public int delay() {
        return oneIn(12) ? between(20, 250) : between(1, 12);
    }
}
