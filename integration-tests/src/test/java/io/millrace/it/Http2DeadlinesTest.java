package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.it.RawHttp2.Frame;
import io.millrace.it.RawHttp2.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ConnectionDeadlinesTest} has, over TLS and HTTP/2, where exchanges share a connection. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class Http2DeadlinesTest {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SILENCE = Duration.ofSeconds(1);

    /** How long the gateway takes in what comes for an answered request. */
    private static final Duration LONGEST_DISCARD = Duration.ofSeconds(5);

    private static final int MIB = 1 << 20;
    private static final int WHOLE_WINDOW = 1 << 24;

    private static final String LIMIT = "3MiB";

    /** A topic of its own, for its records are smaller than other tests'. */
    private static final String TOPIC = "it-http2-deadlines";

    private static GatewayProcess gateway;

    /** Another one, which does not close a connection just as its next request sets out. */
    private static GatewayProcess patient;

    private static StreamClient client;

    private final String path = "/h2-slow/" + Names.unique("text");
    private final String target = "/v1/stream" + path;

    @BeforeAll
    static void start() throws Exception {
        gateway = TlsGateway.named("http2-impatient")
                .sharing(TOPIC, 2)
                .set("MILLRACE_SERVER_REQUEST_TIMEOUT", SILENCE.toMillis() + "ms")
                .set("MILLRACE_SERVER_IDLE_TIMEOUT", SILENCE.toMillis() + "ms")
                .set("MILLRACE_SERVER_WRITE_TIMEOUT", "1s")
                .set("MILLRACE_STREAMS_KEEP_ALIVE", "200ms")
                .set("MILLRACE_STREAMS_APPEND_LIMIT", LIMIT)
                .set("MILLRACE_STREAMS_UPLOAD_BYTES", "3136KiB")
                .start();
        patient = TlsGateway.named("http2-patient")
                .sharing(TOPIC, 2)
                .set("MILLRACE_STREAMS_APPEND_LIMIT", LIMIT)
                .start();
        client = patient.client();
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        patient.close();
    }

    @BeforeEach
    void create() throws Exception {
        client.create(path, TEXT).expect(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0016\u0003\u0001\u0002"})
    void aHandshakeThatDoesNotEndIsEnded(String begin) throws Exception {
        try (Socket silent = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
            silent.setSoTimeout(TIMEOUT_MILLIS);
            silent.getOutputStream().write(begin.getBytes(US_ASCII));
            assertThat(isClosed(silent.getInputStream())).isTrue();
        }
    }

    @Test
    void aConnectionWithoutARequestIsClosed() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.awaitClose();
        }
    }

    @Test
    void aConnectionWithoutANextRequestIsClosed() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, true, "GET", "/health/live");
            raw.awaitEnd(1);
            raw.awaitClose();
        }
    }

    /** The server's own idle timeout counts from the last request's begin. */
    @Test
    void aReaderMayListenForLongerThanAConnectionMayBeIdle() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, true, "GET", target + "?offset=-1&live=sse");
            long end = System.nanoTime() + SILENCE.multipliedBy(3).toNanos();
            while (System.nanoTime() < end) {
                assertThat(raw.read().endsStream()).isFalse();
            }
            client.append(path, TEXT, "still there").expect(204);
            for (String text = ""; !text.contains("still there"); ) {
                text = new String(raw.awaitFrame(RawHttp2.DATA).payload(), UTF_8);
            }
        }
    }

    @Test
    void halfABodyIsToldSoAndDisturbsNoOtherExchange() throws Exception {
        String tail = client.head(path).next();
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, false, "POST", target, "content-type", TEXT);
            raw.send(RawHttp2.DATA, 0, 1, "half".getBytes(UTF_8));
            String problem = "";
            while (!problem.contains("\"status\":408")) {
                Frame frame = raw.awaitFrame(RawHttp2.DATA);
                assertThat(frame.stream()).isEqualTo(1);
                problem += new String(frame.payload(), UTF_8);
            }
            raw.request(3, true, "GET", "/health/live");
            assertThat(raw.awaitEnd(3)).isEqualTo(new Outcome("{\"status\":\"up\"}".length(), false));
        }
        assertThat(client.head(path).next()).isEqualTo(tail);
    }

    /** It takes nothing of the server's: not its attention for other exchanges, nor the connection's window. */
    @Test
    void theRestOfABodyThatCameTooLateDisturbsNoOtherExchange() throws Exception {
        byte[] part = new byte[1024];
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, false, "POST", target, "content-type", TEXT);
            raw.send(RawHttp2.DATA, 0, 1, part);
            raw.awaitEnd(1);
            raw.request(3, true, "GET", target + "?offset=-1&live=sse");
            raw.awaitFrame(RawHttp2.DATA);
            for (int i = 0; i < 60; i++) {
                raw.send(RawHttp2.DATA, 0, 1, part);
            }
            Frame frame = raw.awaitFrame(RawHttp2.WINDOW_UPDATE);
            while (frame.stream() != 0) {
                frame = raw.awaitFrame(RawHttp2.WINDOW_UPDATE);
            }
            raw.request(5, true, "GET", "/health/live");
            assertThat(raw.awaitEnd(5).reset()).isFalse();
        }
    }

    static Stream<Arguments> unfinished() {
        return Stream.of(
                argumentSet("append", "POST", "", 204),
                argumentSet("malformed path", "POST", "%zz", 400),
                argumentSet("no such method", "PATCH", "", 405),
                argumentSet("events", "GET", "?offset=-1&live=sse", 200));
    }

    /** A client leaves with its requests unfinished: whoever served them does not wait for the rest for ever. */
    @ParameterizedTest
    @MethodSource
    void unfinished(String method, String more, int status) throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            for (int stream = 1; stream <= 9; stream += 2) {
                raw.request(stream, false, method, target + more, "content-type", TEXT);
            }
            if (status != 204) {
                for (int i = 0; i < 5; i++) {
                    raw.awaitFrame(RawHttp2.HEADERS);
                }
            }
        }
        awaitNobodyServing(gateway);
    }

    /** Some of them are gone before their requests begin. */
    @Test
    void clientsThatWaitToBeAskedForTheirBodiesLeave() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
                for (int stream = 1; stream <= 9; stream += 2) {
                    raw.request(stream, false, "POST", target, "content-type", TEXT, "expect", "100-continue");
                }
            }
        }
        awaitNobodyServing(gateway);
    }

    /**
     * Helidon 4.5.0 forgets an interrupt that comes while a thread waits for its turn to write, which each frame of a body
     * makes it do: here while another exchange writes to a client that does not read, after all frames that came are taken.
     */
    @Test
    void aBodyLeftUnfinishedIsNotWaitedForAlthoughNobodyCouldWriteWhenItsClientLeft() throws Exception {
        fill(16);
        try (RawHttp2 raw = RawHttp2.connect(patient.port(), 4, WHOLE_WINDOW)) {
            blockWritesBesideAnAnsweredBody(raw);
            for (int i = 0; i < 4; i++) { // a window; the third and the fourth are to open it again
                raw.send(RawHttp2.DATA, 0, 1, new byte[16 * 1024]);
            }
            Thread.sleep(LONGEST_DISCARD.plusSeconds(1)); // it is not taken as a part of the request any more
            raw.endOutput();
            Thread.sleep(100);
        }
        awaitNobodyServing(patient);
    }

    /** It opens no window for what it asked for; what it asks for besides is served. */
    @Test
    void aReaderThatOpensNoWindowIsCutOff() throws Exception {
        client.append(path, TEXT, "x".repeat(MIB)).expect(204);
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            raw.request(1, true, "GET", target + "?offset=-1&live=sse");
            gateway.process().awaitOutput("method=GET path=" + target + " ", PATIENCE);
        }
    }

    /** Windows are open wide, but nothing is read from the socket. */
    @Test
    void aReaderThatStopsReadingIsCutOff() throws Exception {
        fill(16);
        try (RawHttp2 raw = RawHttp2.connect(gateway.port(), 4, WHOLE_WINDOW)) {
            raw.allow(0, WHOLE_WINDOW);
            raw.request(1, true, "GET", target + "?offset=-1&live=sse");
            gateway.process().awaitOutput("method=GET path=" + target + " ", PATIENCE);
        }
    }

    @Test
    void bodiesForWhichThereIsNoRoomAreToldSo() throws Exception {
        byte[] part = new byte[16 * 1024];
        try (RawHttp2 raw = RawHttp2.connect(gateway.port())) {
            // The client may send as much as it is allowed to: a window at first, then as the gateway reads.
            String answers = "";
            for (int stream = 1; stream <= 3; stream += 2) {
                raw.request(stream, false, "POST", target, "content-type", TEXT);
            }
            for (int sent = 0; sent < 2 * MIB; sent += part.length) {
                raw.send(RawHttp2.DATA, 0, 1, part);
                raw.send(RawHttp2.DATA, 0, 3, part);
            }
            while (!answers.contains("uploads-full")) {
                answers += new String(raw.awaitFrame(RawHttp2.DATA).payload(), UTF_8);
            }
        }
        Await.until(
                "their memory is free again",
                PATIENCE,
                () -> gateway.client().append(path, TEXT, "x".repeat(2 * MIB)).status() == 204);
        awaitNobodyServing(gateway);
    }

    /** Its last frame is lost with the interrupt that ends the wait for it, and the connection goes on. */
    @Test
    void anAnsweredBodyThatHasComeIsNotWaitedForAlthoughNobodyCouldWriteWhileItCame() throws Exception {
        fill(15);
        byte[] part = new byte[16 * 1024];
        try (RawHttp2 raw = RawHttp2.connect(patient.port(), 4, WHOLE_WINDOW)) {
            blockWritesBesideAnAnsweredBody(raw);
            raw.send(RawHttp2.DATA, 0, 1, part);
            raw.send(RawHttp2.DATA, 0, 1, part);
            raw.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, part); // this one is to open the window again
            Thread.sleep(LONGEST_DISCARD.plusSeconds(1)); // it is not taken as a part of the request any more
            for (int received = 0; received < 15 * MIB; ) {
                received += raw.awaitFrame(RawHttp2.DATA).payload().length;
            }
            Await.until("nobody serves it any more", PATIENCE, () -> patient.process().threads().stream()
                    .noneMatch(line -> line.contains(" ] - 1\"")));
            raw.request(5, true, "GET", "/health/live");
            raw.awaitEnd(5);
        }
        awaitNobodyServing(patient);
    }

    /** A request that was answered is over, whatever its client still means to send. */
    @Test
    void theRestOfABodyIsNoRequest() throws Exception {
        try (RawHttp2 raw = RawHttp2.connect(patient.port())) {
            raw.request(1, false, "PATCH", target, "content-type", TEXT);
            raw.request(3, true, "GET", target + "?offset=-1&live=sse");
            patient.process().awaitOutput("method=PATCH path=" + target + " ", PATIENCE);
        }
    }

    private void fill(int mebibytes) throws Exception {
        for (int i = 0; i < mebibytes; i++) {
            client.append(path, TEXT, "x".repeat(MIB)).expect(204);
        }
    }

    /** Stream 1 is answered, and more of its body may come; stream 3's answer fills all that lies between here and there. */
    private void blockWritesBesideAnAnsweredBody(RawHttp2 raw) throws Exception {
        raw.allow(0, WHOLE_WINDOW);
        raw.request(1, false, "PATCH", target, "content-type", TEXT);
        raw.awaitFrame(RawHttp2.DATA);
        raw.request(3, true, "GET", target + "?offset=-1&live=sse");
        Thread.sleep(500);
    }

    private static void awaitNobodyServing(GatewayProcess which) throws Exception {
        Await.until("nobody serves them any more", PATIENCE, () -> which.process().threads().stream()
                .noneMatch(line -> line.contains("Http2ServerStream")));
    }

    private static boolean isClosed(InputStream in) throws IOException {
        try {
            return in.readAllBytes().length < 100; // an alert at most
        } catch (SocketException _) {
            return true;
        }
    }
}
