package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checkpoints, what a gateway begins with, and the space that they let the log give back. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CheckpointTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FILL = "x".repeat(2_000);

    private static ChildBroker broker;
    private static NativeKafka kafka;

    private final List<GatewayProcess> gateways = new ArrayList<>();
    private final List<StreamClient> admins = new ArrayList<>();
    private final String topic = Names.unique("checkpointed");

    @BeforeAll
    static void startBroker() throws Exception {
        broker = ChildBroker.start((_, _) -> List.of("log.cleaner.backoff.ms=200"));
        kafka = new NativeKafka(broker);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @AfterEach
    void stop() throws Exception {
        for (GatewayProcess gateway : gateways) {
            if (gateway.process().isAlive()) {
                gateway.process().resume();
            }
            gateway.close();
        }
    }

    /** Starts one more; its number. */
    private int gateway() throws Exception {
        int port = Ports.free();
        gateways.add(builder(port).start());
        admins.add(new StreamClient(URI.create("http://127.0.0.1:" + port)));
        return gateways.size() - 1;
    }

    private GatewayProcess.Builder builder(int adminPort) {
        return GatewayProcess.named("checkpoint")
                .on(broker)
                .sharing(topic, 1)
                .set("MILLRACE_ADMIN_PORT", Integer.toString(adminPort))
                .set("MILLRACE_STREAMS_CHECKPOINT_RECORDS", "100")
                .set("MILLRACE_STREAMS_THINNING_RECORDS", "200")
                .set("MILLRACE_STREAMS_COMPACTION_LAG", "0s");
    }

    private StreamClient client(int gateway) {
        return gateways.get(gateway).client();
    }

    private JsonNode state(int gateway) throws Exception {
        return MAPPER.readTree(
                admins.get(gateway).get("/state/" + topic + "/0").expect(200).text());
    }

    /** All gateways have come to the same, as soon as they are at the same place; what that is. */
    private JsonNode agreedState() throws Exception {
        List<JsonNode> states = new ArrayList<>();
        Await.until("all are at the same place", PATIENCE, () -> {
            states.clear();
            for (int i = 0; i < gateways.size(); i++) {
                states.add(state(i));
            }
            return states.stream()
                            .map(state -> state.get("position").asLong())
                            .distinct()
                            .count()
                    == 1;
        });
        assertThat(states)
                .extracting(state -> state.get("hash").asText())
                .containsOnly(states.getFirst().get("hash").asText());
        return states.getFirst();
    }

    /** Streams of all sorts, some of which end; what those hold that stand. */
    private Map<String, String> traffic(String prefix, int rounds) throws Exception {
        Random random = new Random(rounds);
        Map<String, String> standing = new TreeMap<>();
        for (int i = 0; i < rounds; i++) {
            StreamClient client = client(i % gateways.size());
            String path = "/" + prefix + "/" + random.nextInt(12);
            String content = standing.get(path);
            if (content == null) {
                client.create(path, TEXT).expect(201);
                standing.put(path, "");
            } else if (random.nextInt(8) == 0) {
                client.delete(path).expect(204);
                standing.remove(path);
            } else {
                String message = i + ":" + FILL + ";";
                client.append(path, TEXT, message).expect(204);
                standing.put(path, content + message);
            }
        }
        return standing;
    }

    private void assertServed(int gateway, Map<String, String> standing) throws Exception {
        for (Map.Entry<String, String> stream : standing.entrySet()) {
            assertThat(new String(client(gateway).readAll(stream.getKey(), "-1"), UTF_8))
                    .isEqualTo(stream.getValue());
        }
    }

    private void awaitCheckpointAbove(int gateway, long offset) throws Exception {
        Await.until("there is a checkpoint above " + offset, PATIENCE, () -> {
            JsonNode state = state(gateway);
            return state.has("checkpoint") && state.get("checkpoint").asLong() > offset;
        });
    }

    @Test
    void aGatewayBeginsWithTheNewestCheckpoint() throws Exception {
        gateway();
        gateway();
        Map<String, String> standing = traffic("a", 150);
        client(0).put("/json", JSON, "[1,2]", "Stream-TTL", "3600").expect(201);
        client(1)
                .append("/json", JSON, "3", "Producer-Id", "p", "Producer-Epoch", "2", "Producer-Seq", "0")
                .expect(200);
        client(1).append("/json", JSON, "4", "Stream-Seq", "s1").expect(204);
        client(0).put("/closed", TEXT, "end", "Stream-Closed", "true").expect(201);
        client(0).create("/source", TEXT).expect(201);
        client(0).append("/source", TEXT, "inherited").expect(204);
        client(1).fork("/fork", "/source").expect(201);
        client(0).delete("/source").expect(204);
        long written = state(0).get("position").asLong();
        standing.putAll(traffic("b", 200));
        awaitCheckpointAbove(0, written);
        agreedState();
        int late = gateway();
        assertThat(gateways.get(late).process().output())
                .containsPattern("partition-loaded partition=" + topic + "-0 from=[1-9]");
        agreedState();
        assertServed(late, standing);
        assertThat(client(late).get("/json?offset=-1").expect(200).text()).isEqualTo("[1,2,3,4]");
        // What guards appends is there: a retry of what was stored, and what does not follow it.
        client(late)
                .append("/json", JSON, "3", "Producer-Id", "p", "Producer-Epoch", "2", "Producer-Seq", "0")
                .expect(204);
        client(late)
                .append("/json", JSON, "9", "Producer-Id", "p", "Producer-Epoch", "1", "Producer-Seq", "0")
                .expect(403);
        client(late).append("/json", JSON, "9", "Stream-Seq", "s1").expect(409);
        client(late).append("/closed", TEXT, "more").expect(409);
        assertThat(new String(client(late).readAll("/fork", "-1"), UTF_8)).isEqualTo("inherited");
        client(late).get("/source").expect(410);
        agreedState();
    }

    /** As long as nothing was thinned, the log alone tells everything; after that nothing is told that is not known. */
    @Test
    void checkpointsThatAreLost() throws Exception {
        int first = gateway();
        Map<String, String> standing = traffic("kept", 200);
        awaitCheckpointAbove(first, 0);
        kafka.deleteTopic(topic + "-checkpoints");
        int second = gateway();
        assertServed(second, standing);
        agreedState();
        gateways.get(first).process().terminate();
        gateways.get(first).awaitExit();
        for (int i = 0; i < 150; i++) {
            client(second).put("/gone/" + i, TEXT, FILL).expect(201);
            client(second).delete("/gone/" + i).expect(204);
        }
        Await.until(
                "the log is thinned",
                PATIENCE,
                () -> state(second).get("thinnedBelow").asLong() > 0);
        kafka.alter(topic, "segment.ms", "500");
        kafka.alter(topic, "min.cleanable.dirty.ratio", "0.01");
        long full = kafka.size(topic);
        Await.until("records are gone", PATIENCE, () -> {
            client(second).put("/" + Names.unique("tick"), TEXT, "x").expect(201);
            return kafka.size(topic) < full * 3 / 4;
        });
        gateways.get(second).process().terminate();
        gateways.get(second).awaitExit();
        kafka.deleteTopic(topic + "-checkpoints");
        GatewayProcess third = builder(Ports.free()).launch();
        gateways.add(third);
        Await.until("it says why", PATIENCE, () -> third.process().output().contains("was thinned"));
        Await.until("it says that it is not ready", PATIENCE, () -> third.readiness() == 503);
        Answer refused = third.client().get("/kept/0");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("was thinned", topic + "-checkpoints");
    }

    /** A gateway that slept through checkpoints, thinning and cleaning knows that it has missed something. */
    @Test
    void spaceOfDeletedStreamsIsGivenBackAndEverybodyAgrees() throws Exception {
        gateway();
        gateway();
        Map<String, String> standing = traffic("kept", 60);
        int sleeper = gateway();
        kafka.alter(topic, "segment.ms", "500");
        kafka.alter(topic, "min.cleanable.dirty.ratio", "0.01");
        kafka.alter(topic, "delete.retention.ms", "500");
        client(sleeper).create("/slept", TEXT).expect(201);
        client(sleeper).append("/slept", TEXT, "before").expect(204);
        standing.putAll(traffic("more", 40));
        long slept = agreedState().get("position").asLong();
        try (SseReader reader = client(sleeper).sse("/slept?offset=now&live=sse")) {
            gateways.get(sleeper).process().pause();
            GatewayProcess asleep = gateways.remove(sleeper);
            StreamClient asleepAdmin = admins.remove(sleeper);
            client(0).close("/slept").expect(204);
            for (int i = 0; i < 300; i++) {
                String path = "/gone/" + i;
                client(i % 2).create(path, TEXT).expect(201);
                client(i % 2).append(path, TEXT, FILL).expect(204);
                client(i % 2).delete(path).expect(204);
            }
            long full = kafka.size(topic);
            Await.until(
                    "the log is thinned",
                    PATIENCE,
                    () -> state(0).get("thinnedBelow").asLong() > slept);
            long[] size = {full};
            Await.until("the space is given back", PATIENCE, () -> {
                client(0).put("/" + Names.unique("tick"), TEXT, "x").expect(201); // only appends roll a segment
                size[0] = kafka.size(topic);
                return size[0] < full * 3 / 4;
            });
            System.out.printf("thinning: %d KiB before, %d KiB after the cleaner%n", full / 1024, size[0] / 1024);
            asleep.process().resume();
            gateways.add(asleep);
            admins.add(asleepAdmin);
            List<String> refusals = new ArrayList<>();
            Await.until("it knows", PATIENCE, () -> {
                Answer answer = client(sleeper).append("/slept", TEXT, "after");
                refusals.add(answer.status() + " " + answer.text());
                return answer.status() == 409;
            });
            // What it had believed is never told: until it knows, there is no answer.
            assertThat(refusals.subList(0, refusals.size() - 1))
                    .allMatch(refusal -> refusal.startsWith("503") || refusal.startsWith("504"));
            assertThat(asleep.process().output()).contains("event=replica-thinned");
            for (Optional<SseReader.Event> event = reader.next(); event.isPresent(); event = reader.next()) {
                assertThat(event.get().data()).doesNotContain("after");
            }
        }
        gateway();
        JsonNode agreed = agreedState();
        assertThat(agreed.get("thinnedBelow").asLong()).isPositive();
        for (int i = 0; i < gateways.size(); i++) {
            assertServed(i, standing);
            client(i).get("/gone/7").expect(404);
        }
    }
}
