package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.OperationId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class UndecidedTest {

    private static final Outcome OUTCOME = new Outcome.NoSuchStream();
    private static final OperationId FIRST = new OperationId("abcdefghijklm", 1);
    private static final OperationId SECOND = new OperationId("abcdefghijklm", 2);

    private final Undecided undecided = new Undecided();

    @Test
    void whoHasSentItAndOthersAreToldTheOutcome() {
        Undecided.Decision decision = undecided.add(FIRST, 0);
        CompletableFuture<Outcome> others = undecided.of(FIRST);
        assertThat(undecided.oldest()).isSameAs(others);
        undecided.remove(FIRST).orElseThrow().tell(OUTCOME);
        assertThat(decision.own()).isCompletedWithValue(OUTCOME);
        assertThat(others).isCompletedWithValue(OUTCOME);
        assertThat(undecided.isEmpty()).isTrue();
        assertThat(undecided.remove(FIRST)).isEmpty();
        assertThatThrownBy(() -> undecided.of(FIRST)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoseTimeIsOverIsToldSoAndNobodyElse() {
        Undecided.Decision first = undecided.add(FIRST, 100);
        Undecided.Decision second = undecided.add(SECOND, 200);
        CompletableFuture<Outcome> others = undecided.of(FIRST);
        undecided.expire(99);
        assertThat(first.own()).isNotDone();
        undecided.expire(100);
        undecided.expire(150);
        assertThat(first.own())
                .failsWithin(0, java.util.concurrent.TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseInstanceOf(TimeoutException.class);
        assertThat(second.own()).isNotDone();
        assertThat(others).as("it is undecided all the same").isNotDone();

        undecided.remove(FIRST).orElseThrow().tell(OUTCOME);
        assertThat(others).isCompletedWithValue(OUTCOME);
    }

    @Test
    void thereIsNothingToLookAtWhereNothingIsUndecided() {
        assertThat(undecided.isAwaited()).isFalse();
        undecided.add(FIRST, 100);
        assertThat(undecided.isAwaited()).isTrue();
        undecided.expire(0);
        assertThat(undecided.isAwaited()).isTrue();
        undecided.remove(FIRST);
        undecided.expire(0);
        assertThat(undecided.isAwaited()).isFalse();
    }

    @Test
    void allThatAreGivenUpAreTold() {
        Undecided.Decision first = undecided.add(FIRST, 100);
        undecided.add(SECOND, 200);
        CompletableFuture<Outcome> others = undecided.of(SECOND);
        List<Undecided.Decision> all = undecided.removeAll();
        all.forEach(decision -> decision.fail(new IllegalStateException("test")));
        assertThat(first.own()).isCompletedExceptionally();
        assertThat(others).isCompletedExceptionally();
        assertThat(undecided.isEmpty()).isTrue();
    }
}
