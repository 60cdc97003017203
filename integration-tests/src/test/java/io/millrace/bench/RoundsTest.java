package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long BEGIN = -3 * SECOND;

    private final Rounds rounds = new Rounds(new Pace(Duration.ofSeconds(2), Duration.ofSeconds(4)), BEGIN);

    @Test
    void areMeasuredAfterTheWarmUpUntilTheTimeIsOver() {
        rounds.add(BEGIN, Duration.ofMillis(900));
        for (int second = 2; second < 6; second++) {
            assertThat(rounds.isOpen(BEGIN + second * SECOND)).isTrue();
            rounds.add(BEGIN + second * SECOND, Duration.ofMillis(second));
        }
        assertThat(rounds.isOpen(BEGIN + 6 * SECOND)).isFalse();
        assertThat(rounds.figures("all"))
                .containsExactly(
                        new Figure("all", "ms", 3.5), new Figure("longest", "ms", 5), new Figure("rounds", "", 4));
    }

    @Test
    void areNeverFewerThanThree() {
        for (int i = 0; i < Rounds.FEWEST; i++) {
            assertThat(rounds.isOpen(BEGIN + (100 + i) * SECOND)).isTrue();
            rounds.add(BEGIN + (100 + i) * SECOND, Duration.ofMillis(1));
        }
        assertThat(rounds.isOpen(BEGIN + 100 * SECOND)).isFalse();
    }

    @Test
    void ofNoneNothingIsTold() {
        assertThat(rounds.figures("all")).isEmpty();
    }
}
