package io.millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long something takes that is done over and over: for the time of the warm-up, and then while it is measured. */
final class Rounds {

    /** However short the time is. */
    static final int FEWEST = 3;

    private static final double NANOS_PER_MILLI = 1e6;

    private final long openNanos;
    private final long closeNanos;
    private final List<Double> millis = new ArrayList<>();

    /** The warm-up begins at {@code nowNanos}. */
    Rounds(Pace pace, long nowNanos) {
        openNanos = nowNanos + pace.warmUp().toNanos();
        closeNanos = openNanos + pace.measured().toNanos();
    }

    /** Whether there is to be another round. */
    boolean isOpen(long nowNanos) {
        return millis.size() < FEWEST || nowNanos - closeNanos < 0;
    }

    /** One that began at {@code beganNanos} has taken so long. */
    void add(long beganNanos, Duration took) {
        if (beganNanos - openNanos >= 0) {
            millis.add(took.toNanos() / NANOS_PER_MILLI);
        }
    }

    /** The median of those that began after the warm-up and the longest of them; of none, nothing. */
    List<Figure> figures(String name) {
        if (millis.isEmpty()) {
            return List.of();
        }
        return List.of(
                new Figure(name, "ms", Report.median(millis)),
                new Figure("longest", "ms", Collections.max(millis)),
                new Figure("rounds", "", millis.size()));
    }
}
