package io.millrace.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UploadBudgetTest {

    @Test
    void whatIsRefusedIsNotTaken() {
        UploadBudget budget = new UploadBudget(10);
        assertThat(budget.take(6)).isTrue();
        assertThat(budget.take(5)).isFalse();
        assertThat(budget.take(4)).isTrue();
        assertThat(budget.take(1)).isFalse();
        budget.giveBack(6);
        assertThat(budget.take(6)).isTrue();
    }
}
