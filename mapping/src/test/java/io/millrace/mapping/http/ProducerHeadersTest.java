package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.http.ProducerHeaders.Malformed;
import io.millrace.mapping.http.ProducerHeaders.None;
import io.millrace.mapping.http.ProducerHeaders.Present;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProducerHeadersTest {

    /** PROTOCOL.md 5.2.1, "Request Headers". */
    static Stream<Arguments> wellFormed() {
        return Stream.of(
                argumentSet("first append", "p", "0", "0", new Present("p", 0, 0)),
                argumentSet("blanks around", " p ", "\t1", "2 ", new Present("p", 1, 2)),
                argumentSet(
                        "largest numbers",
                        "p",
                        "9007199254740991",
                        "9007199254740991",
                        new Present("p", 9007199254740991L, 9007199254740991L)),
                argumentSet("leading zeros", "p", "007", "0000000000000000000001", new Present("p", 7, 1)),
                argumentSet("blank in the id", "order service 1", "0", "0", new Present("order service 1", 0, 0)),
                argumentSet("first and last character", "! ~", "0", "0", new Present("! ~", 0, 0)),
                argumentSet("longest id", "a".repeat(256), "0", "0", new Present("a".repeat(256), 0, 0)));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void present(String id, String epoch, String seq, ProducerHeaders expected) {
        assertThat(parse("Producer-Id", id, "Producer-Epoch", epoch, "Producer-Seq", seq))
                .isEqualTo(expected);
    }

    @Test
    void noneOfTheThree() {
        assertThat(parse("Stream-Seq", "1")).isEqualTo(new None());
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                argumentSet("id only", fields("Producer-Id", "p"), "all three or none"),
                argumentSet("epoch only", fields("Producer-Epoch", "0"), "all three or none"),
                argumentSet("seq only", fields("Producer-Seq", "0"), "all three or none"),
                argumentSet("no id", fields("Producer-Epoch", "0", "Producer-Seq", "0"), "all three or none"),
                argumentSet("no epoch", fields("Producer-Id", "p", "Producer-Seq", "0"), "all three or none"),
                argumentSet("no seq", fields("Producer-Id", "p", "Producer-Epoch", "0"), "all three or none"),
                argumentSet("empty id", three("", "0", "0"), "Producer-Id must not be empty"),
                argumentSet("blank id", three("  ", "0", "0"), "Producer-Id must not be empty"),
                argumentSet("id too long", three("a".repeat(257), "0", "0"), "longer than 256"),
                argumentSet("id with a control character", three("a\u0000", "0", "0"), "printable ASCII"),
                argumentSet("id with a tab", three("a\tb", "0", "0"), "printable ASCII"),
                argumentSet("id with DEL", three("a\u007f", "0", "0"), "printable ASCII"),
                argumentSet("id that is not ASCII", three("caf\u00e9", "0", "0"), "printable ASCII"),
                argumentSet("id that a server could not decode", three("caf\ufffd", "0", "0"), "printable ASCII"),
                argumentSet("id with a lone surrogate", three("a\ud800", "0", "0"), "printable ASCII"),
                argumentSet("trailing junk in the epoch", three("p", "0xyz", "0"), "Producer-Epoch"),
                argumentSet("trailing junk in the seq", three("p", "0", "1abc"), "Producer-Seq"),
                argumentSet("exponent", three("p", "1e3", "0"), "Producer-Epoch"),
                argumentSet("negative epoch", three("p", "-1", "0"), "Producer-Epoch"),
                argumentSet("negative seq", three("p", "0", "-1"), "Producer-Seq"),
                argumentSet("plus sign", three("p", "+1", "0"), "Producer-Epoch"),
                argumentSet("fraction", three("p", "0", "1.0"), "Producer-Seq"),
                argumentSet("empty epoch", three("p", "", "0"), "Producer-Epoch"),
                argumentSet("empty seq", three("p", "0", " "), "Producer-Seq"),
                argumentSet("2^53", three("p", "9007199254740992", "0"), "Producer-Epoch"),
                argumentSet("2^63", three("p", "0", "9223372036854775808"), "Producer-Seq"),
                argumentSet("2^64 + 1", three("p", "0", "18446744073709551617"), "Producer-Seq"),
                argumentSet("a thousand digits", three("p", "0", "9".repeat(1000)), "Producer-Seq"),
                argumentSet("digits of another script", three("p", "\u0661", "0"), "Producer-Epoch"),
                argumentSet("blank between digits", three("p", "1 0", "0"), "Producer-Epoch"),
                argumentSet(
                        "repeated seq",
                        fields("Producer-Id", "p", "Producer-Epoch", "0", "Producer-Seq", "0", "Producer-Seq", "1"),
                        "more than once"),
                argumentSet(
                        "repeated id, same value",
                        fields("Producer-Id", "p", "Producer-Id", "p", "Producer-Epoch", "0", "Producer-Seq", "0"),
                        "more than once"),
                argumentSet("joined numbers", three("p", "0", "0, 1"), "Producer-Seq"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void isRefusedWithAReason(Fields headers, String reasonPart) {
        assertThat(ProducerHeaders.parse(headers))
                .isInstanceOfSatisfying(Malformed.class, malformed -> assertThat(malformed.reason())
                        .contains(reasonPart));
    }

    private static ProducerHeaders parse(String... namesAndValues) {
        return ProducerHeaders.parse(Fields.of(namesAndValues));
    }

    private static Fields fields(String... namesAndValues) {
        return Fields.of(namesAndValues);
    }

    private static Fields three(String id, String epoch, String seq) {
        return Fields.of("Producer-Id", id, "Producer-Epoch", epoch, "Producer-Seq", seq);
    }
}
