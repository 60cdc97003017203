package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The plain cases of bad input, by name: each has its status, says why, and leaves the stream as it was. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BadInputTest {

    private static final int LIMIT = 8 * 1024 * 1024;
    private static final String NEVER = "9999999999999999_9999999999999999";

    private final GatewayProcess gateway = GatewayPair.shared().one();
    private final StreamClient client = gateway.client();
    private final String path = "/bad/" + Names.unique("text");
    private final String json = "/bad/" + Names.unique("json");
    private String tail = "";

    @BeforeEach
    void create() throws Exception {
        client.put(path, TEXT, "untouched").expect(201);
        tail = client.head(path).next();
        client.put(json, JSON, "[\"untouched\"]").expect(201);
    }

    static Stream<Arguments> badOffsets() {
        return Stream.of(
                argumentSet("malformed", "offset=abc", 400),
                argumentSet("empty", "offset=", 400),
                argumentSet("repeated", "offset=-1&offset=-1", 400),
                argumentSet("repeated and different", "offset=-1&offset=now", 400),
                argumentSet("beyond the tail", "offset=" + NEVER, 400),
                argumentSet("negative", "offset=-2", 400),
                argumentSet("with a comma", "offset=1,2", 400),
                argumentSet("with a slash", "offset=1%2F2", 400),
                argumentSet("with NUL", "offset=%00", 400),
                argumentSet("no UTF-8", "offset=%FF", 400),
                argumentSet("very long", "offset=" + "1".repeat(3_000), 400),
                argumentSet("in capitals", "offset=NOW", 400),
                argumentSet("live without an offset", "live=long-poll", 400),
                argumentSet("SSE without an offset", "live=sse", 400),
                argumentSet("an unknown live mode", "offset=-1&live=telepathy", 400),
                argumentSet("an empty live mode", "offset=-1&live=", 400),
                argumentSet("live twice", "offset=-1&live=sse&live=long-poll", 400),
                argumentSet("long-poll beyond the tail", "live=long-poll&offset=" + NEVER, 400),
                argumentSet("SSE beyond the tail", "live=sse&offset=" + NEVER, 400));
    }

    @ParameterizedTest
    @MethodSource
    void badOffsets(String query, int status) throws Exception {
        isProblem(client.get(path + "?" + query).expect(status));
    }

    @Test
    void offsetOfAnotherStreamIsGone() throws Exception {
        String foreign = client.head(json).next();
        String mine = client.append(path, TEXT, "more").expect(204).next();
        String forged = mine.substring(0, mine.indexOf('_')) + foreign.substring(foreign.indexOf('_'));
        isProblem(client.get(path + "?offset=" + forged).expect(410));
    }

    static Stream<Arguments> badProducers() {
        String most = "9007199254740992";
        return Stream.of(
                argumentSet("id alone", List.of("Producer-Id", "p")),
                argumentSet("epoch alone", List.of("Producer-Epoch", "0")),
                argumentSet("seq alone", List.of("Producer-Seq", "0")),
                argumentSet("no id", List.of("Producer-Epoch", "0", "Producer-Seq", "0")),
                argumentSet("no epoch", List.of("Producer-Id", "p", "Producer-Seq", "0")),
                argumentSet("no seq", List.of("Producer-Id", "p", "Producer-Epoch", "0")),
                argumentSet("empty id", producer("", "0", "0")),
                argumentSet("negative epoch", producer("p", "-1", "0")),
                argumentSet("negative seq", producer("p", "0", "-1")),
                argumentSet("fractional epoch", producer("p", "0.5", "0")),
                argumentSet("text as seq", producer("p", "0", "first")),
                argumentSet("exponent as seq", producer("p", "0", "1e3")),
                argumentSet("hexadecimal seq", producer("p", "0", "0x1")),
                argumentSet("plus sign", producer("p", "+0", "0")),
                argumentSet("epoch above 2^53-1", producer("p", most, "0")),
                argumentSet("seq above 2^53-1", producer("p", "0", most)),
                argumentSet("seq far above", producer("p", "0", "99999999999999999999999999")),
                argumentSet("empty epoch", producer("p", "", "0")),
                argumentSet(
                        "new epoch not opened with 0",
                        List.of("Producer-Id", "p", "Producer-Epoch", "1", "Producer-Seq", "3")));
    }

    @ParameterizedTest
    @MethodSource
    void badProducers(List<String> headers) throws Exception {
        boolean opensLate = headers.contains("3");
        if (opensLate) {
            client.append(path, TEXT, ".", producer("p", "0", "0").toArray(String[]::new))
                    .expect(200);
            tail = client.head(path).next();
        }
        isProblem(client.append(path, TEXT, "x", headers.toArray(String[]::new)).expect(400));
        isUntouched();
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                argumentSet("not JSON", "{broken"),
                argumentSet("two values", "1 2"),
                argumentSet("trailing comma", "[1,]"),
                argumentSet("single quotes", "{'a':1}"),
                argumentSet("NaN", "NaN"),
                argumentSet("a comment", "/**/1"),
                argumentSet("white space alone", "  \n"),
                argumentSet("an empty array", "[]"),
                argumentSet("an empty array with space", "[ ]"),
                argumentSet("half an array", "[1,2"),
                argumentSet("control character in a string", "\"\u0001\""),
                argumentSet("leading zero", "01"),
                argumentSet("nothing", ""));
    }

    @ParameterizedTest
    @MethodSource
    void badBodies(String body) throws Exception {
        isProblem(client.append(json, JSON, body).expect(400));
        assertThat(client.get(json).text()).isEqualTo("[\"untouched\"]");
    }

    static Stream<Arguments> badAppends() {
        return Stream.of(
                argumentSet("no body", "", 400, List.of("Content-Type", TEXT)),
                argumentSet("no content type", "x", 400, List.of()),
                argumentSet("another content type", "x", 409, List.of("Content-Type", JSON)),
                argumentSet("malformed content type", "x", 400, List.of("Content-Type", "nonsense")));
    }

    @ParameterizedTest
    @MethodSource
    void badAppends(String body, int status, List<String> headers) throws Exception {
        isProblem(client.post(path, body, headers.toArray(String[]::new)).expect(status));
        isUntouched();
    }

    static Stream<Arguments> badCreates() {
        return Stream.of(
                argumentSet("TTL with a plus sign", List.of("Stream-TTL", "+1")),
                argumentSet("TTL with a leading zero", List.of("Stream-TTL", "01")),
                argumentSet("TTL with a fraction", List.of("Stream-TTL", "1.0")),
                argumentSet("TTL with an exponent", List.of("Stream-TTL", "1e3")),
                argumentSet("negative TTL", List.of("Stream-TTL", "-1")),
                argumentSet("empty TTL", List.of("Stream-TTL", "")),
                argumentSet("TTL as text", List.of("Stream-TTL", "soon")),
                argumentSet("expiry that is no time", List.of("Stream-Expires-At", "tomorrow")),
                argumentSet("expiry without a zone", List.of("Stream-Expires-At", "2030-01-01T00:00:00")),
                argumentSet("content type that is none", List.of("Content-Type", "nonsense")),
                argumentSet("content type without a subtype", List.of("Content-Type", "text/")),
                argumentSet("empty content type", List.of("Content-Type", "")),
                argumentSet("two content types", List.of("Content-Type", TEXT, "Content-Type", JSON)),
                argumentSet("one content type twice", List.of("Content-Type", TEXT, "Content-Type", TEXT)),
                argumentSet(
                        "TTL and expiry", List.of("Stream-TTL", "60", "Stream-Expires-At", "2030-01-01T00:00:00Z")));
    }

    @ParameterizedTest
    @MethodSource
    void badCreates(List<String> headers) throws Exception {
        String fresh = "/bad/" + Names.unique("fresh");
        isProblem(client.send("PUT", fresh, headers.toArray(String[]::new)).expect(400));
        isProblem(client.get(fresh).expect(404));
    }

    @Test
    void bodyAboveTheLimitIsRefusedAndNothingOfItIsWritten() throws Exception {
        String tooMuch = "x".repeat(LIMIT + 1);
        isProblem(client.append(path, TEXT, tooMuch).expect(413));
        isProblem(client.append(path, TEXT, tooMuch, "Producer-Id", "p", "Producer-Epoch", "0", "Producer-Seq", "0")
                .expect(413));
        isUntouched();
        client.append(path, TEXT, "y", "Producer-Id", "p", "Producer-Epoch", "0", "Producer-Seq", "0")
                .expect(200);
        String fresh = "/bad/" + Names.unique("large");
        isProblem(client.put(fresh, TEXT, tooMuch).expect(413));
        client.get(fresh).expect(404);
    }

    @Test
    void bodyAtTheLimitIsTaken() throws Exception {
        client.append(path, TEXT, "x".repeat(LIMIT)).expect(204);
        assertThat(client.readAll(path, tail)).hasSize(LIMIT);
    }

    /** The chunks never end; the gateway must not wait for more than it would take. */
    @Test
    void chunkedBodyAboveTheLimitIsRefusedWhileItStillComes() throws Exception {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
            socket.setSoTimeout(20_000);
            var out = socket.getOutputStream();
            out.write(("POST /v1/stream" + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            for (int sent = 0; sent <= LIMIT + 0x10000; sent += 0x10000) {
                out.write(chunk.getBytes(StandardCharsets.ISO_8859_1));
            }
            byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 413".length());
            assertThat(new String(start, StandardCharsets.ISO_8859_1)).isEqualTo("HTTP/1.1 413");
        }
        isUntouched();
    }

    static Stream<Arguments> badPaths() {
        return Stream.of(
                argumentSet("parent segment", "/v1/stream/bad/../x", 400),
                argumentSet("parent segment at the end", "/v1/stream/bad/..", 400),
                argumentSet("out of the prefix", "/v1/stream/../x", 400),
                argumentSet("dot segment", "/v1/stream/./x", 400),
                argumentSet("escaped parent segment", "/v1/stream/bad/%2e%2e/x", 400),
                argumentSet("escaped dot segment", "/v1/stream/%2E/x", 400),
                argumentSet("empty segment", "/v1/stream/bad//x", 400),
                argumentSet("empty first segment", "/v1/stream//x", 400),
                argumentSet("slash at the end", "/v1/stream/bad/", 400),
                argumentSet("no path", "/v1/stream/", 400),
                argumentSet("escaped slash", "/v1/stream/bad%2Fx", 400),
                argumentSet("escaped slash in lower case", "/v1/stream/bad%2fx", 400),
                argumentSet("escaped backslash", "/v1/stream/bad%5Cx", 400),
                argumentSet("NUL", "/v1/stream/bad%00", 400),
                argumentSet("control character", "/v1/stream/bad%0Ax", 400),
                argumentSet("no UTF-8", "/v1/stream/%FF", 400),
                argumentSet("overlong UTF-8", "/v1/stream/%C0%AF", 400),
                argumentSet("half an escape", "/v1/stream/bad%2", 400),
                argumentSet("no escape", "/v1/stream/bad%zz", 400),
                argumentSet("fragment", "/v1/stream/bad#x", 400),
                argumentSet("empty fragment", "/v1/stream/bad#", 400),
                argumentSet("fragment after the query", "/v1/stream/bad?offset=-1#x", 400),
                argumentSet("no path but a mail address", "mailto:x", 400),
                argumentSet("no path but another scheme's URL", "ftp://x/v1/stream/bad", 400),
                argumentSet("relative path", "v1/stream/bad", 400),
                argumentSet("asterisk", "*", 400));
    }

    @ParameterizedTest
    @MethodSource
    void badPaths(String target, int status) throws Exception {
        for (String method : List.of("PUT", "POST", "GET", "DELETE")) {
            RawHttp.Reply reply = RawHttp.exchange(
                    gateway.port(),
                    List.of(method + " " + target + " HTTP/1.1", "Content-Type: text/plain", "Content-Length: 1"),
                    "x");
            assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
            assertThat(reply.headers()).containsEntry("content-type", "application/problem+json");
        }
    }

    @Test
    void oneStreamHasOneName() throws Exception {
        String name = Names.unique("gr%C3%BC%C3%9Fe~");
        client.put("/names/" + name, TEXT, "a").expect(201);
        for (String same :
                List.of(name.replace("%C3%BC", "%c3%bc"), name.replace("~", "%7E"), name.replace("e~", "%65~"))) {
            assertThat(client.get("/names/" + same).expect(200).text()).isEqualTo("a");
        }
        client.get("/names/" + name.toUpperCase(java.util.Locale.ROOT)).expect(404);
        client.get("/names/" + name.replace("%C3", "%25C3")).expect(400);
    }

    @Test
    void subscriptionsAreNotImplementedAndMakeNoPlainStream() throws Exception {
        for (String reserved : List.of("/__ds", "/__ds/subscriptions/x", "/__ds/jwks.json")) {
            isProblem(client.create(reserved, TEXT).expect(501));
            isProblem(client.append(reserved, TEXT, "x").expect(501));
            isProblem(client.get(reserved).expect(501));
            isProblem(client.delete(reserved).expect(501));
        }
    }

    static Stream<Arguments> absent() {
        return Stream.of("GET", "HEAD", "POST", "DELETE").map(method -> argumentSet(method, method));
    }

    @ParameterizedTest
    @MethodSource
    void absent(String method) throws Exception {
        List<String> headers = new ArrayList<>();
        if (method.equals("POST")) {
            headers.addAll(List.of("Stream-Closed", "true"));
        }
        Answer answer = client.send(method, "/bad/" + Names.unique("absent"), headers.toArray(String[]::new));
        hasErrorHeaders(answer.expect(404));
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
        Answer answer = client.send("PATCH", path).expect(405);
        isProblem(answer);
        assertThat(answer.header("Allow").orElse("")).contains("PUT", "POST", "GET", "HEAD", "DELETE", "OPTIONS");
    }

    private void isUntouched() throws Exception {
        assertThat(client.head(path).expect(200).next()).isEqualTo(tail);
    }

    private static void isProblem(Answer answer) {
        hasErrorHeaders(answer);
        assertThat(answer.text()).contains("\"status\":" + answer.status(), "\"title\":", "\"detail\":");
    }

    private static void hasErrorHeaders(Answer answer) {
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.header("Cross-Origin-Resource-Policy")).contains("cross-origin");
        assertThat(answer.header("Access-Control-Allow-Origin")).contains("*");
        assertThat(answer.header("Cache-Control")).contains("no-store");
    }

    private static List<String> producer(String id, String epoch, String seq) {
        return List.of("Producer-Id", id, "Producer-Epoch", epoch, "Producer-Seq", seq);
    }
}
