package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TailBudgetTest {

    private final TailBudget budget = new TailBudget(100);

    @Test
    void aPartitionMayHaveItAllWhereNobodyElseWantsAny() {
        budget.join();
        budget.join();
        budget.take(100);
        assertThat(budget.exceededBy(100)).isFalse();
    }

    @Test
    void whoHasNoMoreThanItsShareGivesNothingBack() {
        budget.join();
        budget.join();
        budget.take(110);
        assertThat(budget.exceededBy(50)).isFalse();
        assertThat(budget.exceededBy(60)).isTrue();
    }

    @Test
    void whoLeavesLeavesNothing() {
        budget.join();
        budget.join();
        budget.take(110);
        budget.leave(110);
        budget.take(100);
        assertThat(budget.exceededBy(100)).isFalse();
        budget.take(1);
        assertThat(budget.exceededBy(101)).isTrue();
    }
}
