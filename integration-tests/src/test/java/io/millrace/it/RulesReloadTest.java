package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        try (GatewayProcess gateway = GatewayProcess.named("reload")
                .on(TestKafka.shared())
                .mappings(mappings(SHARED))
                .set("MILLRACE_ADMIN_PORT", Integer.toString(adminPort))
                .start()) {
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

    private static String mappings(String rules) {
        return "mappings:\n" + rules.indent(2).stripTrailing() + "\n";
    }
}
