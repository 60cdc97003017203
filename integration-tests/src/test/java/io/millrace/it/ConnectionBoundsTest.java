package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** At a bound: 503 with Retry-After for whom there is no room, and everybody else is served as before. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ConnectionBoundsTest {

    private static final int CONNECTIONS = 8;

    /** As many more are told 503. */
    private static final int SURPLUS = 16;

    private static final int LIMIT = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String ALIVE = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

    /** A topic of its own, for its records are smaller than other tests'. */
    private static final String TOPIC = "it-bounds";

    private static GatewayProcess gateway;
    private static StreamClient client;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.named("bounded")
                .on(TestKafka.shared())
                .sharing(TOPIC, 2)
                .set("MILLRACE_SERVER_MAX_CONNECTIONS", Integer.toString(CONNECTIONS))
                .set("MILLRACE_STREAMS_MAX_LIVE_READERS", "2")
                .set("MILLRACE_STREAMS_APPEND_LIMIT", LIMIT + "B")
                .set("MILLRACE_STREAMS_UPLOAD_BYTES", (LIMIT + 64 * 1024) + "B")
                .start();
        client = gateway.client();
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
    }

    @Test
    void connectionsAboveTheBoundAreToldSo() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            RawHttp.Reply last = openOneMore(wires);
            while (last.status() == 200) {
                last = openOneMore(wires);
            }
            assertThat(wires).hasSizeLessThanOrEqualTo(CONNECTIONS + 1);
            isFull(last);
            assertThat(last.headers()).containsEntry("connection", "close");
            assertThat(wires.removeLast().rest()).isEmpty();
            for (Wire wire : wires) {
                assertThat(wire.send(ALIVE).reply().status()).isEqualTo(200);
            }
            wires.removeFirst().close();
            Await.until("there is room again", PATIENCE, () -> {
                try (Wire wire = Wire.to(gateway.port())) {
                    return wire.send(ALIVE).reply().status() == 200;
                }
            });
        } finally {
            close(wires);
        }
    }

    @Test
    void connectionsFarAboveTheBoundAreClosedAtOnce() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS + SURPLUS; i++) {
                wires.add(Wire.to(gateway.port()));
            }
            Await.until("the next is closed at once", PATIENCE, () -> {
                Wire wire = Wire.to(gateway.port());
                wires.add(wire);
                try {
                    return wire.send("").rest().isEmpty();
                } catch (IOException e) {
                    return true; // reset
                }
            });
        } finally {
            close(wires);
        }
        Await.until("there is room again", PATIENCE, () -> gateway.liveness() == 200);
    }

    @Test
    void liveReadersAboveTheBoundAreToldSo() throws Exception {
        String path = "/" + Names.unique("live");
        client.create(path, TEXT).expect(201);
        try (Wire one = follow(path);
                Wire other = follow(path)) {
            assertThat(one.head().status()).isEqualTo(200);
            assertThat(other.head().status()).isEqualTo(200);
            for (String live : new String[] {"sse", "long-poll"}) {
                try (Wire third = Wire.to(gateway.port())) {
                    isFull(third.request("GET /v1/stream" + path + "?offset=now&live=" + live)
                            .reply());
                    assertThat(third.request("GET /v1/stream" + path).reply().status())
                            .isEqualTo(200);
                }
            }
            client.append(path, TEXT, "for both").expect(204);
            for (Wire wire : List.of(one, other)) {
                awaitText(wire, "for both");
            }
        }
    }

    @Test
    void bodiesForWhichThereIsNoRoomAreToldSo() throws Exception {
        String path = "/" + Names.unique("bodies");
        client.create(path, TEXT).expect(201);
        String most = "x".repeat(LIMIT * 3 / 4);
        String upload =
                "POST /v1/stream" + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: "
                        + (most.length() + 1) + "\r\n\r\n" + most;
        while (!oneOfTwoIsTaken(path, upload)) {
            // Two that fill the memory at the very same moment are both refused.
        }
        client.append(path, TEXT, most).expect(204);
        assertThat(client.readAll(path, "-1")).hasSize(2 * most.length() + 1);
    }

    /** Sends {@code upload}, whose last byte is missing, twice; false where both are refused. */
    private static boolean oneOfTwoIsTaken(String path, String upload) throws Exception {
        String beside = path + "/" + Names.unique("beside");
        client.create(beside, TEXT).expect(201);
        try (Wire one = Wire.to(gateway.port());
                Wire other = Wire.to(gateway.port())) {
            one.send(upload);
            other.send(upload);
            Await.until("there is no room for both", PATIENCE, () -> one.isAnswered() || other.isAnswered());
            Wire refused = one.isAnswered() ? one : other;
            Wire waiting = one.isAnswered() ? other : one;
            isFull(refused.reply());
            // What the refused one had sent is in memory until its request has ended, shortly after its answer.
            Await.until(
                    "there is room for a small one",
                    PATIENCE,
                    () -> client.append(beside, TEXT, "a small one").status() == 204);
            if (waiting.isAnswered()) {
                isFull(waiting.reply());
                return false;
            }
            assertThat(waiting.send("!").reply().status()).isEqualTo(204);
            return true;
        }
    }

    /** The server would keep all of the chunk before anybody could say that it is too much. */
    @Test
    void chunkWithoutMeasureIsTooLarge() throws Exception {
        String path = "/" + Names.unique("chunk");
        String tail = client.create(path, TEXT).expect(201).next();
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send("POST /v1/stream" + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
            wire.send("x".repeat(4 * LIMIT)).endOutput();
            assertThat(wire.reply().status()).isEqualTo(413);
        }
        assertThat(client.head(path).next()).isEqualTo(tail);
    }

    /** Framing does not count: six bytes come for each that is meant. */
    @Test
    void bodyOfTinyChunksIsTakenUpToTheLimit() throws Exception {
        String path = "/" + Names.unique("tiny");
        client.create(path, TEXT).expect(201);
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send("POST /v1/stream" + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n".repeat(LIMIT) + "0\r\n\r\n");
            assertThat(wire.reply().status()).isEqualTo(204);
        }
        assertThat(client.readAll(path, "-1")).hasSize(LIMIT);
    }

    private static Wire follow(String path) throws IOException {
        return Wire.to(gateway.port()).request("GET /v1/stream" + path + "?offset=now&live=sse");
    }

    private static RawHttp.Reply openOneMore(List<Wire> wires) throws IOException {
        Wire wire = Wire.to(gateway.port());
        wires.add(wire);
        return wire.send(ALIVE).reply();
    }

    private static void isFull(RawHttp.Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(503);
        assertThat(reply.headers())
                .containsEntry("content-type", "application/problem+json")
                .containsKey("retry-after");
    }

    private static void awaitText(Wire wire, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            byte[] some = wire.some();
            assertThat(some).as("after " + read).isNotEmpty();
            read.append(new String(some, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    private static void close(List<Wire> wires) throws IOException {
        for (Wire wire : wires) {
            wire.close();
        }
    }
}
