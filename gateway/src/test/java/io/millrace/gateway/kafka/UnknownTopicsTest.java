package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnknownTopicsTest {

    private static final long START = Long.MAX_VALUE - 500_000_000; // nanoTime may run over
    private static final long KEPT = Duration.ofSeconds(1).toNanos();

    private final UnknownTopics unknown = new UnknownTopics(3, Duration.ofNanos(KEPT));

    @Test
    void namesAreKeptForATime() {
        unknown.add("a", START);
        assertThat(unknown.contains("a", START + KEPT - 1)).isTrue();
        assertThat(unknown.contains("a", START + KEPT)).isFalse();
        assertThat(unknown.contains("b", START)).isFalse();
    }

    @Test
    void theOldestMakeRoom() {
        for (String name : new String[] {"a", "b", "c", "a", "d"}) {
            unknown.add(name, START);
        }
        assertThat(unknown.contains("b", START)).isFalse();
        for (String name : new String[] {"a", "c", "d"}) {
            assertThat(unknown.contains(name, START)).isTrue();
        }
    }

    @Test
    void aFloodIsForgotten() {
        for (int i = 0; i < 1_000; i++) {
            unknown.add("name " + i, START);
            assertThat(unknown.size()).isLessThanOrEqualTo(3);
        }
        unknown.add("later", START + KEPT);
        assertThat(unknown.size()).isEqualTo(1);
    }

    @Test
    void aTopicThatIsMadeIsNotUnknown() {
        unknown.add("a", START);
        unknown.remove("a");
        assertThat(unknown.contains("a", START)).isFalse();
    }
}
