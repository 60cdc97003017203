package io.millrace.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JitterTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LEAST = Duration.ofSeconds(54);
    private static final Duration MOST = Duration.ofSeconds(66);

    private final Random random = new Random(1);

    @Test
    void aroundIsATenthMoreOrLess() {
        List<Duration> all = Stream.generate(() -> Jitter.around(MINUTE, random))
                .limit(1_000)
                .toList();
        assertThat(all)
                .allMatch(length -> length.compareTo(LEAST) >= 0 && length.compareTo(MOST) <= 0)
                .anyMatch(length -> length.compareTo(LEAST.plusSeconds(1)) < 0)
                .anyMatch(length -> length.compareTo(MOST.minusSeconds(1)) > 0);
    }

    /** A long-poll's timeout is what its clients and the proxies between count on. */
    @Test
    void nearlyIsNeverMore() {
        List<Duration> all = Stream.generate(() -> Jitter.nearly(MINUTE, random))
                .limit(1_000)
                .toList();
        assertThat(all)
                .allMatch(length -> length.compareTo(LEAST) >= 0 && length.compareTo(MINUTE) <= 0)
                .anyMatch(length -> length.compareTo(LEAST.plusSeconds(1)) < 0)
                .anyMatch(length -> length.compareTo(MINUTE.minusSeconds(1)) > 0);
    }
}
