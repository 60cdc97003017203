package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No client can make the gateway wait for ever: not before, in or after a request, nor by not reading its answer. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ConnectionDeadlinesTest {

    private static final Duration SILENCE = Duration.ofMillis(500);
    private static final int MIB = 1 << 20;
    private static final String APPEND = "POST /v1/stream/slow HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n";
    private static final String PRODUCER = "Producer-Id: p\r\nProducer-Epoch: 0\r\nProducer-Seq: 0\r\n";
    private static final String ALIVE = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

    private static GatewayProcess gateway;
    private static StreamClient client;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.named("impatient")
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .set("MILLRACE_SERVER_REQUEST_TIMEOUT", SILENCE.toMillis() + "ms")
                .set("MILLRACE_SERVER_IDLE_TIMEOUT", "1s")
                .set("MILLRACE_SERVER_WRITE_TIMEOUT", "1s")
                .set("MILLRACE_STREAMS_MAX_LIVE_READERS", "1")
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "2s")
                .set("MILLRACE_STREAMS_KEEP_ALIVE", "200ms")
                .start();
        // Another gateway's, which does not close a connection just as its next request sets out.
        client = GatewayPair.shared().one().client();
        client.create("/slow", TEXT);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
    }

    /** The gateway closes without a word, for there is no request that a word would be about. */
    static Stream<Arguments> noRequests() {
        return Stream.of(
                argumentSet("nothing", ""),
                argumentSet("half a request line", "GET /v1/str"),
                argumentSet("half a head", "GET /v1/stream/slow HTTP/1.1\r\nHost: x\r\nAcc"));
    }

    @ParameterizedTest
    @MethodSource
    void noRequests(String said) throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            assertThat(wire.send(said).rest()).isEmpty();
        }
        try (Wire wire = Wire.to(gateway.port())) {
            assertThat(wire.send(ALIVE).reply().status()).isEqualTo(200);
            assertThat(wire.send(said).rest()).isEmpty();
        }
    }

    static Stream<Arguments> halfBodies() {
        return Stream.of(
                argumentSet("no body", "Content-Length: 10\r\n\r\n"),
                argumentSet("half a body", "Content-Length: 10\r\n\r\nhalf"),
                argumentSet("no chunk", "Transfer-Encoding: chunked\r\n\r\n"),
                argumentSet("half a chunk", "Transfer-Encoding: chunked\r\n\r\na\r\nhalf"),
                argumentSet("no last chunk", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"));
    }

    @ParameterizedTest
    @MethodSource
    void halfBodies(String rest) throws Exception {
        String tail = client.head("/slow").next();
        try (Wire wire = Wire.to(gateway.port())) {
            RawHttp.Reply reply = wire.send(APPEND + PRODUCER + rest).reply();
            assertThat(reply.status()).isEqualTo(408);
            assertThat(reply.headers())
                    .containsEntry("content-type", "application/problem+json")
                    .containsEntry("connection", "close");
            assertThat(reply.body()).contains("\"status\":408");
            assertThat(wire.rest()).isEmpty();
        }
        assertThat(client.head("/slow").next()).isEqualTo(tail);
    }

    /** The answer does not wait for a body that nobody wants, and neither does the connection for ever. */
    static Stream<Arguments> unwantedBodies() {
        return Stream.of(
                argumentSet("no such page", "POST /nowhere", 404),
                argumentSet("no such method", "PATCH /v1/stream/slow", 405),
                argumentSet("health", "GET /health/live", 200));
    }

    @ParameterizedTest
    @MethodSource
    void unwantedBodies(String methodAndTarget, int status) throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send(methodAndTarget + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(wire.reply().status()).isEqualTo(status);
            assertThat(wire.rest()).isEmpty();
        }
    }

    /** Slow, but never silent for long: it may take ten times as long as it may be silent. */
    @Test
    void slowBodyThatGoesOnIsTaken() throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send(APPEND + "Content-Length: 10\r\n\r\n");
            for (int i = 0; i < 10; i++) {
                Thread.sleep(SILENCE.dividedBy(3));
                wire.send("z");
            }
            assertThat(wire.reply().status()).isEqualTo(204);
        }
    }

    @Test
    void bodyThatGoesOnAndOnIsNot() throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send(APPEND + "Content-Length: 1000000\r\n\r\n");
            Thread drip = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        wire.send("z");
                        Thread.sleep(SILENCE.dividedBy(5));
                    }
                } catch (IOException | InterruptedException e) {
                    // told so
                }
            });
            assertThat(wire.reply().status()).isEqualTo(408);
            drip.interrupt();
            drip.join();
        }
    }

    /** Its place is free again: the next reader gets it. */
    @Test
    void readerThatStopsReadingIsCutOff() throws Exception {
        String path = "/" + Names.unique("stalled");
        client.create(path, TEXT).expect(201);
        for (int i = 0; i < 4; i++) {
            client.append(path, TEXT, "x".repeat(4 * MIB)).expect(204);
        }
        try (Wire wire = Wire.narrowTo(gateway.port())) {
            wire.request("GET /v1/stream" + path + "?offset=-1&live=sse");
            assertThat(wire.head().status()).isEqualTo(200);
            awaitFreePlace(path);
            assertThat(readToEnd(wire)).isLessThan(16L * MIB);
        }
    }

    @Test
    void readersThatLeaveGiveTheirPlaceBack() throws Exception {
        String path = "/" + Names.unique("left");
        client.create(path, TEXT).expect(201);
        for (String live : new String[] {"sse", "long-poll"}) {
            try (Wire wire = Wire.to(gateway.port())) {
                wire.request("GET /v1/stream" + path + "?offset=now&live=" + live);
                Await.until("the place is taken", Duration.ofSeconds(10), () -> probe(path) == 503);
            }
            awaitFreePlace(path);
        }
    }

    /** The server notices only when the poll is answered that the first connection is gone; the other one is not. */
    @Test
    void aConnectionFromThePortOfOneThatHasLeftIsAnotherOne() throws Exception {
        String path = "/" + Names.unique("port");
        client.create(path, TEXT).expect(201);
        int port = Ports.free(); // which the system gives to nobody meanwhile
        Wire first = Wire.from(port, gateway.port());
        first.request("GET /v1/stream" + path + "?offset=now&live=long-poll");
        Await.until("the place is taken", Duration.ofSeconds(10), () -> probe(path) == 503);
        first.reset();
        try (Wire second = Wire.from(port, gateway.port())) {
            second.send("GET /v1/str");
            client.append(path, TEXT, "for the first").expect(204);
            assertThat(second.rest()).isEmpty();
        }
    }

    private static void awaitFreePlace(String path) throws Exception {
        Await.until("the place is free", Duration.ofSeconds(20), () -> probe(path) == 200);
    }

    /** The status of an SSE read that leaves at once. */
    private static int probe(String path) throws IOException {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.request("GET /v1/stream" + path + "?offset=now&live=sse");
            return wire.head().status();
        }
    }

    private static long readToEnd(Wire wire) {
        long read = 0;
        try {
            for (int some = wire.some().length; some > 0; some = wire.some().length) {
                read += some;
            }
        } catch (IOException e) {
            return read; // reset, which is an end too
        }
        return read;
    }
}
