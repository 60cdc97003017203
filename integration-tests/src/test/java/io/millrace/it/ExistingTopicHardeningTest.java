package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics of others whose owners do what is unkind to readers, to writers, or to the streams beside them. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ExistingTopicHardeningTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String MAPPINGS = """
            mappings:
              - path: "values/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                content-type: application/json
              - path: "rows/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                envelope: state
                type: row
              - path: "inbox/{topic}/{key}"
                kind: existing
                topic: "{topic}"
                key: "{key}"
                content-type: application/json
                access: append
            """;

    private static ChildBroker broker;
    private static GatewayProcess gateway;
    private static StreamClient client;

    private NativeKafka kafka;
    private final String topic = Names.unique("theirs");

    @BeforeAll
    static void start() throws Exception {
        broker = ChildBroker.start((_, _) -> List.of(
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found=true"));
        gateway = GatewayProcess.named("unkind")
                .on(broker)
                .mappings(MAPPINGS)
                .set("MILLRACE_STREAMS_CHUNK_BYTES", "16KiB")
                .set("MILLRACE_STREAMS_KEEP_ALIVE", "1s")
                .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "10s")
                .start();
        client = gateway.client();
    }

    @BeforeEach
    void connect() {
        kafka = new NativeKafka(broker);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        broker.close();
    }

    /** Followers follow many partitions: one that Kafka lets nobody read is dropped, and the others feel nothing. */
    @Test
    void aTopicThatMayNotBeReadDisturbsNoOther() throws Exception {
        List<String> beside = new ArrayList<>();
        for (int i = 0; i < 4; i++) { // of each follower one, very probably
            beside.add(topic + "-" + i);
            kafka.createTopic(topic + "-" + i, 1, Map.of());
        }
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        String tail = client.head("/values/" + topic).next();
        List<SseReader> readers = new ArrayList<>();
        for (String other : beside) {
            readers.add(client.sse("/values/" + other + "?offset=now&live=sse"));
        }
        kafka.forbidReads(topic, true);
        try (SseReader denied = client.sse("/values/" + topic + "?live=sse&offset=" + tail)) {
            assertThat(denied.status()).isEqualTo(200); // where it ends may be asked, what it holds may not
            denied.next();
            for (int round = 0; round < 5; round++) {
                Thread.sleep(300);
                for (int i = 0; i < 4; i++) {
                    kafka.produce(beside.get(i), 0, null, Integer.toString(round));
                    assertThat(readers.get(i).nextData().data()).isEqualTo("[" + round + "]");
                }
            }
            assertThat(gateway.process().output()).doesNotContain("event=follower-restarted");
            kafka.forbidReads(topic, false);
            kafka.produce(topic, 0, null, "2");
            assertThat(denied.nextData().data()).isEqualTo("[2]");
        } finally {
            for (SseReader reader : readers) {
                reader.close();
            }
        }
    }

    /** Kafka never tells where a partition of a topic that is gone ends. */
    @Test
    void aDeletedTopicIsGoneAtOnce() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        client.get("/values/" + topic).expect(200);
        kafka.deleteTopic(topic);
        long started = System.nanoTime();
        Await.until("gone", PATIENCE, () -> {
            int status = client.get("/values/" + topic).status();
            assertThat(status).isIn(200, 404);
            return status == 404;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
    }

    /** What an append returns is an offset to read on from, though a transaction that is older is still open. */
    @Test
    void theOffsetOfAnAppendBehindAnOpenTransactionIsGood() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        String path = "/inbox/" + topic + "/k";
        try (KafkaProducer<byte[], byte[]> transaction = kafka.openTransaction(topic, "\"open\"")) {
            String next = client.append(path, JSON, "1").expect(204).next();
            Answer read = client.get(path + "?offset=" + next).expect(200);
            assertThat(read.text()).isEqualTo("[]");
            assertThat(read.next()).isEqualTo(next);
            CompletableFuture<Answer> poll = client.getAsync(path + "?live=long-poll&offset=" + next);
            Thread.sleep(500);
            transaction.commitTransaction();
            client.append(path, JSON, "2").expect(204);
            assertThat(poll.get().expect(200).text()).isEqualTo("[2]");
            client.get(path + "?offset=" + next.replaceFirst("^0", "1")).expect(400);
        }
    }

    /** Nothing was written: so it is said, and at once, of several messages as of one. */
    @Test
    void appendsThatKafkaRefusesAreRefused() throws Exception {
        kafka.createTopic(topic, 1, Map.of("max.message.bytes", "2000"));
        String path = "/inbox/" + topic + "/k";
        client.append(path, JSON, "1").expect(204);
        String large = "\"" + "x".repeat(5_000) + "\"";
        client.append(path, JSON, large).expect(413);
        client.append(path, JSON, "[" + large + "," + large + "]").expect(413);
        client.append(path, JSON, "[1," + large + "]").expect(504); // the first is there
        kafka.forbidWrites(topic, true);
        try {
            client.append(path, JSON, "1").expect(403);
            client.append(path, JSON, "[1,2]").expect(403);
        } finally {
            kafka.forbidWrites(topic, false);
        }
        assertThat(kafka.consume(topic, 0)).hasSize(2);
    }

    /** What a chunk holds in memory are whole records. */
    @Test
    void recordsWithoutValuesFillAChunkToo() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(new ProducerRecord<>(topic, ("key" + i + "k".repeat(10_000)).getBytes(UTF_8), null));
        }
        kafka.produce(records);
        Answer first = client.get("/rows/" + topic).expect(200);
        assertThat(first.isUpToDate()).isFalse();
        assertThat(first.body().length).isLessThan(40_000);
    }
}
