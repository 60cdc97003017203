package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {

    @Test
    void percentilesAreOfWhatWasAdded() {
        Latencies latencies = new Latencies();
        for (long micros = 1_000; micros >= 1; micros--) {
            latencies.add(micros * 1_000);
        }
        assertThat(latencies.count()).isEqualTo(1_000);
        assertThat(latencies.percentileMillis(50)).isCloseTo(0.5, withinPercentage(1));
        assertThat(latencies.percentileMillis(99)).isCloseTo(0.99, withinPercentage(1));
        assertThat(latencies.percentileMillis(100)).isEqualTo(1);
    }

    /** Nearest rank: of 100 different durations the p-th percentile is the p-th. Short ones are counted exactly. */
    @ParameterizedTest
    @CsvSource({
        "100, 1, 1",
        "100, 50, 50",
        "100, 99, 99",
        "100, 100, 100",
        "101, 50, 51",
        "99, 99, 99",
        "1, 50, 1",
        "3, 50, 2"
    })
    void aPercentileIsTheOneOfItsRank(int durations, int percent, int nanos) {
        Latencies latencies = new Latencies();
        for (int i = durations; i >= 1; i--) {
            latencies.add(i);
        }
        assertThat(latencies.percentileMillis(percent)).isEqualTo(nanos / 1e6);
    }

    @Test
    void oneOutlierIsTheLongestAndNoPercentileBelow() {
        Latencies latencies = new Latencies();
        for (int i = 0; i < 999; i++) {
            latencies.add(1_000_000);
        }
        latencies.add(5_000_000_000L);
        assertThat(latencies.percentileMillis(99)).isCloseTo(1, withinPercentage(1));
        assertThat(latencies.figures()).last().isEqualTo(new Figure("longest", "ms", 5_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 255, 256, 257, 1_000_003, 86_400_000_000_000L, Long.MAX_VALUE})
    void everyDurationIsCountedWithinOnePercent(long nanos) {
        Latencies latencies = new Latencies();
        latencies.add(nanos);
        latencies.add(Long.MAX_VALUE);
        assertThat(latencies.percentileMillis(50)).isBetween(nanos / 1e6, nanos / 1e6 * 1.01);
    }

    @Test
    void aClockThatGoesBackCountsAsNoTime() {
        Latencies latencies = new Latencies();
        latencies.add(-5);
        assertThat(latencies.figures()).extracting(Figure::value).isEqualTo(List.of(0.0, 0.0, 0.0));
    }

    @Test
    void nothingHasNoPercentile() {
        assertThat(new Latencies().figures()).isEmpty();
        assertThatThrownBy(() -> new Latencies().percentileMillis(50)).isInstanceOf(BenchFailure.class);
    }
}
