package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Partitions that Kafka does not write to, because their only broker is dead: streams elsewhere do not feel them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class StuckPartitionTest {

    private static final int MORTAL = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BODY = "x".repeat(200 * 1024);

    private static final String THEIRS = """
            mappings:
              - path: "theirs/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                content-type: application/json
            """;

    private List<ChildBroker> brokers;
    private GatewayProcess gateway;
    private NativeKafka kafka;
    private StreamClient client;
    private final String beside = "/" + Names.unique("beside");

    @BeforeEach
    void start() throws Exception {
        brokers = ChildBroker.cluster();
        gateway = GatewayProcess.named("small")
                .set(
                        "MILLRACE_KAFKA_BOOTSTRAP_SERVERS",
                        brokers.get(0).bootstrapServers() + "," + brokers.get(1).bootstrapServers())
                .mappings(GatewayPair.MAPPINGS
                        .replace("partitions: 8\n    replication-factor: 1", "partitions: 4\n    replication-factor: 3")
                        .replaceFirst("mappings:\n", THEIRS))
                .set("MILLRACE_STREAMS_APPEND_LIMIT", "256KiB")
                .set("MILLRACE_STREAMS_IN_FLIGHT_BYTES", "2MiB")
                .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "8s")
                .start();
        kafka = new NativeKafka(brokers.getFirst());
        client = gateway.client();
        client.create(beside, TEXT).expect(201);
    }

    @AfterEach
    void end() throws Exception {
        gateway.close();
        for (ChildBroker broker : brokers) {
            broker.close();
        }
    }

    /** Some of them are a part of the room each, but not all of it. */
    @Test
    void onePartitionDoesNotTakeTheRoomOfTheOthers() throws Exception {
        List<String> stuck = stick(1);
        List<CompletableFuture<Answer>> appends = append(stuck, 30);
        appendUntilTaken(beside); // the cluster may have to choose a new controller first
        for (int i = 0; i < 10; i++) {
            client.append(beside, TEXT, BODY).expect(204);
        }
        assertThat(appends).anyMatch(append -> !append.isDone());
        assertThat(statuses(appends)).contains(503, 504).isSubsetOf(503, 504);
        client.append(beside, TEXT, BODY).expect(204);
        revive(stuck);
    }

    /** More of them than the whole has parts, and for longer than their clients wait. */
    @Test
    void manyPartitionsDoNotTakeTheRoomOfTheOthersForEver() throws Exception {
        List<String> stuck = stick(24);
        assertThat(statuses(append(stuck, 3))).contains(504).isSubsetOf(503, 504);
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<Answer>> more = append(stuck, 1);
            appendUntilTaken(beside);
            assertThat(statuses(more)).isSubsetOf(503, 504);
        }
        revive(stuck);
    }

    /** Of topics that somebody else writes only the one concerned is not served, and it is again when its broker is back. */
    @Test
    void aTopicOfOthersDoesNotDisturbOtherTopics() throws Exception {
        String dead = Names.unique("dead");
        String alive = Names.unique("alive");
        kafka.createTopicOn(MORTAL, dead);
        kafka.createTopicOn(1, alive);
        kafka.produce(dead, 0, null, "1");
        kafka.produce(alive, 0, null, "1");
        client.get("/theirs/" + dead).expect(200);
        try (SseReader reader = client.sse("/theirs/" + alive + "?offset=-1&live=sse")) {
            assertThat(reader.nextData().data()).isEqualTo("[1]");
            brokers.get(MORTAL - 1).kill();
            List<CompletableFuture<Answer>> reads = IntStream.range(0, 20)
                    .mapToObj(_ -> client.getAsync("/theirs/" + dead))
                    .toList();
            appendUntilTaken(beside); // the cluster may have to choose a new controller first
            kafka.produce(alive, 0, null, "2");
            assertThat(reader.nextData().data()).isEqualTo("[2]");
            assertThat(client.get("/theirs/" + alive).expect(200).text()).isEqualTo("[1,2]");
            assertThat(statuses(reads)).containsOnly(503);
            assertThat(client.get("/theirs/" + dead).expect(503).header("Retry-After"))
                    .isPresent();
            brokers.get(MORTAL - 1).restart();
            Await.until(
                    "the topic is served again",
                    PATIENCE,
                    () -> client.get("/theirs/" + dead).status() == 200);
        }
    }

    /** Streams whose partitions nobody serves from now on. */
    private List<String> stick(int count) throws Exception {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = Names.unique("stuck");
            kafka.createTopicOn(MORTAL, "it." + name);
            client.create("/topics/" + name, TEXT).expect(201);
            paths.add("/topics/" + name);
        }
        brokers.get(MORTAL - 1).kill();
        return paths;
    }

    private void revive(List<String> paths) throws Exception {
        brokers.get(MORTAL - 1).restart();
        for (String path : paths) {
            appendUntilTaken(path);
        }
    }

    private List<CompletableFuture<Answer>> append(List<String> paths, int each) {
        return paths.stream()
                .flatMap(path -> IntStream.range(0, each).mapToObj(_ -> client.appendAsync(path, TEXT, BODY)))
                .toList();
    }

    private void appendUntilTaken(String path) throws Exception {
        Await.until(
                "an append to " + path,
                PATIENCE,
                () -> client.append(path, TEXT, BODY).status() == 204);
    }

    private static List<Integer> statuses(List<CompletableFuture<Answer>> answers) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<Answer> answer : answers) {
            statuses.add(answer.get().status());
        }
        return statuses;
    }
}
