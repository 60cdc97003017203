package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VitalsTest {

    private static final Vitals BEFORE = new Vitals(200_000, 50_000, 100, 40, 10);

    /** What a gateway holds after a soak; whether it is flat, and whether it has at least let go of its clients. */
    static Stream<Arguments> after() {
        return Stream.of(
                argumentSet("the same", BEFORE, true, true),
                argumentSet("less", new Vitals(100_000, 20_000, 50, 20, 5), true, true),
                argumentSet("all within the margins", new Vitals(240_000, 55_000, 105, 45, 15), true, true),
                argumentSet("too much memory", new Vitals(240_001, 50_000, 100, 40, 10), false, true),
                argumentSet("too much heap", new Vitals(200_000, 55_001, 100, 40, 10), false, true),
                argumentSet("too many files", new Vitals(200_000, 50_000, 106, 40, 10), false, false),
                argumentSet("too many threads", new Vitals(200_000, 50_000, 100, 46, 10), false, true),
                argumentSet("too many virtual threads", new Vitals(200_000, 50_000, 100, 40, 16), false, false));
    }

    @ParameterizedTest
    @MethodSource("after")
    void areComparedWithThoseBefore(Vitals after, boolean flat, boolean withoutClients) {
        assertThat(after.isFlatSince(BEFORE)).isEqualTo(flat);
        assertThat(after.isWithoutClientsLike(BEFORE)).isEqualTo(withoutClients);
    }

    @Test
    void haveTheHeapThatIsAliveWithoutWhatTheCollectorFillsItWith() {
        assertThat(Vitals.heapKib("""
                        4711:
                         num     #instances         #bytes  class name (module)
                        -------------------------------------------------------
                           1:         51524        2048000  [B (java.base@25.0.3)
                           2:           329        3466856  [Ljdk.internal.vm.FillerElement; (java.base@25.0.3)
                           3:         33893         813432  java.lang.String (java.base@25.0.3)
                          10:             1             16  jdk.internal.vm.FillerObject (java.base@25.0.3)
                        1000:             1         210568  io.millrace.gateway.log.WireRecord
                        Total         85748        6538872
                        """)).isEqualTo(3_000);
    }

    @Test
    void haveNoHeapWhereNobodySaysSo() {
        assertThatThrownBy(() -> Vitals.heapKib("4711: no such process")).hasMessageContaining("no class");
    }

    @Test
    void haveTheVirtualThreadsOfADump() {
        assertThat(Vitals.virtualThreads("""
                        {"threads": [{"tid": "1", "name": "main"}, {"tid": "2", "virtual": true, "name": ""},
                        {"tid": "3", "virtual": true, "name": "request"}]}""")).isEqualTo(2);
    }
}
