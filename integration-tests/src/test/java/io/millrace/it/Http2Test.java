package io.millrace.it;

import static io.millrace.it.StreamClient.BYTES;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.it.RawHttp2.Outcome;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 is as good as HTTP/1.1: the same answers, nothing stalls, and no client leaves anything half done. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class Http2Test {

    private static final int LIMIT = 8 * 1024 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Above what any test waits, so that what ends earlier ended for another reason. */
    private static final String LONG = "10m";

    private final GatewayProcess gateway = TlsGateway.shared();
    private final StreamClient client = StreamClient.overHttp2(gateway.client().base());
    private final String path = "/h2/" + Names.unique("text");

    @BeforeEach
    void create() throws Exception {
        client.create(path, TEXT).expect(201);
    }

    /** Whatever clients do is no fault of the gateway's. */
    @AfterEach
    void nothingWasLogged() {
        assertThat(gateway.process().output()).doesNotContain("\tat ", "event=internal-error");
    }

    @Test
    void bothVersionsAreServedAndAreOneServer() throws Exception {
        client.append(path, TEXT, "by 2").expect(204);
        gateway.client().append(path, TEXT, ", by 1.1").expect(204);
        for (HttpClient.Version version : HttpClient.Version.values()) {
            HttpClient http = HttpClient.newBuilder()
                    .version(version)
                    .sslContext(TlsFiles.trustingAnybody())
                    .build();
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(client.base() + path)).build(), BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).isEqualTo("by 2, by 1.1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 1_000_000, LIMIT})
    void largeBodiesGoBothWays(int bytes) throws Exception {
        byte[] body = new byte[bytes];
        new Random(bytes).nextBytes(body);
        String stream = path + "-bytes";
        client.create(stream, BYTES).expect(201);
        client.append(stream, BYTES, body).expect(204);
        assertThat(client.readAll(stream, "-1")).isEqualTo(body);
    }

    /** A library that has nothing in common with the JDK's, and the test that helidon#12196 asks for. */
    @Test
    void curlSendsAndReadsLargeBodies() throws Exception {
        byte[] body = new byte[1_000_000];
        new Random(1).nextBytes(body);
        Path folder = Files.createTempDirectory(Build.target("curl"), "large");
        Path file = Files.write(folder.resolve("body"), body);
        String stream = client.base() + path + "-curl";
        ChildProcess put = Curl.http2(folder, "-T", file.toString(), "-H", "Content-Type: " + BYTES, stream);
        assertThat(put.output()).endsWith("2 201");
        ChildProcess get = Curl.http2(folder, "-o", "read", stream + "?offset=-1");
        assertThat(get.output()).endsWith("2 200");
        assertThat(Files.readAllBytes(folder.resolve("read"))).isEqualTo(body);
    }

    /** Browsers send settings that are made up, so that servers learn to live with those that they do not know. */
    @Test
    void unknownSettingsDoNotStallLargeAnswers() throws Exception {
        client.append(path, TEXT, "x".repeat(300_000)).expect(204);
        int window = 1 << 20;
        try (RawHttp2 raw = RawHttp2.connect(gateway.port(), 0x0a0a, 0x01020304, 8, 1, 4, window, 0xfafa, 7)) {
            raw.allow(0, window);
            raw.request(1, true, "GET", "/v1/stream" + path + "?offset=-1");
            assertThat(raw.awaitEnd(1)).isEqualTo(new Outcome(300_000, false));
        }
    }

    @Test
    void eventsAreFollowed() throws Exception {
        client.append(path, TEXT, "one").expect(204);
        try (SseReader reader = client.sse(path + "?offset=-1&live=sse")) {
            assertThat(reader.response().version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(reader.nextData().data()).isEqualTo("one");
            for (String text : List.of("two", "three".repeat(50_000), "four")) {
                client.append(path, TEXT, text).expect(204);
                assertThat(reader.nextData().data()).isEqualTo(text);
            }
            client.close(path).expect(204);
            while (reader.next().isPresent()) {
                // to its end, which it comes to
            }
        }
    }

    @Test
    void manyReadersShareAConnection() throws Exception {
        List<SseReader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 90; i++) {
                readers.add(client.sse(path + "?offset=-1&live=sse"));
            }
            client.append(path, TEXT, "to all").expect(204);
            for (SseReader reader : readers) {
                assertThat(reader.nextData().data()).isEqualTo("to all");
            }
        } finally {
            for (SseReader reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void longPollsAreAnswered() throws Exception {
        String tail = client.head(path).next();
        CompletableFuture<Answer> waiting = client.getAsync(path + "?live=long-poll&offset=" + tail);
        client.append(path, TEXT, "there").expect(204);
        Answer there = waiting.get().expect(200);
        assertThat(there.text()).isEqualTo("there");
        Answer nothing = client.get(path + "?live=long-poll&offset=" + there.next());
        assertThat(nothing.expect(204).isUpToDate()).isTrue();
    }

    /** RFC 9110, 8.6 and 15.4.5; RFC 9113, 8.2.2. */
    @Test
    void answersHaveNoHeaderThatDoesNotFit() throws Exception {
        Answer read = client.get(path).expect(200);
        String etag = read.header("ETag").orElseThrow();
        List<Answer> answers = List.of(
                client.append(path, TEXT, "x").expect(204),
                client.send("OPTIONS", path).expect(204),
                client.get(path, "If-None-Match", etag.replace(":0:", ":9:")).expect(200),
                client.get(
                                path,
                                "If-None-Match",
                                client.get(path).header("ETag").orElseThrow())
                        .expect(304));
        for (Answer answer : answers) {
            boolean empty = answer.status() == 204 || answer.status() == 304;
            assertThat(answer.header("Content-Length").isPresent())
                    .as(answer.toString())
                    .isEqualTo(!empty);
            assertThat(answer.header("Connection")).isEmpty();
        }
    }

    @Test
    void headHasNoContent() throws Exception {
        client.append(path, TEXT, "x").expect(204);
        Answer head = client.head(path).expect(200);
        assertThat(head.next()).isNotEmpty();
        assertThat(head.header("Content-Length"))
                .as("of content that is not sent")
                .isEmpty();
        client.head(path + "-absent").expect(404);
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, true, "HEAD", "/v1/stream" + path + "-absent");
            assertThat(raw.awaitEnd(1)).isEqualTo(new Outcome(0, false));
        }
    }

    @Test
    void bodyAboveTheLimitIsRefusedAndNothingOfItIsWritten() throws Exception {
        String tail = client.head(path).next();
        isProblem(client.append(path, TEXT, "x".repeat(LIMIT + 1)).expect(413));
        assertThat(client.head(path).next()).isEqualTo(tail);
    }

    /** The rest comes after the answer, as from a client that hears late of it; the connection goes on. */
    @Test
    void bodyThatNobodyWantsMayEndAfterItsAnswer() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            for (int stream = 1; stream < 40; stream += 2) {
                raw.request(stream, false, "POST", "/nowhere");
                assertThat(raw.awaitEnd(stream).dataBytes()).as("a problem").isPositive();
                for (int i = 0; i < 20; i++) {
                    raw.prepare(RawHttp2.DATA, 0, stream, new byte[1]);
                }
                raw.send(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[1]);
            }
            raw.request(41, true, "GET", "/health/live");
            assertThat(raw.awaitEnd(41).dataBytes()).as("the connection lives").isPositive();
        }
    }

    /** The body never ends; the gateway must not wait for more than it would take. */
    @Test
    void bodyAboveTheLimitIsRefusedWhileItStillComes() throws Exception {
        String tail = client.head(path).next();
        byte[] part = new byte[16_384];
        try (RawHttp2 raw = RawHttp2.connect(gateway.port(), 4, 1 << 20)) {
            raw.request(1, false, "POST", "/v1/stream" + path, "content-type", TEXT);
            for (int sent = 0; sent <= LIMIT; sent += part.length) {
                raw.send(RawHttp2.DATA, 0, 1, part);
            }
            Outcome answer = raw.awaitEnd(1);
            assertThat(answer.reset()).isFalse();
            assertThat(answer.dataBytes()).as("a problem").isPositive();
            raw.request(3, true, "GET", "/health/live");
            assertThat(raw.awaitEnd(3).dataBytes()).as("the connection lives").isPositive();
        }
        assertThat(client.head(path).next()).isEqualTo(tail);
    }

    /** As BadInputTest has them over HTTP/1.1; nothing of it ends the connection, on which all of them come. */
    @Test
    void pathsThatAreNoneAreRefusedOneByOne() throws Exception {
        List<String> bad = List.of(
                "/v1/stream/bad/../x",
                "/v1/stream/../x",
                "/v1/stream/",
                "/v1/stream/./x",
                "/v1/stream/%2E/x",
                "/v1/stream/bad//x",
                "/v1/stream/bad%2Fx",
                "/v1/stream/bad%5Cx",
                "/v1/stream/bad%00",
                "/v1/stream/%FF",
                "/v1/stream/bad%2",
                "/v1/stream/bad%zz",
                "/v1/stream/bad\"x",
                "/%zz");
        List<String> arguments = new ArrayList<>(List.of("--path-as-is", "-i"));
        bad.forEach(target -> arguments.add(gateway.origin() + target));
        arguments.add(gateway.origin() + "/health/live");
        ChildProcess curl = Curl.http2(Build.target("curl"), arguments.toArray(String[]::new));
        assertThat(curl.output().split("HTTP/2 400", -1)).hasSize(bad.size() + 1);
        assertThat(curl.output().split("content-type: application/problem\\+json", -1))
                .hasSize(bad.size() + 1);
        assertThat(curl.output()).endsWith("2 200");
    }

    @Test
    void pathsOutsideAreNotFound() throws Exception {
        for (String target : List.of("/", "/admin", "/v1/streams/x")) {
            isProblem(new StreamClient(gateway.origin(), client.http())
                    .get(target)
                    .expect(404));
        }
        isProblem(client.send("PATCH", path).expect(405));
    }

    static Stream<Arguments> departures() {
        return Stream.of(argumentSet("resets the stream", true), argumentSet("breaks the connection", false));
    }

    @ParameterizedTest
    @MethodSource("departures")
    void aClientThatLeavesInTheMiddleOfItsBodyHasAppendedNothing(boolean reset) throws Exception {
        String tail = client.head(path).next();
        String target = "/v1/stream" + path;
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, false, "POST", target, "content-type", TEXT);
            raw.send(RawHttp2.DATA, 0, 1, "half a ".getBytes(UTF_8));
            raw.send(RawHttp2.DATA, RawHttp2.PADDED, 1, "\u0003body\0\0\0".getBytes(UTF_8));
            raw.request(3, true, "GET", "/health/live");
            raw.awaitEnd(3);
            if (reset) {
                raw.reset(1);
                gateway.process().awaitOutput("method=POST path=" + target + " ", PATIENCE);
            }
        }
        gateway.process().awaitOutput("method=POST path=" + target + " ", PATIENCE);
        assertThat(client.head(path).next()).isEqualTo(tail);
    }

    /** Helidon would take the bytes that were there for the whole body when a stop interrupts the read. */
    @Test
    void aBodyThatAStopCutsOffIsNotAppended() throws Exception {
        try (GatewayProcess stopped = TlsGateway.named("http2-stop")
                .set("MILLRACE_SERVER_DRAIN_TIMEOUT", "1s")
                .start()) {
            client.append(path, TEXT, "whole").expect(204);
            try (RawHttp2 raw = RawHttp2.connect(stopped.port())) {
                raw.request(1, false, "POST", "/v1/stream" + path, "content-type", TEXT);
                raw.send(RawHttp2.DATA, 0, 1, "half a body".getBytes(UTF_8));
                raw.request(3, true, "GET", "/health/live");
                raw.awaitEnd(3);
                stopped.terminate();
                stopped.awaitExit();
            }
        }
        assertThat(client.get(path).expect(200).text()).isEqualTo("whole");
    }

    /** Many clients send the end in a frame of its own. */
    @Test
    void aBodyIsWholeWhereItsEndComesLater() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, false, "POST", "/v1/stream" + path, "content-type", TEXT, "content-length", "4");
            raw.send(RawHttp2.DATA, 0, 1, "body".getBytes(UTF_8));
            raw.request(3, true, "GET", "/health/live");
            raw.awaitEnd(3);
            raw.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[0]);
            raw.awaitEnd(1);
        }
        assertThat(client.get(path).expect(200).text()).isEqualTo("body");
    }

    @Test
    void paddingIsNoPartOfABody() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, false, "POST", "/v1/stream" + path, "content-type", TEXT);
            raw.send(RawHttp2.DATA, RawHttp2.PADDED, 1, "\u0003body\0\0\0".getBytes(UTF_8));
            raw.send(RawHttp2.DATA, RawHttp2.PADDED | RawHttp2.END_STREAM, 1, "\u0001 and soul\0".getBytes(UTF_8));
            raw.awaitEnd(1);
        }
        assertThat(client.get(path).text()).isEqualTo("body and soul");
    }

    /** A browser that leaves a page resets its streams, and keeps the connection for other pages. */
    @ParameterizedTest
    @ValueSource(strings = {"sse", "long-poll"})
    void aReaderThatLeavesIsNotServedOn(String live) throws Exception {
        try (GatewayProcess patient = TlsGateway.named("http2-leave")
                .set("MILLRACE_STREAMS_SSE_LIFETIME", LONG)
                .set("MILLRACE_STREAMS_KEEP_ALIVE", LONG)
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", LONG)
                .start()) {
            String target = "/v1/stream" + path;
            try (RawHttp2 raw = RawHttp2.connect(patient.port())) {
                raw.request(1, true, "GET", target + "?offset=now&live=" + live);
                raw.request(3, true, "GET", target + "?offset=-1&live=sse");
                raw.awaitFrame(RawHttp2.DATA);
                raw.reset(1);
                patient.process().awaitOutput("method=GET path=" + target + " ", PATIENCE);
                raw.request(5, true, "GET", "/health/live");
                raw.awaitEnd(5);
            }
            Await.until(
                    "the other reader is told that its connection is gone",
                    PATIENCE,
                    () -> patient.process().output().split("method=GET path=" + target + " ", -1).length == 3);
        }
    }

    @Test
    void readersAreSentTheirLastEventWhenTheGatewayStops() throws Exception {
        try (GatewayProcess stopped = TlsGateway.named("http2-drain").start()) {
            StreamClient there = StreamClient.overHttp2(stopped.client().base());
            try (SseReader reader = there.sse(path + "?offset=-1&live=sse")) {
                there.append(path, TEXT, "before").expect(204);
                assertThat(reader.nextData().data()).isEqualTo("before");
                CompletableFuture<Answer> poll = there.getAsync(
                        path + "?live=long-poll&offset=" + there.head(path).next());
                gateway.client().append(path + "-other", TEXT, "x");
                stopped.terminate();
                SseReader.Event last = reader.next().orElseThrow();
                for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                    last = event.get();
                }
                assertThat(last.control().path("upToDate").asBoolean()).isTrue();
                assertThat(poll.get().status()).isIn(204, 503);
            }
            stopped.awaitExit();
        }
    }

    /** A client that gives a request up cannot know that its answer is on the way, or how much of its connection that costs. */
    @Test
    void resettingAStreamThatIsOverDisturbsNoOtherExchange() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, true, "GET", "/v1/stream" + path + "?offset=-1&live=sse");
            raw.awaitFrame(RawHttp2.DATA);
            raw.request(3, true, "GET", "/health/live");
            raw.awaitEnd(3);
            raw.request(5, true, "GET", "/health/live");
            raw.awaitEnd(5);
            raw.reset(3);
            client.append(path, TEXT, "still there").expect(204);
            for (String text = ""; !text.contains("still there"); ) {
                RawHttp2.Frame frame = raw.read();
                assertThat(frame.type()).isNotEqualTo(RawHttp2.GOAWAY);
                text = frame.stream() == 1 ? new String(frame.payload(), UTF_8) : text;
            }
        }
    }

    @Test
    void whatIsNoHttp2EndsItsConnectionWithoutALine() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")) {
            raw.awaitClose();
        }
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.send(RawHttp2.HEADERS, 0x4 | RawHttp2.END_STREAM, 1, new byte[] {0x7f, -1, -1, -1, -1, -1, -1, -1, -1});
            raw.awaitClose();
        }
        client.get(path).expect(200);
    }

    /** Of a byte each; the server's memory for them would grow with their number's square. */
    @Test
    void headersOfVeryManyFieldsEndTheConnection() throws Exception {
        byte[] fields = new byte[16 * 1024];
        Arrays.fill(fields, (byte) 0x90);
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.send(RawHttp2.HEADERS, 0x4 | RawHttp2.END_STREAM, 1, fields);
            assertThat(raw.awaitFrame(RawHttp2.GOAWAY).payload()).endsWith(11); // ENHANCE_YOUR_CALM
            raw.awaitClose();
        }
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.send(RawHttp2.HEADERS, 0, 1, new byte[0]);
            for (int i = 0; i <= 250; i++) {
                raw.send(9, 0, 1, new byte[0]); // CONTINUATION
            }
            assertThat(raw.awaitFrame(RawHttp2.GOAWAY).payload()).endsWith(11);
        }
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            String[] cookies = new String[2 * 200];
            Arrays.setAll(cookies, n -> n % 2 == 0 ? "cookie" : "name" + n + "=value");
            raw.request(1, true, "GET", "/v1/stream" + path, cookies);
            assertThat(raw.awaitEnd(1).reset()).isFalse();
        }
    }

    @Test
    void moreStreamsThanAreAllowedEndTheConnection() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            for (int i = 0; i <= 100; i++) {
                raw.request(2 * i + 1, true, "GET", "/v1/stream" + path + "?offset=-1&live=sse");
            }
            assertThat(raw.awaitFrame(RawHttp2.GOAWAY).type()).isEqualTo(RawHttp2.GOAWAY);
            raw.awaitClose();
        }
        client.get(path).expect(200);
    }

    /** The way from plain HTTP/1.1 to HTTP/2 leads around what stands in front of the gateway: it does not exist. */
    @Test
    void plainConnectionsAreNotUpgraded() throws Exception {
        int plain = GatewayPair.shared().one().port();
        RawHttp.Reply reply = RawHttp.exchange(
                plain,
                List.of(
                        "GET /health/live HTTP/1.1",
                        "Connection: Upgrade, HTTP2-Settings",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAAQAAP__"),
                "");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).startsWith("{");
        assertThat(RawHttp.send(plain, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"))
                .startsWith("HTTP/1.1 400 ")
                .contains("application/problem+json");
    }

    private static void isProblem(Answer answer) {
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.text()).contains("\"status\":" + answer.status(), "\"title\":", "\"detail\":");
    }
}
