package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.http.StreamSeqHeader.Malformed;
import io.millrace.mapping.http.StreamSeqHeader.Mark;
import io.millrace.mapping.http.StreamSeqHeader.None;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROTOCOL.md 5.2, "Stream-Seq". */
class StreamSeqHeaderTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "0000000042", "a b", "!~", "2026-01-01T00:00:00Z"})
    void mark(String text) {
        assertThat(parse("Stream-Seq", text)).isEqualTo(new Mark(text));
    }

    @Test
    void none() {
        assertThat(parse("Producer-Id", "p")).isEqualTo(new None());
    }

    @Test
    void longest() {
        assertThat(parse("Stream-Seq", "9".repeat(256))).isEqualTo(new Mark("9".repeat(256)));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                argumentSet("empty", "", "1 to 256"),
                argumentSet("blank", " \t", "1 to 256"),
                argumentSet("too long", "9".repeat(257), "1 to 256"),
                argumentSet("control character", "a\u0001", "printable ASCII"),
                argumentSet("not ASCII", "caf\u00e9", "printable ASCII"),
                argumentSet("what a server could not decode", "caf\ufffd", "printable ASCII"));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String text, String reasonPart) {
        assertThat(parse("Stream-Seq", text))
                .isInstanceOfSatisfying(Malformed.class, malformed -> assertThat(malformed.reason())
                        .contains(reasonPart));
    }

    @Test
    void repeated() {
        assertThat(parse("Stream-Seq", "1", "Stream-Seq", "1")).isInstanceOf(Malformed.class);
    }

    private static StreamSeqHeader parse(String... namesAndValues) {
        return StreamSeqHeader.parse(Fields.of(namesAndValues));
    }
}
