package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IdleReadersWorkloadTest {

    @Test
    void residentMemoryIsReadFromWhatLinuxTells() {
        assertThat(IdleReadersWorkload.parseResidentKib("""
                Name:\tjava
                VmHWM:\t  262144 kB
                VmRSS:\t  131072 kB
                RssAnon:\t  100000 kB
                """)).isEqualTo(131_072);
    }

    @Test
    void aProcessThatHasEndedHasNone() {
        assertThatThrownBy(() -> IdleReadersWorkload.parseResidentKib("Name:\tjava\nState:\tZ (zombie)\n"))
                .isInstanceOf(BenchFailure.class);
    }
}
