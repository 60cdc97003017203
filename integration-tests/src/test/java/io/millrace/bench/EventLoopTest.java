package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class EventLoopTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<String> heard = new ArrayList<>();

    @Test
    void whatIsDoneWithATimerIsDoneAtOnce() throws Exception {
        try (EventLoop loop = new EventLoop()) {
            loop.at(System.nanoTime() + 1_000_000, () -> heard.add("timer"));
            assertThat(loop.runUntil(LONG, () -> !heard.isEmpty())).isTrue();
        }
    }

    @Test
    void timersRunInTheirOrderAndNotBeforeTheirTime() throws Exception {
        try (EventLoop loop = new EventLoop()) {
            long now = System.nanoTime();
            for (int millis : List.of(30, 10, 20)) {
                long due = now + millis * 1_000_000L;
                loop.at(due, () -> heard.add(millis + (System.nanoTime() - due < 0 ? " early" : "")));
            }
            loop.await("all timers", LONG, () -> heard.size() == 3);
            assertThat(heard).containsExactly("10", "20", "30");
        }
    }

    @Test
    void whatIsNeverDoneEndsInTime() throws Exception {
        try (EventLoop loop = new EventLoop()) {
            assertThat(loop.runUntil(Duration.ofMillis(5), () -> false)).isFalse();
            assertThatThrownBy(() -> loop.await("nothing", Duration.ofMillis(5), () -> false))
                    .isInstanceOf(BenchFailure.class)
                    .hasMessageContaining("not within 5 ms: nothing");
        }
    }
}
