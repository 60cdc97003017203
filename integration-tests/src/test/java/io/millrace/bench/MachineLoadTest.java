package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineLoadTest {

    @Test
    void idleAndWaitingTimeIsNotBusy() {
        assertThat(MachineLoad.parseBusyTicks("cpu  1 20 300 4000 50000 600000 7000000 80000000 9 9\ncpu0 1 2 3\n"))
                .isEqualTo(87_600_321);
    }
}
