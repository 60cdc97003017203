package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** SSE readers that a gateway must bear: of streams that are over, of strange wishes, and of bad manners. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SseHardeningTest {

    private final GatewayProcess gateway = GatewayPair.shared().one();
    private final StreamClient client = gateway.client();

    /** PROTOCOL.md 8, "Closed streams". */
    @Test
    void headersSayThatNothingWillCome() throws Exception {
        String path = "/sse/" + Names.unique("closed");
        String tail = client.put(path, TEXT, "all", "Stream-Closed", "true")
                .expect(201)
                .next();
        for (String offset : List.of("now", tail)) {
            try (Wire wire = Wire.to(gateway.port())) {
                wire.request("GET /v1/stream" + path + "?live=sse&offset=" + offset);
                RawHttp.Reply reply = wire.reply();
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.headers())
                        .containsEntry("stream-closed", "true")
                        .containsEntry("stream-up-to-date", "true")
                        .containsEntry("stream-next-offset", tail);
                assertThat(reply.body()).startsWith("event: control\n").contains("\"streamClosed\":true");
            }
        }
        try (Wire wire = Wire.to(gateway.port())) {
            wire.request("GET /v1/stream" + path + "?live=sse&offset=-1");
            assertThat(wire.reply().headers()).doesNotContainKeys("stream-closed", "stream-up-to-date");
        }
    }

    /** {@code TEXT} stands for a stream that is there, {@code FOREIGN} for an offset of another, at a position it has. */
    record Input(String name, String answer, String request) {}

    private static List<Input> inputs() {
        String never = "9999999999999999_9999999999999999";
        return List.of(
                in("no offset", "400", "GET TEXT?live=sse"),
                in("an empty offset", "400", "GET TEXT?live=sse&offset="),
                in("a malformed offset", "400", "GET TEXT?live=sse&offset=1"),
                in("an offset twice", "400", "GET TEXT?live=sse&offset=-1&offset=-1"),
                in("an offset beyond the tail", "400", "GET TEXT?live=sse&offset=" + never),
                in("an offset of another stream", "410", "GET TEXT?live=sse&offset=FOREIGN"),
                in("live twice", "400", "GET TEXT?live=sse&live=sse&offset=-1"),
                in("live in capitals", "400", "GET TEXT?live=SSE&offset=-1"),
                in("no such stream", "404", "GET TEXTx?live=sse&offset=-1"),
                in("a cursor that is no number", "200", "GET TEXT?live=sse&offset=-1&cursor=x"),
                in("a cursor of 3,000 digits", "200", "GET TEXT?live=sse&offset=-1&cursor=" + "9".repeat(3_000)),
                in("a cursor twice", "200", "GET TEXT?live=sse&offset=-1&cursor=1&cursor=2"),
                in("an Accept that has no events", "200", "GET TEXT?live=sse&offset=-1", "Accept: application/json"),
                in("an empty Accept", "200", "GET TEXT?live=sse&offset=-1", "Accept:"),
                in("gzip, which events never are", "200", "GET TEXT?live=sse&offset=-1", "Accept-Encoding: gzip"),
                in(
                        "a Last-Event-ID, of which there are none",
                        "200",
                        "GET TEXT?live=sse&offset=-1",
                        "Last-Event-ID: x"),
                in("a Range", "200", "GET TEXT?live=sse&offset=-1", "Range: bytes=5-"),
                in("If-None-Match of everything", "200", "GET TEXT?live=sse&offset=-1", "If-None-Match: *"));
    }

    private static Input in(String name, String answer, String methodAndTarget, String... headers) {
        StringBuilder request = new StringBuilder(methodAndTarget).append(" HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return new Input(name, answer, request.append("\r\n").toString());
    }

    static Stream<Arguments> hostile() {
        return inputs().stream().map(input -> argumentSet(input.name(), input));
    }

    /** Beside it another reader follows the stream, and gets what is written afterwards. */
    @ParameterizedTest
    @MethodSource
    void hostile(Input input) throws Exception {
        String path = "/sse/" + Names.unique("hostile");
        String tail = client.put(path, TEXT, "first").expect(201).next();
        String other = client.put(path + "-other", TEXT, "other").expect(201).next();
        String foreign = tail.substring(0, tail.indexOf('_')) + other.substring(other.indexOf('_'));
        try (SseReader beside = client.sse(path + "?live=sse&offset=" + tail)) {
            try (Wire wire = Wire.to(gateway.port())) {
                wire.send(input.request().replace(" TEXT", " /v1/stream" + path).replace("FOREIGN", foreign));
                RawHttp.Reply head = wire.head();
                assertThat(Integer.toString(head.status())).isEqualTo(input.answer());
                if (head.status() == 200) {
                    assertThat(head.headers())
                            .containsEntry("content-type", "text/event-stream")
                            .doesNotContainKey("content-encoding");
                    assertThat(new String(wire.some(), ISO_8859_1)).contains("event: data\ndata:first\n\n");
                } else {
                    assertThat(head.headers()).containsEntry("content-type", "application/problem+json");
                }
            }
            client.append(path, TEXT, "second").expect(204);
            assertThat(beside.nextData().data()).isEqualTo("second");
        }
    }

    @Test
    void documentNamesThemAll() throws Exception {
        assertThat(HostileInputTable.section("SSE"))
                .containsExactlyElementsOf(inputs().stream()
                        .map(input -> new HostileInputTable.Row(input.name(), input.answer()))
                        .toList());
    }
}
