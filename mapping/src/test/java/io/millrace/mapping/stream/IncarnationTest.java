package io.millrace.mapping.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.offset.OffsetToken;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncarnationTest {

    /** Clients hold these tags. Stored: never change. Computed with Python's hashlib. */
    static Stream<Arguments> golden() {
        return Stream.of(
                argumentSet("the first of a gateway", "g.1", 1968907353181444L),
                argumentSet("a long gateway", "0123456789abcdefghijklmnopqrstuv.1", 5152266267848846L),
                argumentSet("a large counter", "a.999999999999999999", 4114872367326091L),
                argumentSet("a usual one", "k3x9q2m7w1.4711", 5577788695263498L));
    }

    @ParameterizedTest
    @MethodSource
    void golden(String id, long tag) {
        assertThat(Incarnation.of(id).tag()).isEqualTo(tag);
        assertThat(Incarnation.of(id).id()).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", ".1", "g", "g.", "g.0", "g.01", "g.-1", "g.1234567890123456789", "topic:a.b", "a.b.7"})
    void idIsKeptWhateverItIs(String id) {
        assertThat(Incarnation.of(id).id()).isEqualTo(id);
        assertThat(Incarnation.of(id)).isEqualTo(Incarnation.of(id)).isNotEqualTo(Incarnation.of(id + "1"));
    }

    @Test
    void tagIsNeverTheZeroToken() {
        for (int i = 1; i < 5_000; i++) {
            assertThat(Incarnation.of("g." + i).tag()).isBetween(1L, OffsetToken.MAX);
        }
    }
}
