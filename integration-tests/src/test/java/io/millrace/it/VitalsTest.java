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
    void haveTheHeapOfBothGenerations() {
        assertThat(Vitals.heapKib("""
                        4711:
                         def new generation   total 78656K, used 1000K [0x00, 0x01, 0x02)
                          eden space 69952K,   1% used [0x00, 0x01, 0x02)
                         tenured generation   total 174784K, used 23456K [0x00, 0x01, 0x02)
                           the space 174784K,  13% used [0x00, 0x01, 0x02)
                         Metaspace       used 40000K, committed 41000K, reserved 1100000K
                          class space    used 5000K, committed 5500K, reserved 1048576K
                        """)).isEqualTo(24_456);
    }

    @Test
    void haveNoHeapWhereNobodySaysSo() {
        assertThatThrownBy(() -> Vitals.heapKib("4711: no such process")).hasMessageContaining("no generation");
    }

    @Test
    void haveTheVirtualThreadsOfADump() {
        assertThat(Vitals.virtualThreads("""
                        {"threads": [{"tid": "1", "name": "main"}, {"tid": "2", "virtual": true, "name": ""},
                        {"tid": "3", "virtual": true, "name": "request"}]}""")).isEqualTo(2);
    }
}
