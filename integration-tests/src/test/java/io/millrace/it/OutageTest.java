package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka is not there: at the start, or not any more. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OutageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static ChildBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = ChildBroker.start();
    }

    @AfterAll
    static void end() throws Exception {
        broker.close();
    }

    @Test
    void gatewayStartsBeforeKafka() throws Exception {
        broker.stop();
        try (GatewayProcess gateway = gateway().launch()) {
            awaitLive(gateway);
            assertThat(gateway.readiness()).isEqualTo(503);
            expectUnavailable(gateway.client().create("/early", TEXT));
            expectUnavailable(gateway.client().append("/early", TEXT, "a"));
            expectUnavailable(gateway.client().get("/early"));
            expectUnavailable(gateway.client().get("/early?live=long-poll&offset=-1"));
            expectUnavailable(gateway.client().get("/early?live=sse&offset=-1"));
            broker.restart();
            gateway.awaitReady();
            gateway.client().put("/early", TEXT, "a").expect(201);
            assertThat(gateway.client().get("/early").expect(200).text()).isEqualTo("a");
        }
    }

    @Test
    void gatewayStartsBeforeKafkasNameIsKnown() throws Exception {
        Path hosts = Files.createTempFile(Build.target("hosts"), "hosts", "");
        try (GatewayProcess gateway = gateway()
                .set("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts + " -Dsun.net.inetaddr.negative.ttl=0")
                .set(
                        "MILLRACE_KAFKA_BOOTSTRAP_SERVERS",
                        broker.bootstrapServers().replace("127.0.0.1", "kafka.not-yet.svc"))
                .launch()) {
            awaitLive(gateway);
            assertThat(gateway.readiness()).isEqualTo(503);
            Answer refused = gateway.client().create("/named", TEXT);
            expectUnavailable(refused);
            assertThat(refused.text()).contains("kafka.not-yet.svc");
            Files.writeString(hosts, "127.0.0.1 kafka.not-yet.svc\n");
            gateway.awaitReady();
            gateway.client().put("/named", TEXT, "a").expect(201);
        } finally {
            Files.delete(hosts);
        }
    }

    /** DESIGN.md 11, row by row. */
    @Test
    void everythingGoesOnWhenKafkaIsBack() throws Exception {
        try (GatewayProcess gateway = gateway().start()) {
            StreamClient client = gateway.client();
            String path = "/" + Names.unique("outage");
            String known = "a".repeat(1_500);
            client.create(path, TEXT).expect(201);
            client.append(path, TEXT, known).expect(204);
            String tail = client.append(path, TEXT, "b").expect(204).next();
            try (SseReader live = client.sse(path + "?live=sse&offset=" + tail)) {
                assertThat(live.next()).isPresent();
                CompletableFuture<Answer> poll = client.getAsync(path + "?live=long-poll&offset=" + tail);
                broker.kill();
                CompletableFuture<Answer> append = client.appendAsync(path, TEXT, "c");
                live.awaitComment();
                expectUnavailable(client.head(path));
                expectUnavailable(client.get("/" + Names.unique("never")));
                expectUnavailable(client.get(path + "?offset=" + tail));
                expectUnavailable(client.get(path + "?live=long-poll&offset=" + tail));
                expectUnavailable(client.get(path + "?live=sse&offset=" + tail));
                assertThat(client.get(path).expect(200).text()).isEqualTo(known);
                // Handed over before the connection was known to be gone, or not at all.
                assertThat(append.get().status()).isIn(503, 504);
                expectUnavailable(client.append(path, TEXT, "d"));
                expectUnavailable(poll.get());
                assertThat(gateway.readiness()).isEqualTo(503);
                assertThat(gateway.liveness()).isEqualTo(200);
                live.awaitComment();
                broker.restart();
                gateway.awaitReady();
                Await.until(
                        "an append is taken",
                        PATIENCE,
                        () -> client.append(path, TEXT, "e").status() == 204);
                String seen = "";
                while (!seen.contains("e")) {
                    seen += live.nextData().data();
                }
                assertThat(seen).matches("c?e+");
            }
            assertThat(new String(client.readAll(path, "-1"), UTF_8)).matches(known + "bc?e+");
        }
    }

    private static GatewayProcess.Builder gateway() {
        return GatewayProcess.named("outage")
                .on(broker)
                .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "4s")
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "5s")
                .set("MILLRACE_STREAMS_KEEP_ALIVE", "1s")
                .set("MILLRACE_STREAMS_SSE_LIFETIME", "150s")
                .set("MILLRACE_STREAMS_CHUNK_BYTES", "1KiB");
    }

    private static void awaitLive(GatewayProcess gateway) throws Exception {
        Await.until("the gateway is live", PATIENCE, () -> gateway.liveness() == 200);
    }

    private static void expectUnavailable(Answer answer) {
        answer.expect(503);
        assertThat(answer.header("Retry-After")).isPresent();
    }
}
