package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                "allow.everyone.if.no.acl.found=true",
                "log.initial.task.delay.ms=500",
                "log.retention.check.interval.ms=500"));
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

    /** What does not pass by itself is not to be tried again, and nobody else feels it. */
    @Test
    void aTopicThatMayNotBeReadIsForbiddenUntilItMay() throws Exception {
        String beside = topic + "-beside";
        for (String one : List.of(topic, beside)) {
            kafka.createTopic(one, 1, Map.of());
            kafka.produce(one, 0, null, "1");
        }
        String path = "/values/" + topic;
        String begin =
                client.get(path + "?last=1").expect(307).header("Location").orElseThrow();
        String fromBegin = path + begin.substring(begin.indexOf('?'));
        try (SseReader reader = client.sse(path + "?offset=-1&live=sse");
                SseReader other = client.sse("/values/" + beside + "?offset=-1&live=sse")) {
            assertThat(reader.nextData().data()).isEqualTo("[1]");
            assertThat(other.nextData().data()).isEqualTo("[1]");
            kafka.forbidReads(topic, true);
            kafka.produce(topic, 0, null, "2");
            Optional<SseReader.Event> last = reader.next();
            for (Optional<SseReader.Event> next = last; next.isPresent(); next = reader.next()) {
                last = next;
                if (next.get().data().equals("[2]")) {
                    kafka.produce(topic, 0, null, "2"); // the broker had not heard of the ACL yet
                }
            }
            assertThat(last.orElseThrow().name()).as("a final control event").isEqualTo("control");
            for (String target : List.of(path, fromBegin, fromBegin + "&live=long-poll")) {
                isDenied(client.get(target));
            }
            assertThat(client.sse(fromBegin + "&live=sse").status()).isEqualTo(403);
            assertThat(client.get("/values/" + beside).expect(200).text()).isEqualTo("[1]");
            kafka.produce(beside, 0, null, "2");
            assertThat(other.nextData().data()).isEqualTo("[2]");
        }
        kafka.forbidReads(topic, false);
        Await.until("it may be read again", PATIENCE, () -> client.get(path).status() == 200);
    }

    /** Kafka tells nothing of such a topic, neither to who has read it nor to who asks for the first time. */
    @Test
    void aTopicThatMayNotBeDescribedIsForbiddenUntilItMay() throws Exception {
        String fresh = topic + "-fresh";
        String beside = topic + "-beside";
        for (String one : List.of(topic, fresh, beside)) {
            kafka.createTopic(one, 1, Map.of());
            kafka.produce(one, 0, null, "1");
        }
        client.get("/values/" + topic).expect(200);
        kafka.forbidDescriptions(topic, true);
        kafka.forbidDescriptions(fresh, true);
        Await.until(
                "it may not be read",
                PATIENCE,
                () -> client.get("/values/" + topic).status() == 403);
        for (String one : List.of(topic, fresh)) {
            String path = "/values/" + one;
            isDenied(client.get(path));
            isDenied(client.get(path + "?offset=now"));
            isDenied(client.get(path + "?offset=now&live=long-poll"));
            isDenied(client.get(path + "?last=1"));
            assertThat(client.sse(path + "?offset=now&live=sse").status()).isEqualTo(403);
            client.head(path).expect(403);
            isDenied(client.append("/inbox/" + one + "/k", JSON, "1"));
            assertThat(client.get("/values/" + beside).expect(200).text()).isEqualTo("[1]");
        }
        kafka.forbidDescriptions(topic, false);
        kafka.forbidDescriptions(fresh, false);
        for (String one : List.of(topic, fresh)) {
            Await.until(
                    "it may be read again",
                    PATIENCE,
                    () -> client.get("/values/" + one).status() == 200);
        }
    }

    private void isDenied(Answer answer) {
        assertThat(answer.expect(403).text()).contains("urn:problem-type:millrace:denied", "read the topic " + topic);
        assertThat(answer.header("Retry-After")).isEmpty();
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

    /** Who is at the tail does not feel it; who is behind is told, and does not loop. */
    @Test
    void recordsDeletedUnderLiveReaders() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        String path = "/values/" + topic;
        String begin = client.head(path).next();
        kafka.produce(topic, 0, null, "1");
        try (SseReader reader = client.sse(path + "?offset=-1&live=sse")) {
            assertThat(reader.nextData().data()).isEqualTo("[1]");
            kafka.deleteRecords(topic);
            kafka.produce(topic, 0, null, "2");
            assertThat(reader.nextData().data()).isEqualTo("[2]");
        }
        client.get(path + "?offset=" + begin).expect(410);
        client.get(path + "?live=long-poll&offset=" + begin).expect(410);
        assertThat(client.sse(path + "?live=sse&offset=" + begin).status()).isEqualTo(410);
        assertThat(client.get(path + "?offset=-1").expect(200).text()).isEqualTo("[2]");
    }

    /** Nobody deletes anything: what is old enough goes by itself, a segment at a time. */
    @Test
    void retentionOvertakesReaders() throws Exception {
        kafka.createTopic(topic, 1, Map.of("segment.bytes", "1048576", "segment.ms", "500", "retention.ms", "3000"));
        String path = "/values/" + topic;
        String begin = client.head(path).next();
        kafka.produce(topic, 0, null, "1");
        try (SseReader reader = client.sse(path + "?offset=-1&live=sse")) {
            assertThat(reader.nextData().data()).isEqualTo("[1]");
            client.get(path + "?offset=" + begin).expect(200);
            Await.until("Kafka has deleted a segment", PATIENCE, () -> kafka.beginning(topic, 0) > 0);
            kafka.alter(topic, "retention.ms", "-1");
            kafka.produce(topic, 0, null, "2");
            assertThat(reader.nextData().data()).isEqualTo("[2]");
        }
        Answer gone = client.get(path + "?offset=" + begin).expect(410);
        JsonNode problem = new ObjectMapper().readTree(gone.text());
        assertThat(problem.get("type").asText()).isEqualTo("urn:problem-type:millrace:offset-gone");
        String earliest = problem.get("earliest").asText();
        assertThat(problem.get("detail").asText()).contains(earliest);
        assertThat(earliest).startsWith("%016d_".formatted(kafka.beginning(topic, 0)));
        assertThat(client.get(path + "?offset=" + earliest).expect(200).text()).isEqualTo("[2]");
        client.get(path + "?live=long-poll&offset=" + begin).expect(410);
        assertThat(client.sse(path + "?live=sse&offset=" + begin).status()).isEqualTo(410);
    }

    /** One record is always read, from Kafka and from memory, by partition and by key. */
    @Test
    void recordsLargerThanAChunkAreRead() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        String large = "\"" + "x".repeat(200_000) + "\"";
        for (String path : List.of("/values/" + topic, "/inbox/" + topic + "/k")) {
            try (SseReader reader = client.sse(path + "?offset=now&live=sse")) {
                reader.next();
                kafka.produce(List.of(record(large), record("1"), record(large)));
                for (String expected : List.of(large, "1", large)) {
                    assertThat(reader.nextData().data()).isEqualTo("[" + expected + "]");
                    assertThat(reader.next().orElseThrow().name()).isEqualTo("control");
                }
            }
        }
        assertThat(client.readAll("/values/" + topic, "-1")).hasSizeGreaterThan(4 * 200_000);
        assertThat(client.readAll("/inbox/" + topic + "/k", "-1")).hasSizeGreaterThan(4 * 200_000);
    }

    /** Those that were there before, and those that came while it was away. */
    @Test
    void liveReadersGoOnWhenKafkaIsBack() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        String path = "/values/" + topic;
        try (SseReader reader = client.sse(path + "?offset=-1&live=sse")) {
            assertThat(reader.nextData().data()).isEqualTo("[1]");
            broker.kill();
            reader.awaitComment();
            client.get(path).expect(503);
            client.get(path + "?offset=now&live=sse").expect(503);
            broker.restart();
            gateway.awaitReady();
            kafka.produce(topic, 0, null, "2");
            assertThat(reader.nextData().data()).isEqualTo("[2]");
            try (SseReader later = client.sse(path + "?offset=now&live=sse")) {
                later.next();
                kafka.produce(topic, 0, null, "3");
                assertThat(later.nextData().data()).isEqualTo("[3]");
                assertThat(reader.nextData().data()).isEqualTo("[3]");
            }
        }
    }

    private ProducerRecord<byte[], byte[]> record(String value) {
        return new ProducerRecord<>(topic, 0, "k".getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
