package io.millrace.mapping.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OperationIdTest {

    static Stream<Arguments> legal() {
        return Stream.of(
                argumentSet("the shortest", "g.1", new OperationId("g", 1)),
                argumentSet("digits first", "0a.10", new OperationId("0a", 10)),
                argumentSet(
                        "the longest",
                        "0123456789abcdefghijklmnopqrstuv.999999999999999999",
                        new OperationId("0123456789abcdefghijklmnopqrstuv", 999_999_999_999_999_999L)));
    }

    @ParameterizedTest
    @MethodSource
    void legal(String text, OperationId id) {
        assertThat(OperationId.parse(text)).contains(id);
        assertThat(id.text()).isEqualTo(text);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                argumentSet("nothing", ""),
                argumentSet("no dot", "g1"),
                argumentSet("no gateway", ".1"),
                argumentSet("no counter", "g."),
                argumentSet("counter 0", "g.0"),
                argumentSet("leading zero", "g.01"),
                argumentSet("a sign", "g.+1"),
                argumentSet("negative", "g.-1"),
                argumentSet("two dots", "g.1.1"),
                argumentSet("a letter in the counter", "g.1a"),
                argumentSet("19 digits", "g.1000000000000000000"),
                argumentSet("a capital", "G.1"),
                argumentSet("a separator", "g|h.1"),
                argumentSet("33 characters", "0123456789abcdefghijklmnopqrstuvw.1"),
                argumentSet("digits that are not ASCII", "g.٣"));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String text) {
        assertThat(OperationId.parse(text)).isEmpty();
    }

    @Test
    void nothingIsMadeThatCannotBeReadBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> new OperationId("G", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new OperationId("", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new OperationId("g", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new OperationId("g", 1_000_000_000_000_000_000L));
    }
}
