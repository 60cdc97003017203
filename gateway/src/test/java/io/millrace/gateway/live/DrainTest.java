package io.millrace.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final Duration LENGTH = Duration.ofSeconds(10);
    private static final int READERS = 1_000;
    private static final int SLICES = 10;

    /** A clock that is about to overflow, as System.nanoTime may be. */
    private static final long BEGIN = Long.MAX_VALUE - 5;

    private final Drain drain = new Drain(BEGIN, LENGTH);
    private final Random random = new Random(1);

    @Test
    void readersLeaveSpreadOverItsWholeLength() {
        List<Integer> leaving = new ArrayList<>(Collections.nCopies(SLICES, 0));
        for (int reader = 0; reader < READERS; reader++) {
            Duration stay = drain.stay(BEGIN, random);
            int slice = (int) (stay.toMillis() * SLICES / LENGTH.toMillis());
            leaving.set(slice, leaving.get(slice) + 1);
        }
        assertThat(leaving).allMatch(count -> count > READERS / SLICES / 2 && count < READERS / SLICES * 2);
    }

    @Test
    void whoComesMeanwhileLeavesWithinWhatIsLeft() {
        Duration left = Duration.ofSeconds(2);
        assertThat(stays(drain, LENGTH.minus(left)))
                .allMatch(stay -> !stay.isNegative() && stay.compareTo(left) < 0)
                .anyMatch(stay -> stay.compareTo(left.dividedBy(2)) > 0);
    }

    @Test
    void whoComesAtTheEndOrLaterIsNotSentAwayAtOnce() {
        for (Duration late : new Duration[] {LENGTH.minusMillis(1), LENGTH, LENGTH.multipliedBy(2)}) {
            assertThat(stays(drain, late))
                    .allMatch(stay -> !stay.isNegative() && stay.compareTo(Drain.SHORTEST) < 0)
                    .anyMatch(stay -> stay.compareTo(Drain.SHORTEST.dividedBy(2)) > 0);
        }
    }

    @Test
    void ofNoLengthItSendsEverybodyAwayAtOnce() {
        Drain none = new Drain(BEGIN, Duration.ZERO);
        assertThat(stays(none, Duration.ZERO)).allMatch(Duration::isZero);
        assertThat(stays(none, Duration.ofSeconds(1))).allMatch(Duration::isZero);
    }

    private List<Duration> stays(Drain at, Duration after) {
        return IntStream.range(0, READERS)
                .mapToObj(_ -> at.stay(BEGIN + after.toNanos(), random))
                .toList();
    }
}
