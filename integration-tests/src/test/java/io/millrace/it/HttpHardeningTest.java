package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may come over a socket instead of a request, byte by byte: each input has its answer (the table of
 * docs/hostile-input.md), and neither the gateway nor the stream beside it takes harm. Mistakes in the protocol itself,
 * which any client can make, are in {@link BadInputTest}.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HttpHardeningTest {

    private static final String CLOSED = "closed";
    private static final String H = "Host: x\r\n";
    private static final String TYPE = "Content-Type: text/plain\r\n";

    private final GatewayProcess gateway = GatewayPair.shared().one();
    private final StreamClient client = gateway.client();
    private final String path = "/hostile/" + Names.unique("text");
    private final String json = "/hostile/" + Names.unique("json");
    private String tail = "";

    @BeforeEach
    void create() throws Exception {
        tail = client.put(path, TEXT, "untouched").expect(201).next();
        client.put(json, JSON, "[\"untouched\"]").expect(201);
    }

    /** {@code TEXT} and {@code JSON} in a request stand for two streams that are there. */
    record Input(String name, String answer, String request) {}

    private static List<Input> inputs() {
        return List.of(
                // The request line.
                in("no request but noise", "400", "\u0016\u0003\u0001\u0002\r\n\r\n"),
                in("an empty line first", "400", "\r\nGET TEXT HTTP/1.1\r\n" + H + "\r\n"),
                in("a method alone", "400", "GET\r\n\r\n"),
                in("no version", "400", "GET TEXT\r\n" + H + "\r\n"),
                in("HTTP/1.0", "505", "GET TEXT HTTP/1.0\r\n" + H + "\r\n"),
                in("HTTP/2.0 in a request line", "400", "GET TEXT HTTP/2.0\r\n" + H + "\r\n"),
                in("HTTP/2 without TLS", "400", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                in("two blanks before the target", "400", "GET  TEXT HTTP/1.1\r\n" + H + "\r\n"),
                in("line feeds alone", "400", "GET TEXT HTTP/1.1\nHost: x\n\n"),
                in("a method that is none", "400", "G@T TEXT HTTP/1.1\r\n" + H + "\r\n"),
                in("a method that nobody knows", "405", "BREW TEXT HTTP/1.1\r\n" + H + "\r\n"),
                in("TRACE", "405", "TRACE TEXT HTTP/1.1\r\n" + H + "\r\n"),
                in("CONNECT", "405", "CONNECT example.com:443 HTTP/1.1\r\n" + H + "\r\n"),
                in("a mail address as target", "400", "GET mailto:x HTTP/1.1\r\n" + H + "\r\n"),
                in("an asterisk as target", "400", "GET * HTTP/1.1\r\n" + H + "\r\n"),
                in("a relative target", "400", "GET v1/stream/x HTTP/1.1\r\n" + H + "\r\n"),
                in("a target with backslashes", "400", "GET \\v1\\stream\\x HTTP/1.1\r\n" + H + "\r\n"),
                in("a URL without a host as target", "400", "GET http:// HTTP/1.1\r\n" + H + "\r\n"),
                in("a fragment", "400", "GET TEXT#x HTTP/1.1\r\n" + H + "\r\n"),
                in("a byte above ASCII in the path", "400", "GET /v1/stream/\u00e9 HTTP/1.1\r\n" + H + "\r\n"),
                in("a byte above ASCII in the query", "400", "GET TEXT?offset=\u00e9 HTTP/1.1\r\n" + H + "\r\n"),
                in("NUL in the path", "400", "GET /v1/stream/a\u0000b HTTP/1.1\r\n" + H + "\r\n"),
                in("a line too long", "414", "GET /v1/stream/" + "a".repeat(9_000) + " HTTP/1.1\r\n" + H + "\r\n"),
                in("a line without end", "414", "GET /v1/stream/" + "a".repeat(20_000)),
                // Paths: one stream, one name.
                in("a path of 1025 bytes", "400", "GET /v1/stream/" + "a".repeat(1025) + " HTTP/1.1\r\n" + H + "\r\n"),
                in(
                        "a path of 1024 bytes, each escaped",
                        "404",
                        "GET /v1/stream/" + "%61".repeat(1024) + " HTTP/1.1\r\n" + H + "\r\n"),
                in("a path escaped twice", "404", "GET /v1/stream/a%252Fb HTTP/1.1\r\n" + H + "\r\n"),
                in("a parent segment escaped twice", "404", "GET /v1/stream/%252e%252e/b HTTP/1.1\r\n" + H + "\r\n"),
                in("a line separator in the path", "404", "GET /v1/stream/a%E2%80%A8b HTTP/1.1\r\n" + H + "\r\n"),
                in("a next-line character in the path", "404", "GET /v1/stream/a%C2%85b HTTP/1.1\r\n" + H + "\r\n"),
                in("a line feed in the path", "400", "GET /v1/stream/a%0Ab HTTP/1.1\r\n" + H + "\r\n"),
                in("a surrogate in the path", "400", "GET /v1/stream/%ED%A0%80 HTTP/1.1\r\n" + H + "\r\n"),
                in("a semicolon, which is part of the name", "404", "GET TEXT;x=1 HTTP/1.1\r\n" + H + "\r\n"),
                in("the prefix with another slash", "404", "GET //v1/stream/x HTTP/1.1\r\n" + H + "\r\n"),
                in("the prefix with an escape", "404", "GET /v1/%73tream/x HTTP/1.1\r\n" + H + "\r\n"),
                in("the prefix by way of another", "404", "GET /x/../v1/stream/x HTTP/1.1\r\n" + H + "\r\n"),
                // The query.
                in("many parameters that nobody asks for", "200", query("a=1&".repeat(1_000) + "offset=-1")),
                in("an offset among them twice", "400", query("offset=-1&" + "a=1&".repeat(1_000) + "offset=-1")),
                in("an escaped name of a parameter, twice", "400", query("offset=-1&%6Fffset=now")),
                in("a query of ampersands", "200", query("&&&&")),
                in("half an escape in the query", "400", query("offset=%2")),
                in("a cursor that is no number", "204", query("offset=now&live=long-poll&cursor=x")),
                // Headers.
                in("no Host", "400", "GET TEXT HTTP/1.1\r\n\r\n"),
                in("two Hosts", "400", "GET TEXT HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
                in("an empty Host", "400", "GET TEXT HTTP/1.1\r\nHost:\r\n\r\n"),
                in("a Host with a path", "400", "GET TEXT HTTP/1.1\r\nHost: x/y\r\n\r\n"),
                in("a Host with a port that is none", "400", "GET TEXT HTTP/1.1\r\nHost: x:y\r\n\r\n"),
                in("a header without a colon", "400", "GET TEXT HTTP/1.1\r\n" + H + "nonsense\r\n\r\n"),
                in("a header without a name, which is ignored", "200", "GET TEXT HTTP/1.1\r\n" + H + ": x\r\n\r\n"),
                in("a blank before the colon", "400", "GET TEXT HTTP/1.1\r\n" + H + "Accept : x\r\n\r\n"),
                in("a folded header", "400", "GET TEXT HTTP/1.1\r\n" + H + "Accept: x\r\n y\r\n\r\n"),
                in("NUL in a header", "400", "GET TEXT HTTP/1.1\r\n" + H + "Accept: a\u0000b\r\n\r\n"),
                in("a carriage return in a header", "400", "GET TEXT HTTP/1.1\r\n" + H + "Accept: a\rX: b\r\n\r\n"),
                in(
                        "headers above 16 KiB",
                        "400",
                        "GET TEXT HTTP/1.1\r\n" + H + "A: " + "a".repeat(17_000) + "\r\n\r\n"),
                in(
                        "a thousand headers",
                        "400",
                        "GET TEXT HTTP/1.1\r\n" + H + "Accept: text/plain\r\n".repeat(1_000) + "\r\n"),
                in(
                        "an upgrade that nobody offers",
                        "200",
                        "GET TEXT HTTP/1.1\r\n" + H + "Upgrade: x\r\nConnection: upgrade\r\n\r\n"),
                in(
                        "an upgrade to HTTP/2 without TLS",
                        "200",
                        "GET TEXT HTTP/1.1\r\n" + H + "Upgrade: h2c\r\nConnection: upgrade\r\n\r\n"),
                in(
                        "a Producer-Id above ASCII",
                        "400",
                        append("Producer-Id: caf\u00e9\r\nProducer-Epoch: 0\r\nProducer-Seq: 0\r\n", "x")),
                in(
                        "a Producer-Id in UTF-8",
                        "400",
                        append("Producer-Id: caf\u00c3\u00a9\r\nProducer-Epoch: 0\r\nProducer-Seq: 0\r\n", "x")),
                in(
                        "a Producer-Seq of 2^53",
                        "400",
                        append("Producer-Id: p\r\nProducer-Epoch: 0\r\nProducer-Seq: 9007199254740992\r\n", "x")),
                in(
                        "a Producer-Seq of 2^64",
                        "400",
                        append("Producer-Id: p\r\nProducer-Epoch: 0\r\nProducer-Seq: 18446744073709551616\r\n", "x")),
                in(
                        "a Producer-Id twice",
                        "400",
                        append("Producer-Id: p\r\nProducer-Id: p\r\nProducer-Epoch: 0\r\nProducer-Seq: 0\r\n", "x")),
                in("a Stream-Seq above ASCII", "400", append("Stream-Seq: caf\u00e9\r\n", "x")),
                in("a Stream-Seq twice", "400", append("Stream-Seq: 1\r\nStream-Seq: 2\r\n", "x")),
                in("a Stream-Seq of 257 characters", "400", append("Stream-Seq: " + "9".repeat(257) + "\r\n", "x")),
                // The body's framing.
                in(
                        "a length that is no number",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: x\r\n\r\nx"),
                in("a negative length", "400", "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: -1\r\n\r\nx"),
                in("a length with a sign", "400", "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: +1\r\n\r\nx"),
                in(
                        "a length above 2^63",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 99999999999999999999\r\n\r\nx"),
                in(
                        "two lengths",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),
                in(
                        "one length twice",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"),
                in(
                        "two lengths in one header",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 1, 1\r\n\r\nx"),
                in("a length and chunks", "400", chunked("Content-Length: 1\r\n", "1\r\nx\r\n0\r\n\r\n")),
                in(
                        "chunks and a length",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE
                                + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET"),
                in(
                        "a coding that nobody knows",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Transfer-Encoding: x\r\n\r\nx"),
                in(
                        "chunks twice",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
                in(
                        "chunks before another coding",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
                in(
                        "chunks after another coding",
                        "501",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                in(
                        "chunks by a blurred name",
                        "400",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                in("a chunk without a size", "400", chunked("", "\r\nx\r\n0\r\n\r\n")),
                in("a chunk whose size is no number", "400", chunked("", "zz\r\nx\r\n0\r\n\r\n")),
                in("a chunk of negative size", "400", chunked("", "-1\r\nx\r\n0\r\n\r\n")),
                in("a chunk of more than 2^31 bytes", "400", chunked("", "fffffffff\r\nx\r\n0\r\n\r\n")),
                in("a chunk with an extension", "400", chunked("", "1;a=b\r\nx\r\n0\r\n\r\n")),
                in(
                        "a body that ends too early",
                        CLOSED,
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 9\r\n\r\nhalf"),
                in("a chunk that ends too early", CLOSED, chunked("", "9\r\nhalf")),
                in("a head that ends too early", "400", "GET TEXT HTTP/1.1\r\nHo"),
                in(
                        "a length far above the limit",
                        "413",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 99999999999\r\n\r\nx"),
                in(
                        "the same, asking first",
                        "413",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE
                                + "Content-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"),
                in("a compressed body", "400", append("Content-Encoding: gzip\r\n", "\u001f\u008b")),
                // The body.
                in("JSON that is not UTF-8", "400", json("\"\u00ff\"")),
                in("JSON with an overlong character", "400", json("\"\u00c0\u00af\"")),
                in("JSON with a surrogate", "400", json("\"\u00ed\u00a0\u0080\"")),
                in("JSON nested 100,000 deep", "400", json("[".repeat(100_000) + "]".repeat(100_000))),
                in("JSON nested without end", "400", json("{\"a\":".repeat(100_000))),
                in("JSON in UTF-16", "400", json("\u00ff\u00fe[\u00001\u0000]\u0000")),
                in("JSON behind a byte order mark", "400", json("\u00ef\u00bb\u00bf1")),
                in("JSON that breaks its line", "400", json("\"\n\"")));
    }

    private static Input in(String name, String answer, String request) {
        return new Input(name, answer, request);
    }

    private static String query(String query) {
        return "GET TEXT?" + query + " HTTP/1.1\r\n" + H + "\r\n";
    }

    private static String append(String headers, String body) {
        return "POST TEXT HTTP/1.1\r\n" + H + TYPE + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String chunked(String headers, String chunks) {
        return "POST TEXT HTTP/1.1\r\n" + H + TYPE + headers + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
    }

    private static String json(String body) {
        return "POST JSON HTTP/1.1\r\n" + H + "Content-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    static Stream<Arguments> hostile() {
        return inputs().stream().map(input -> argumentSet(input.name(), input));
    }

    @ParameterizedTest
    @MethodSource
    void hostile(Input input) throws Exception {
        String request = input.request().replace(" TEXT", " /v1/stream" + path).replace(" JSON", " /v1/stream" + json);
        assertThat(answer(request)).isEqualTo(input.answer());
        assertThat(gateway.liveness()).isEqualTo(200);
        assertThat(client.head(path).expect(200).next()).isEqualTo(tail);
        assertThat(client.get(json).expect(200).text()).isEqualTo("[\"untouched\"]");
    }

    @Test
    void documentNamesThemAll() throws Exception {
        assertThat(HostileInputTable.section("HTTP"))
                .containsExactlyElementsOf(inputs().stream()
                        .map(input -> new HostileInputTable.Row(input.name(), input.answer()))
                        .toList());
    }

    /** What hides behind a refused or ended body is not taken for a request: there is one answer and no more. */
    static Stream<Arguments> smuggled() {
        String hidden = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
        return Stream.of(
                argumentSet("length and chunks", chunked("Content-Length: 4\r\n", "0\r\n\r\n" + hidden)),
                argumentSet(
                        "two lengths",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 0\r\nContent-Length: 40\r\n\r\n"
                                + hidden),
                argumentSet("malformed chunk", chunked("", "z\r\n" + hidden)),
                argumentSet("folded header", "GET TEXT HTTP/1.1\r\n" + H + "A: b\r\n c\r\n\r\n" + hidden),
                argumentSet(
                        "above the limit",
                        "POST TEXT HTTP/1.1\r\n" + H + TYPE + "Content-Length: 9999999\r\n\r\n" + hidden),
                argumentSet("after close", "GET TEXT HTTP/1.1\r\n" + H + "Connection: close\r\n\r\n" + hidden));
    }

    @ParameterizedTest
    @MethodSource
    void smuggled(String request) throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send(request.replace(" TEXT", " /v1/stream" + path)).endOutput();
            wire.reply();
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        String target = "/v1/stream" + path;
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send("GET " + target + " HTTP/1.1\r\n" + H + "\r\nHEAD " + target + " HTTP/1.1\r\n" + H + "\r\n"
                    + "GET /nowhere HTTP/1.1\r\n" + H + "\r\nPOST " + target + "x HTTP/1.1\r\n" + H + TYPE
                    + "Content-Length: 1\r\n\r\nxGET /health/live HTTP/1.1\r\n" + H + "Connection: close\r\n\r\n");
            assertThat(wire.reply().body()).isEqualTo("untouched");
            assertThat(wire.head().status()).isEqualTo(200);
            assertThat(wire.reply().status()).isEqualTo(404);
            assertThat(wire.reply().status()).isEqualTo(404);
            assertThat(wire.reply().status()).isEqualTo(200);
            assertThat(wire.rest()).isEmpty();
        }
    }

    /** Whoever asks first sends nothing that is not wanted. */
    @Test
    void askingFirstIsAnsweredBeforeTheBody() throws Exception {
        String head = " HTTP/1.1\r\n" + H + TYPE + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send("POST /v1/stream" + path + head);
            assertThat(wire.head().status()).isEqualTo(100);
            assertThat(wire.send("ok").reply().status()).isEqualTo(204);
        }
        try (Wire wire = Wire.to(gateway.port())) {
            assertThat(wire.send("POST /nowhere" + head).reply().status()).isEqualTo(404);
            assertThat(wire.rest()).isEmpty();
        }
    }

    /** Nothing that a client names comes back as a header of its own. */
    @Test
    void namesDoNotBecomeHeaders() throws Exception {
        String name = "/v1/stream/hostile/" + Names.unique("a%20b;c") + "%C2%85X-Evil:1";
        try (Wire wire = Wire.to(gateway.port())) {
            RawHttp.Reply reply = wire.request("PUT " + name, "Content-Type: text/plain; a=\"\\\"b\"")
                    .reply();
            assertThat(reply.status()).isEqualTo(201);
            assertThat(reply.headers())
                    .doesNotContainKey("x-evil")
                    .containsEntry("location", "http://127.0.0.1" + name);
        }
    }

    private String answer(String request) throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send(request.getBytes(ISO_8859_1)).endOutput();
            if (wire.isEnded()) {
                return CLOSED;
            }
            RawHttp.Reply reply = wire.reply();
            if (reply.status() >= 400) {
                assertThat(reply.headers())
                        .containsEntry("content-type", "application/problem+json")
                        .containsEntry("x-content-type-options", "nosniff");
                assertThat(reply.body()).contains("\"status\":" + reply.status(), "\"title\":", "\"detail\":");
            }
            return Integer.toString(reply.status());
        }
    }
}
