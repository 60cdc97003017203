package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What native clients and operators of the cluster can do to the log: the stream concerned answers with a stated status,
 * the others do not notice. docs/hostile-input-log.md has the table.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LogHardeningTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PARTITIONS = 4;
    private static final int WRITERS = 8;
    private static final int ALTERATIONS = 6;
    private static final String SHARED = Names.unique("it-hardened");
    private static final NativeKafka KAFKA = new NativeKafka(TestKafka.shared());

    private static GatewayProcess gateway;

    private StreamClient client;
    private final String name = Names.unique("hardened");
    private final String path = "/topics/" + name;
    private final String topic = "it." + name;

    @BeforeAll
    static void start() throws Exception {
        gateway = gateway("hardened");
    }

    @BeforeEach
    void connect() {
        client = gateway.client();
    }

    @AfterAll
    static void end() throws Exception {
        gateway.close();
    }

    @Test
    void openTransaction() throws Exception {
        client.create(path, TEXT).expect(201);
        client.append(path, TEXT, "a").expect(204);
        try (KafkaProducer<byte[], byte[]> transaction = KAFKA.openTransaction(topic, "b")) {
            beside(() -> {
                client.append(path, TEXT, "c").expect(504);
                assertThat(client.get(path).expect(200).text()).isEqualTo("a");
                transaction.commitTransaction();
                Await.until(
                        "appends go on",
                        PATIENCE,
                        () -> client.append(path, TEXT, "d").status() == 204);
            });
        }
        assertThat(client.get(path).expect(200).text()).matches("abcd+");
    }

    @Test
    void abortedTransaction() throws Exception {
        client.create(path, TEXT).expect(201);
        String tail = client.append(path, TEXT, "a").expect(204).next();
        try (KafkaProducer<byte[], byte[]> transaction = KAFKA.openTransaction(topic, "never", "this")) {
            transaction.abortTransaction();
        }
        Answer all = client.get(path).expect(200);
        assertThat(all.text()).isEqualTo("a");
        assertThat(all.isUpToDate()).isTrue();
        assertThat(all.next()).isEqualTo(tail);
        client.append(path, TEXT, "b").expect(204);
        assertThat(client.get(path).expect(200).text()).isEqualTo("ab");
    }

    @Test
    void committedTransactionIsDataAndItsMarkersAreNot() throws Exception {
        client.create(path, TEXT).expect(201);
        for (String value : List.of("a", "b", "c")) {
            try (KafkaProducer<byte[], byte[]> transaction = KAFKA.openTransaction(topic, value)) {
                transaction.commitTransaction();
            }
            assertThat(client.get(path).expect(200).isUpToDate()).isTrue();
        }
        client.append(path, TEXT, "d").expect(204);
        assertThat(client.get(path).expect(200).text()).isEqualTo("abcd");
    }

    @Test
    void undecodableHeadersInADedicatedTopic() throws Exception {
        client.create(path, TEXT).expect(201);
        String tail = client.append(path, TEXT, "a").expect(204).next();
        for (String[] headers : List.of(
                new String[] {"ds-v", "one"},
                new String[] {"ds-v", "1"},
                new String[] {"ds-v", "1", "ds-op", "append", "ds-inc", "nobody", "ds-time", "tomorrow"},
                new String[] {"ds-v", "1", "ds-op", "append", "ds-inc", "", "ds-time", "-1", "ds-count", "999999999999"
                },
                new String[] {"ds-v", "1", "ds-v", "1", "ds-op", "delete", "ds-op", "append"})) {
            KAFKA.produce(topic, 0, "garbage", "garbage", headers);
            KAFKA.produce(topic, 0, null, "garbage", headers);
            KAFKA.produce(topic, 0, path.substring(1) + "|someone.1", "", headers);
        }
        assertThat(client.head(path).expect(200).next()).isEqualTo(tail);
        client.append(path, TEXT, "b").expect(204);
        assertThat(client.get(path).expect(200).text()).isEqualTo("ab");
    }

    @Test
    void recordOfALaterFormatInADedicatedTopic() throws Exception {
        client.create(path, TEXT).expect(201);
        beside(() -> {
            KAFKA.produce(topic, 0, path.substring(1) + "|someone.1", "", "ds-v", "2", "ds-op", "append");
            Await.until(
                    "the stream is not served",
                    PATIENCE,
                    () -> client.head(path).status() == 503);
            expectUnavailable(client.get(path), "newer gateway");
            expectUnavailable(client.append(path, TEXT, "b"), "newer gateway");
            expectUnavailable(client.create(path, TEXT), "newer gateway");
            expectUnavailable(client.get(path + "?live=sse&offset=-1"), "newer gateway");
        });
    }

    /** New operations may come without a new version: they are as strange. */
    @Test
    void recordOfAnUnknownOperation() throws Exception {
        client.create(path, TEXT).expect(201);
        KAFKA.produce(topic, 0, path.substring(1) + "|someone.1", "", "ds-v", "1", "ds-op", "explode");
        Await.until(
                "the stream is not served", PATIENCE, () -> client.head(path).status() == 503);
        expectUnavailable(client.append(path, TEXT, "b"), "newer gateway");
    }

    @Test
    void recordOfALaterFormatInOnePartitionOfASharedTopic() throws Exception {
        String victim = inPartition(1);
        String neighbour = inPartition(1);
        String other = inPartition(2);
        for (String stream : List.of(victim, neighbour, other)) {
            client.put("/" + stream, TEXT, "a").expect(201);
        }
        KAFKA.produce(SHARED, 1, victim + "|someone.1", "", "ds-v", "2", "ds-op", "append");
        Await.until(
                "the partition is not served",
                PATIENCE,
                () -> client.head("/" + victim).status() == 503);
        expectUnavailable(client.append("/" + neighbour, TEXT, "b"), "newer gateway");
        client.append("/" + other, TEXT, "b").expect(204);
        assertThat(client.get("/" + other).expect(200).text()).isEqualTo("ab");
    }

    @Test
    void recordsWithoutHeadersInASharedTopicDoNotStallItsStreams() throws Exception {
        String stream = inPartition(3);
        String tail = client.put("/" + stream, TEXT, "a").expect(201).next();
        for (int i = 0; i < 100; i++) {
            KAFKA.produce(SHARED, 3, stream + "|x." + i, i % 2 == 0 ? "noise" : null);
        }
        Answer all = client.get("/" + stream).expect(200);
        assertThat(all.text()).isEqualTo("a");
        assertThat(all.isUpToDate()).isTrue();
        assertThat(all.next()).isEqualTo(tail);
        client.append("/" + stream, TEXT, "b").expect(204);
    }

    @Test
    void topicDeletedInMidFlightAndMadeAgain() throws Exception {
        client.create(path, JSON).expect(201);
        String old = client.append(path, JSON, "1").expect(204).next();
        try (SseReader live = client.sse(path + "?live=sse&offset=" + old)) {
            assertThat(live.next()).isPresent();
            CompletableFuture<Answer> poll = client.getAsync(path + "?live=long-poll&offset=" + old);
            beside(() -> {
                List<CompletableFuture<Answer>> appends = java.util.stream.IntStream.range(0, 20)
                        .mapToObj(i -> client.appendAsync(path, JSON, "2"))
                        .toList();
                KAFKA.deleteTopic(topic);
                for (CompletableFuture<Answer> append : appends) {
                    assertThat(append.get().status()).isIn(204, 404, 503, 504);
                }
                Await.until(
                        "the stream is gone", PATIENCE, () -> client.head(path).status() == 404);
                assertThat(poll.get().status()).isIn(200, 404, 503);
                Await.until(
                        "the stream is made again",
                        PATIENCE,
                        () -> client.create(path, JSON).status() == 201);
                Await.until(
                        "appends go on",
                        PATIENCE,
                        () -> client.append(path, JSON, "3").status() == 204);
                client.get(path + "?offset=" + old).expect(410);
                client.get(path + "?live=long-poll&offset=" + old).expect(410);
                client.get(path + "?live=sse&offset=" + old).expect(410);
                assertThat(client.get(path).expect(200).text()).contains("3").doesNotContain("1");
            });
            for (Optional<SseReader.Event> event = live.next(); event.isPresent(); event = live.next()) {
                assertThat(event.get().data()).doesNotContain("[3]");
            }
        }
    }

    @Test
    void recordsOfADedicatedTopicDeletedByItsOperator() throws Exception {
        client.create(path, TEXT).expect(201);
        client.append(path, TEXT, "a").expect(204);
        KAFKA.deleteRecords(topic);
        client.append("/" + inPartition(0), TEXT, "x").expect(404);
        try (GatewayProcess fresh = gateway("fresh")) {
            expectUnavailable(fresh.client().get(path), "lost the records before it");
            expectUnavailable(fresh.client().append(path, TEXT, "b"), "lost the records before it");
            expectUnavailable(fresh.client().create(path, TEXT), "lost the records before it");
            assertThat(KAFKA.consume(topic, 0)).isEmpty();
            fresh.client().put("/" + inPartition(0), TEXT, "x").expect(201);
        }
        // A gateway that has them all in memory may go on until it loads the partition again.
        assertThat(client.append(path, TEXT, "b").status()).isIn(204, 503);
    }

    @Test
    void topicsMadeByHandWithoutTheirFirstRecords() throws Exception {
        KAFKA.createTopic(topic);
        KAFKA.produce(topic, 0, null, "early");
        KAFKA.deleteRecords(topic);
        expectUnavailable(client.create(path, TEXT), "lost the records before it");
        assertThat(KAFKA.consume(topic, 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "cleanup.policy, compact, delete, 1",
        "cleanup.policy, 'compact,delete', delete, 1",
        "retention.ms, 604800000, -1, 1",
        "retention.bytes, 1000000, -1, 1",
        "message.timestamp.type, CreateTime, LogAppendTime, 1",
        "retention.ms, -1, -1, 2"
    })
    void topicMadeByHandThatWouldLoseRecords(String property, String wrong, String right, int partitions)
            throws Exception {
        KAFKA.createTopic(topic, partitions, Map.of(property, wrong));
        beside(() -> {
            String why = partitions == 1 ? property + " is " + wrong : "2 partitions";
            expectUnavailable(client.create(path, TEXT), why);
            expectUnavailable(client.get(path), why);
            expectUnavailable(client.append(path, TEXT, "a"), why);
            assertThat(KAFKA.consume(topic, 0)).isEmpty();
            if (partitions == 1) {
                KAFKA.alter(topic, property, right);
                Await.until(
                        "the stream is made",
                        PATIENCE,
                        () -> client.create(path, TEXT).status() == 201);
            }
        });
    }

    @Test
    void dedicatedTopicAlteredToCreateTime() throws Exception {
        alteredToCreateTime(path, topic);
    }

    /** All partitions of the topic are out of service until it is altered back; other topics' streams go on. */
    @Test
    void sharedTopicAlteredToCreateTime() throws Exception {
        try (GatewayProcess concerned = GatewayProcess.named("altered")
                .on(TestKafka.shared())
                .sharing(topic, 2)
                .start()) {
            alteredToCreateTime(concerned.client(), "/" + name, topic);
        }
    }

    /** Whoever is told 503 has written nothing, and nothing lands twice, however often the gateway drops its copy. */
    @Test
    void appendsUnderWayWhenATopicIsAltered() throws Exception {
        client.create(path, TEXT).expect(201);
        Map<String, Integer> statuses = new ConcurrentHashMap<>();
        AtomicBoolean done = new AtomicBoolean();
        List<Concurrently.Action> actions = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String writer = "writer " + i;
            actions.add(() -> {
                for (int n = 0; !done.get(); n++) {
                    String text = writer + ", append " + n;
                    int status = client.append(path, TEXT, text).status();
                    statuses.put(text, status);
                    if (status == 503) {
                        Thread.sleep(20);
                    }
                }
            });
        }
        actions.add(() -> {
            try {
                for (int round = 0; round < ALTERATIONS; round++) {
                    KAFKA.alter(topic, "message.timestamp.type", "CreateTime");
                    Await.until("an append is refused", PATIENCE, () -> refuses(path));
                    KAFKA.alter(topic, "message.timestamp.type", "LogAppendTime");
                    Await.until("appends go on", PATIENCE, () -> !refuses(path));
                }
            } finally {
                done.set(true);
            }
        });
        Concurrently.all(actions);

        Map<String, Long> landed = KAFKA.consume(topic, 0).stream()
                .filter(record -> record.operation().equals("append"))
                .collect(
                        Collectors.groupingBy(record -> Objects.requireNonNull(record.value()), Collectors.counting()));
        statuses.forEach((text, status) -> assertThat(landed.getOrDefault(text, 0L))
                .as("%s was answered %d", text, status)
                .matches(
                        times -> status == 204 ? times == 1 : status == 503 ? times == 0 : times <= 1,
                        "landed as often as it was told"));
        assertThat(statuses.values()).contains(204, 503);
    }

    private boolean refuses(String stream) throws Exception {
        return client.append(stream, TEXT, "a look").status() == 503;
    }

    /** The gateway's producer must know its topics however long they are idle. */
    @Test
    void partitionIdlePastTheMetadataExpiryOfTheOperatorsWish() throws Exception {
        try (GatewayProcess forgetful = builder("forgetful")
                .set("MILLRACE_KAFKA_CLIENT_METADATA_MAX_IDLE_MS", "5000")
                .set("MILLRACE_KAFKA_CLIENT_METADATA_MAX_AGE_MS", "500")
                .start()) {
            forgetful.client().create(path, TEXT).expect(201);
            Thread.sleep(8_000); // the time itself is what is tested
            forgetful.client().append(path, TEXT, "a").expect(204);
        }
    }

    /** Whoever asks for a stream that is not there makes no topic, whatever the broker would do for others. */
    @Test
    void unknownPathsOnABrokerThatMakesTopics() throws Exception {
        try (ChildBroker broker = ChildBroker.start((_, _) -> List.of("auto.create.topics.enable=true"));
                GatewayProcess making = builder("making").on(broker).start()) {
            NativeKafka kafka = new NativeKafka(broker);
            kafka.produce("made-by-the-broker", 0, null, "so it does");
            StreamClient through = making.client();
            through.get(path).expect(404);
            through.head(path).expect(404);
            through.get(path + "?live=sse&offset=-1").expect(404);
            through.get(path + "?live=long-poll&offset=now").expect(404);
            through.append(path, TEXT, "a").expect(404);
            through.close(path).expect(404);
            through.delete(path).expect(404);
            assertThat(kafka.topics()).contains("made-by-the-broker", SHARED).doesNotContain(topic);
            through.create(path, TEXT).expect(201);
            through.append(path, TEXT, "a").expect(204);
            assertThat(kafka.topics()).contains(topic);
        }
    }

    /** Kafka's producer asks for every topic that it knows, and cannot be told not to have it made. */
    @Test
    void topicDeletedOnABrokerThatMakesTopics() throws Exception {
        try (ChildBroker broker = ChildBroker.start((_, _) -> List.of("auto.create.topics.enable=true"));
                GatewayProcess making = builder("making")
                        .on(broker)
                        .set("MILLRACE_KAFKA_CLIENT_METADATA_MAX_AGE_MS", "500")
                        .start()) {
            NativeKafka kafka = new NativeKafka(broker);
            StreamClient through = making.client();
            through.create(path, TEXT).expect(201);
            through.append(path, TEXT, "a").expect(204);
            kafka.deleteTopic(topic);
            Await.until("the broker's own topic is found wanting", PATIENCE, () -> through.get(path)
                    .text()
                    .contains("message.timestamp.type is CreateTime"));
            expectUnavailable(through.create(path, TEXT), "message.timestamp.type is CreateTime");
            kafka.alter(topic, "message.timestamp.type", "LogAppendTime");
            kafka.alter(topic, "retention.ms", "-1");
            Await.until(
                    "the stream is made",
                    PATIENCE,
                    () -> through.create(path, TEXT).status() == 201);
            assertThat(through.get(path).expect(200).text()).isEmpty();
        }
    }

    private void alteredToCreateTime(String stream, String itsTopic) throws Exception {
        alteredToCreateTime(client, stream, itsTopic);
    }

    private void alteredToCreateTime(StreamClient through, String stream, String itsTopic) throws Exception {
        through.create(stream, TEXT).expect(201);
        beside(() -> {
            KAFKA.alter(itsTopic, "message.timestamp.type", "CreateTime");
            Await.until(
                    "the alteration is noticed",
                    PATIENCE,
                    () -> through.append(stream, TEXT, "a").status() == 503);
            expectUnavailable(through.get(stream), "message.timestamp.type is CreateTime");
            KAFKA.alter(itsTopic, "message.timestamp.type", "LogAppendTime");
            Await.until(
                    "appends go on",
                    PATIENCE,
                    () -> through.append(stream, TEXT, "b").status() == 204);
        });
        assertThat(new String(through.readAll(stream, "-1"), UTF_8)).matches("a*b+");
    }

    /** Does {@code action} while a producer appends to a stream elsewhere, each append at its first try. */
    private void beside(Concurrently.Action action) throws Exception {
        String other = "/topics/" + Names.unique("beside");
        client.create(other, TEXT).expect(201);
        AtomicBoolean done = new AtomicBoolean();
        Concurrently.all(List.of(
                () -> {
                    for (int i = 0; !done.get(); i++) {
                        client.append(other, TEXT, "x").expect(204);
                        if (i % 50 == 0) {
                            client.head(other).expect(200);
                        }
                        Thread.sleep(2);
                    }
                },
                () -> {
                    try {
                        action.run();
                    } finally {
                        done.set(true);
                    }
                }));
    }

    private static String inPartition(int partition) {
        while (true) {
            String candidate = Names.unique("hardened");
            if (Utils.toPositive(Utils.murmur2(candidate.getBytes(UTF_8))) % PARTITIONS == partition) {
                return candidate;
            }
        }
    }

    private static void expectUnavailable(Answer answer, String why) {
        answer.expect(503);
        assertThat(answer.text()).contains(why);
        assertThat(answer.header("Retry-After")).isPresent();
    }

    private static GatewayProcess.Builder builder(String role) {
        return GatewayProcess.named(role)
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS
                        .replace("it-shared", SHARED)
                        .replace("partitions: 8", "partitions: " + PARTITIONS))
                .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "3s")
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "3s")
                .set("MILLRACE_STREAMS_SSE_LIFETIME", "20s");
    }

    private static GatewayProcess gateway(String role) throws Exception {
        return builder(role).start();
    }
}
