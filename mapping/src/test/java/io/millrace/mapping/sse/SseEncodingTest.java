package io.millrace.mapping.sse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.sse.EventStream.Event;
import io.millrace.mapping.stream.MediaType;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SseEncodingTest {

    private static final MediaType TEXT = new MediaType("text/plain");
    private static final MediaType JSON = new MediaType("application/json; charset=utf-8");
    private static final MediaType BYTES = MediaType.DEFAULT;

    /** PROTOCOL.md 5.8, "Events"; no blank behind the colon, as the official suite wants it. */
    static Stream<Arguments> dataEvents() {
        return Stream.of(
                argumentSet("text", TEXT, "hello", 1, "event: data\ndata:hello\n\n"),
                argumentSet(
                        "lines", TEXT, "line1\nline2\nline3", 1, "event: data\ndata:line1\ndata:line2\ndata:line3\n\n"),
                argumentSet("line feed at the end", TEXT, "a\n", 1, "event: data\ndata:a\ndata:\n\n"),
                argumentSet("line feed only", TEXT, "\n", 1, "event: data\ndata:\ndata:\n\n"),
                argumentSet("carriage return and line feed", TEXT, "a\r\nb", 1, "event: data\ndata:a\ndata:b\n\n"),
                argumentSet("carriage return", TEXT, "a\rb", 1, "event: data\ndata:a\ndata:b\n\n"),
                argumentSet("carriage return at the end", TEXT, "a\r", 1, "event: data\ndata:a\ndata:\n\n"),
                argumentSet("line feed, carriage return", TEXT, "a\n\rb", 1, "event: data\ndata:a\ndata:\ndata:b\n\n"),
                argumentSet(
                        "blank at the beginning of lines", TEXT, " a\n  b", 1, "event: data\ndata:  a\ndata:   b\n\n"),
                argumentSet("tab at the beginning", TEXT, "\ta", 1, "event: data\ndata:\ta\n\n"),
                argumentSet("empty payload", TEXT, "", 1, "event: data\ndata:\n\n"),
                argumentSet("characters", TEXT, "é€😀\u2028\u0085", 1, "event: data\ndata:é€😀\u2028\u0085\n\n"),
                argumentSet("one JSON message", JSON, "{\"a\":1}", 1, "event: data\ndata:[{\"a\":1}]\n\n"),
                argumentSet("one JSON array", JSON, "[1,2]", 1, "event: data\ndata:[[1,2]]\n\n"),
                argumentSet("several JSON messages", JSON, "[1, 2]", 2, "event: data\ndata:[1, 2]\n\n"),
                argumentSet(
                        "JSON over several lines",
                        JSON,
                        "{\n  \"a\": 1\r\n}",
                        1,
                        "event: data\ndata:[{\ndata:   \"a\": 1\ndata:}]\n\n"),
                argumentSet("bytes", BYTES, "\u0000\u0001\u0002\u0003", 1, "event: data\ndata:AAECAw==\n\n"),
                argumentSet("empty bytes", BYTES, "", 1, "event: data\ndata:\n\n"));
    }

    @ParameterizedTest
    @MethodSource("dataEvents")
    void dataEvent(MediaType type, String value, int count, String event) {
        assertThat(new String(SseEncoding.dataEvent(value.getBytes(UTF_8), count, type), UTF_8))
                .isEqualTo(event);
        assertThat(SseEncoding.dataEventLength(value.getBytes(UTF_8), count, type))
                .isEqualTo(event.getBytes(UTF_8).length);
    }

    @Test
    void base64IsOneLineOfTheStandardAlphabet() {
        byte[] value = new byte[100_000];
        new Random(1).nextBytes(value);
        String event = new String(SseEncoding.dataEvent(value, 1, new MediaType("image/png")), UTF_8);
        String payload = event.substring("event: data\ndata:".length(), event.length() - 2);
        assertThat(event).startsWith("event: data\ndata:").endsWith("\n\n");
        assertThat(Base64.getDecoder().decode(payload)).isEqualTo(value);
    }

    @Test
    void textThatIsNotUtf8PassesThrough() {
        byte[] value = {'a', (byte) 0xff, '\n', (byte) 0xe9};
        assertThat(new String(SseEncoding.dataEvent(value, 1, TEXT), ISO_8859_1))
                .isEqualTo("event: data\ndata:a\u00ff\ndata:\u00e9\n\n");
    }

    /** The suite's injection payloads, for each line end that SSE knows. */
    static Stream<Arguments> injections() {
        return Stream.of(
                argumentSet(
                        "CRLF",
                        "safe content\r\n\r\nevent: control\r\ndata: {\"injected\":true}\r\n\r\nmore safe content"),
                argumentSet("LF", "start\n\nevent: data\ndata: fake-event\n\nend"),
                argumentSet("CR", "start\r\revent: control\rdata: {\"cr_injected\":true}\r\rend"),
                argumentSet("mixed", "\n\r\n\r\r\n\nid: 1\n\rretry: 0\r\n\r\n"),
                argumentSet("comment and fields", ": c\nid: 7\nretry: 1\nevent: control"));
    }

    @ParameterizedTest
    @MethodSource("injections")
    void noPayloadEndsItsEvent(String payload) {
        List<Event> events = EventStream.parse(SseEncoding.dataEvent(payload.getBytes(UTF_8), 1, TEXT));
        assertThat(events).containsExactly(new Event("data", payload.replaceAll("\r\n|\r", "\n")));
    }

    @Test
    void aReaderGetsEveryPayloadBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = " \n\r\tab:é\u0000\ufeff{";
        for (int round = 0; round < 50_000; round++) {
            String payload = random.ints(random.nextInt(12), 0, alphabet.length())
                    .mapToObj(i -> String.valueOf(alphabet.charAt(i)))
                    .reduce("", String::concat);
            byte[] event = SseEncoding.dataEvent(payload.getBytes(UTF_8), 1, TEXT);
            assertThat(EventStream.parse(event))
                    .as("seed %d round %d", seed, round)
                    .containsExactly(new Event("data", payload.replaceAll("\r\n|\r", "\n")));
            assertThat(SseEncoding.dataEventLength(payload.getBytes(UTF_8), 1, TEXT))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(event.length);
        }
    }

    /** PROTOCOL.md 5.8, "control". */
    static Stream<Arguments> controlEvents() {
        return Stream.of(
                argumentSet(
                        "behind",
                        new ControlEvent.Behind("0000000000000007_a1", "1000"),
                        "event: control\ndata:{\"streamNextOffset\":\"0000000000000007_a1\",\"streamCursor\":\"1000\"}\n\n"),
                argumentSet(
                        "up to date",
                        new ControlEvent.UpToDate("7_a", "1000"),
                        "event: control\ndata:{\"streamNextOffset\":\"7_a\",\"streamCursor\":\"1000\",\"upToDate\":true}\n\n"),
                argumentSet(
                        "closed",
                        new ControlEvent.Closed("7_a"),
                        "event: control\ndata:{\"streamNextOffset\":\"7_a\",\"upToDate\":true,\"streamClosed\":true}\n\n"));
    }

    @ParameterizedTest
    @MethodSource("controlEvents")
    void controlEvent(ControlEvent control, String event) {
        byte[] data = SseEncoding.controlData(control).getBytes(UTF_8);
        assertThat(new String(SseEncoding.event(SseEncoding.CONTROL, data), UTF_8))
                .isEqualTo(event);
    }

    @Test
    void controlEventsCarryOurOwnTokensOnly() {
        for (String token : List.of("a\"b", "a\\b", "a\nb", "a b", "é")) {
            assertThatIllegalArgumentException()
                    .as(token)
                    .isThrownBy(() -> SseEncoding.controlData(new ControlEvent.Closed(token)));
            assertThatIllegalArgumentException()
                    .as(token)
                    .isThrownBy(() -> SseEncoding.controlData(new ControlEvent.UpToDate("1", token)));
        }
    }

    @Test
    void readersIgnoreKeepAlives() {
        assertThat(new String(SseEncoding.comment("keep-alive"), UTF_8))
                .startsWith(":")
                .endsWith("\n\n");
        assertThat(EventStream.parse(SseEncoding.comment("keep-alive"))).isEmpty();
    }
}
