package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseParserTest {

    /** What stands on the wire, and the responses that it is: status, Stream-Next-Offset, body. */
    static Stream<Arguments> responses() {
        return Stream.of(
                argumentSet(
                        "with a length",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nStream-Next-Offset: 7_a\r\n\r\nhello",
                        List.of("200 7_a hello")),
                argumentSet("with length 0", "HTTP/1.1 201 Created\r\ncontent-length:0\r\n\r\n", List.of("201 - ")),
                argumentSet("without content", "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", List.of("204 - ")),
                argumentSet(
                        "not modified, with the length that the content would have",
                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                        List.of("304 - ")),
                argumentSet(
                        "in chunks",
                        "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n\r\n3\r\nhel\r\nA\r\nlo, world!\r\n0\r\n\r\n",
                        List.of("200 - hello, world!")),
                argumentSet(
                        "in chunks with extensions and a trailer",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=12\r\nhel\r\n0\r\nA: b\r\n\r\n",
                        List.of("200 - hel")),
                argumentSet(
                        "several after one another",
                        String.join(
                                "",
                                "HTTP/1.1 204 \r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\n\r\n",
                                "HTTP/1.1 204 \r\n\r\n"),
                        List.of("204 - ", "200 - hi", "200 - !", "204 - ")));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void areTakenApartWhateverThePieces(String wire, List<String> responses) {
        byte[] bytes = wire.getBytes(ISO_8859_1);
        for (int piece = 1; piece <= bytes.length; piece++) {
            Heard heard = new Heard();
            ResponseParser parser = new ResponseParser(heard);
            for (int from = 0; from < bytes.length; from += piece) {
                parser.onBytes(bytes, from, Math.min(bytes.length, from + piece));
            }
            assertThat(heard.responses).as("in pieces of %d", piece).isEqualTo(responses);
            assertThat(parser.responses()).isEqualTo(responses.size());
        }
    }

    @Test
    void oneThatIsNotCompleteDoesNotEnd() {
        Heard heard = new Heard();
        ResponseParser parser = new ResponseParser(heard);
        byte[] bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell".getBytes(ISO_8859_1);
        parser.onBytes(bytes, 0, bytes.length);
        assertThat(heard.responses).isEmpty();
        assertThat(parser.responses()).isZero();
    }

    static Stream<Arguments> nonsense() {
        return Stream.of(
                argumentSet("no status line", "hello\r\n\r\n"),
                argumentSet("neither length nor chunks", "HTTP/1.1 200 OK\r\n\r\n"),
                argumentSet("a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"),
                argumentSet("a chunk size that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
                argumentSet("a chunk without size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"),
                argumentSet(
                        "a chunk too large",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "f".repeat(16) + "\r\n"),
                argumentSet("a head without end", "HTTP/1.1 200 OK\r\nA: " + "b".repeat(70_000)));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseIsAFailure(String wire) {
        byte[] bytes = wire.getBytes(ISO_8859_1);
        ResponseParser parser = new ResponseParser(new Heard());
        assertThatThrownBy(() -> parser.onBytes(bytes, 0, bytes.length)).isInstanceOf(BenchFailure.class);
    }

    /** Writes down what it hears, as text. */
    private static final class Heard implements ResponseParser.Listener {
        private final List<String> responses = new ArrayList<>();
        private final StringBuilder begun = new StringBuilder();

        @Override
        public void onHead(ResponseHead head) {
            begun.setLength(0);
            begun.append(head.status())
                    .append(' ')
                    .append(head.field("stream-next-offset").orElse("-"))
                    .append(' ');
        }

        @Override
        public void onBody(byte[] bytes, int from, int to) {
            begun.append(new String(bytes, from, to - from, ISO_8859_1));
        }

        @Override
        public void onEnd() {
            responses.add(begun.toString());
        }
    }
}
