package io.millrace.bench;

import java.time.Duration;

/**
 * How long a run of a workload takes.
 *
 * @param warmUp at full load, before anything is measured
 * @param measured the window in which figures are taken
 */
public record Pace(Duration warmUp, Duration measured) {

    public Pace {
        if (warmUp.isNegative() || !measured.isPositive()) {
            throw new IllegalArgumentException("something must be measured, after a warm-up or at once");
        }
    }

    /** All of it, and {@code more}. */
    Duration plus(Duration more) {
        return warmUp.plus(measured).plus(more);
    }
}
