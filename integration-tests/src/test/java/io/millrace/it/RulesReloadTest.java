package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules change while the gateway runs, and wrong ones change nothing. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RulesReloadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String SHARED = """
              - path: "**"
                kind: shared
                topic: it-reload
                partitions: 1
                replication-factor: 1
            """;

    private static final String EXISTING = """
              - path: "theirs/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                content-type: application/json
            """;

    private static final String DENIED = """
              - path: "theirs/**"
                kind: deny
            """;

    private final NativeKafka kafka = new NativeKafka(TestKafka.shared());
    private final String topic = Names.unique("reloaded");

    @Test
    void rulesChangeWithTheirFile() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        int adminPort = Ports.free();
        try (GatewayProcess gateway = start("reload", adminPort)) {
            StreamClient client = gateway.client();
            StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + adminPort));
            Path file = gateway.configurationFile();
            client.get("/theirs/" + topic).expect(404);
            client.create("/own", JSON).expect(201);

            Files.writeString(file, mappings(EXISTING + SHARED));
            Await.until(
                    "the new rule holds",
                    PATIENCE,
                    () -> client.get("/theirs/" + topic).status() == 200);
            client.head("/own").expect(200);

            Files.writeString(file, mappings(EXISTING.replace("partition: 0", "partition: x") + SHARED));
            gateway.process().awaitOutput("event=rules-kept", PATIENCE);
            assertThat(client.get("/theirs/" + topic).expect(200).text()).isEqualTo("[1]");
            assertThat(admin.get("/health/ready").expect(200).text()).contains("partition is");

            Files.writeString(file, mappings(EXISTING + SHARED.replace("partitions: 1", "partitions: 2")));
            gateway.process().awaitOutput("restart the gateway", PATIENCE);
            client.head("/own").expect(200);

            try (SseReader reader = client.sse("/theirs/" + topic + "?offset=-1&live=sse")) {
                assertThat(reader.nextData().data()).isEqualTo("[1]");
                String tail = client.head("/theirs/" + topic).next();
                CompletableFuture<Answer> poll = client.getAsync("/theirs/" + topic + "?live=long-poll&offset=" + tail);
                Files.writeString(file, mappings(DENIED + SHARED));
                SseReader.Event last = reader.next().orElseThrow();
                for (Optional<SseReader.Event> next = Optional.of(last); next.isPresent(); next = reader.next()) {
                    last = next.get();
                }
                assertThat(last.name()).as("a final control event").isEqualTo("control");
                assertThat(last.data()).contains(tail);
                poll.get().expect(403);
            }
            client.get("/theirs/" + topic).expect(403);
            client.head("/own").expect(200);
            assertThat(admin.get("/health/ready").expect(200).text()).isEqualTo("{\"status\":\"up\"}");
        }
    }

    /** What is asked for holds when the answer is there, whole or not at all; the watch adds nothing to it. */
    @Test
    void rulesAreReloadedByRequestAndReloadsAreCounted() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        int adminPort = Ports.free();
        try (GatewayProcess gateway = start("reload-request", adminPort)) {
            StreamClient client = gateway.client();
            StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + adminPort));
            Path file = gateway.configurationFile();
            client.get("/theirs/" + topic).expect(404);
            counted(admin, 0, 0);

            Files.writeString(file, mappings(EXISTING + SHARED));
            Answer reloaded = admin.send("POST", "/rules/reload").expect(200);
            client.get("/theirs/" + topic).expect(200);
            assertThat(reloaded.header("Content-Type")).contains("application/json");
            assertThat(reloaded.text())
                    .startsWith(
                            "{\"rules\":[{\"path\":\"theirs/{topic}\",\"kind\":\"existing\",\"topic\":\"{topic}\"},"
                                    + "{\"path\":\"**\",\"kind\":\"shared\",\"topic\":\"it-reload\"}],\"warnings\":[\"mapping 1 ");
            counted(admin, 1, 0);

            Files.writeString(file, mappings(DENIED + EXISTING.replace("partition: 0", "partition: x") + SHARED));
            Answer refused = admin.send("POST", "/rules/reload").expect(422);
            assertThat(refused.header("Content-Type")).contains("application/problem+json");
            assertThat(refused.text()).contains("mapping 2", "partition is");
            client.get("/theirs/" + topic).expect(200); // not even the first rule, which is right
            assertThat(admin.get("/health/ready").expect(200).text()).contains("partition is");
            counted(admin, 1, 1);
            Thread.sleep(3_000); // the watch sees the same text, which has been refused
            counted(admin, 1, 1);

            admin.send("POST", "/rules/reload").expect(422);
            admin.send("POST", "/rules/reload", "Origin", "http://evil.example").expect(403);
            counted(admin, 1, 2);

            Files.writeString(file, mappings(EXISTING + SHARED.replace("partitions: 1", "partitions: 2")));
            assertThat(admin.send("POST", "/rules/reload").expect(422).text()).contains("restart the gateway");
            Files.delete(file);
            assertThat(admin.send("POST", "/rules/reload").expect(422).text()).contains("no configuration file");
            counted(admin, 1, 4);

            Files.writeString(file, mappings(DENIED + SHARED));
            Await.until(
                    "the watch does the same",
                    PATIENCE,
                    () -> client.get("/theirs/" + topic).status() == 403);
            counted(admin, 2, 4);
            assertThat(admin.get("/health/ready").expect(200).text()).isEqualTo("{\"status\":\"up\"}");
        }
    }

    @Test
    void badRecordsAreCountedByPartition() throws Exception {
        kafka.createTopic(topic, 3, Map.of());
        kafka.produce(topic, 0, null, "1");
        kafka.produce(topic, 0, null, "no json");
        kafka.produce(topic, 0, null, "nor this");
        kafka.produce(topic, 2, null, "2");
        int adminPort = Ports.free();
        try (GatewayProcess gateway = GatewayProcess.named("bad-records")
                .on(TestKafka.shared())
                .mappings(mappings(EXISTING.replace("theirs/{topic}", "theirs/{topic}/{p}")
                        .replace("partition: 0", "partition: \"{p}\"")))
                .set("MILLRACE_ADMIN_PORT", Integer.toString(adminPort))
                .start()) {
            StreamClient client = gateway.client();
            StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + adminPort));
            assertThat(admin.get("/metrics").expect(200).text()).doesNotContain(topic);
            assertThat(client.get("/theirs/" + topic + "/0").expect(200).text()).isEqualTo("[1]");
            assertThat(client.get("/theirs/" + topic + "/2").expect(200).text()).isEqualTo("[2]");
            assertThat(badRecords(admin)).containsExactly(badRecords(0, 2));
            try (SseReader one = client.sse("/theirs/" + topic + "/2?offset=now&live=sse");
                    SseReader two = client.sse("/theirs/" + topic + "/2?offset=now&live=sse")) {
                one.next();
                two.next();
                kafka.produce(topic, 2, null, "no json");
                kafka.produce(topic, 2, null, "3");
                assertThat(one.nextData().data()).isEqualTo("[3]");
                assertThat(two.nextData().data()).isEqualTo("[3]");
            }
            assertThat(badRecords(admin)).as("once for both").containsExactly(badRecords(0, 2), badRecords(2, 1));
        }
    }

    private String badRecords(int partition, int count) {
        return "millrace_existing_bad_records_total{partition=\"" + partition + "\",topic=\"" + topic + "\"} " + count
                + ".0";
    }

    private List<String> badRecords(StreamClient admin) throws Exception {
        return admin.get("/metrics")
                .expect(200)
                .text()
                .lines()
                .filter(line -> line.contains("topic=\"" + topic + "\""))
                .toList();
    }

    private static void counted(StreamClient admin, int accepted, int refused) throws Exception {
        assertThat(admin.get("/metrics").expect(200).text())
                .contains("millrace_rules_reloads_total{result=\"accepted\"} " + accepted + ".0\n")
                .contains("millrace_rules_reloads_total{result=\"refused\"} " + refused + ".0\n");
    }

    private static GatewayProcess start(String name, int adminPort) throws Exception {
        return GatewayProcess.named(name)
                .on(TestKafka.shared())
                .mappings(mappings(SHARED))
                .set("MILLRACE_ADMIN_PORT", Integer.toString(adminPort))
                .start();
    }

    private static String mappings(String rules) {
        return "mappings:\n" + rules.indent(2).stripTrailing() + "\n";
    }
}
