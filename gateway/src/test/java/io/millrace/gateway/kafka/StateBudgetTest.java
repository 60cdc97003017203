package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StateBudgetTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final StateBudget budget = new StateBudget(100);

    @Test
    void isExceededAboveItsLimit() {
        budget.change(100, 2);
        assertThat(budget.isExceeded()).isFalse();
        budget.change(1, 0);
        assertThat(budget.isExceeded()).isTrue();
        assertThat(budget.bytes()).isEqualTo(101);
        assertThat(budget.streams()).isEqualTo(2);
    }

    @Test
    void whoWaitsIsWokenWhenMemoryIsGivenBack() throws Exception {
        budget.change(150, 1);
        FutureTask<Boolean> waiting = waiting(LONG);
        budget.change(-20, 0);
        assertThat(waiting.isDone()).isFalse();
        budget.change(-40, 0);
        assertThat(waiting.get()).isTrue();
    }

    @Test
    void whoWaitsInVainIsToldSo() throws Exception {
        budget.change(150, 1);
        assertThat(waiting(Duration.ofMillis(20)).get()).isFalse();
    }

    @Test
    void whereThereIsRoomNobodyWaits() throws Exception {
        assertThat(budget.await(() -> !budget.isExceeded(), Duration.ZERO)).isTrue();
    }

    private FutureTask<Boolean> waiting(Duration patience) {
        FutureTask<Boolean> waiting = new FutureTask<>(() -> budget.await(() -> !budget.isExceeded(), patience));
        Thread.ofVirtual().start(waiting);
        return waiting;
    }
}
