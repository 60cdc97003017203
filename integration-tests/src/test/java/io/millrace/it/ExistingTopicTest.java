package io.millrace.it;

import static io.millrace.it.StreamClient.BYTES;
import static io.millrace.it.StreamClient.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.it.NativeKafka.Seen;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics that somebody else writes, by partition and by key, as an operator's rules show them. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ExistingTopicTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final String MAPPINGS = """
            mappings:
              - path: "secret/**"
                kind: deny
              - path: "values/{topic}/{partition}"
                kind: existing
                topic: "{topic}"
                partition: "{partition}"
                content-type: application/json
              - path: "bytes/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                content-type: application/octet-stream
                cache: public
              - path: "records/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                envelope: record
                cache: none
              - path: "rows/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                envelope: state
                type: row
              - path: "keys/{topic}/{key}"
                kind: existing
                topic: "{topic}"
                key: "{key}"
                content-type: application/json
              - path: "numbers/{topic}/{key}"
                kind: existing
                topic: "{topic}"
                key: "{key}"
                key-format: long
                content-type: text/plain
              - path: "errors/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                content-type: application/json
                on-bad-record: error
              - path: "inbox/{topic}/{key}"
                kind: existing
                topic: "{topic}"
                key: "{key}"
                content-type: application/json
                access: append
                headers.source: gateway
              - path: "**"
                kind: shared
                topic: it-existing-managed
                partitions: 1
                replication-factor: 1
            """;

    private static GatewayProcess gateway;
    private static StreamClient client;

    private final NativeKafka kafka = new NativeKafka(TestKafka.shared());
    private final String topic = Names.unique("theirs");

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.named("existing")
                .on(TestKafka.shared())
                .mappings(MAPPINGS)
                .set("MILLRACE_STREAMS_CHUNK_BYTES", "16KiB")
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "5s")
                .set("MILLRACE_STREAMS_KEEP_ALIVE", "500ms")
                .start();
        client = gateway.client();
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
    }

    @Test
    void eachPartitionIsAStream() throws Exception {
        kafka.createTopic(topic, 12, Map.of());
        for (int i = 0; i < 100; i++) {
            kafka.produce(topic, i % 12, "k", "{\"n\":" + i + "}");
        }
        List<Integer> seen = new ArrayList<>();
        for (int partition = 0; partition < 12; partition++) {
            Answer read = client.get("/values/" + topic + "/" + partition).expect(200);
            assertThat(read.isUpToDate()).isTrue();
            assertThat(read.header("Content-Type")).contains(JSON);
            JsonNode messages = MAPPER.readTree(read.text());
            messages.forEach(message -> seen.add(message.get("n").asInt()));
            assertThat(client.head("/values/" + topic + "/" + partition).next()).isEqualTo(read.next());
        }
        assertThat(seen).hasSize(100).doesNotHaveDuplicates();
        client.get("/values/" + topic + "/12").expect(404);
        client.get("/values/" + topic + "/01").expect(404);
        client.get("/values/" + topic + "/x").expect(404);
    }

    @Test
    void longPartitionsAreReadInChunks() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            records.add(record(null, "{\"n\":" + i + ",\"fill\":\"" + "x".repeat(100) + "\"}"));
        }
        kafka.produce(records);
        List<Integer> seen = new ArrayList<>();
        int chunks = 0;
        for (String offset = "-1"; ; chunks++) {
            Answer read = client.get("/values/" + topic + "/0?offset=" + offset).expect(200);
            MAPPER.readTree(read.text())
                    .forEach(message -> seen.add(message.get("n").asInt()));
            if (read.isUpToDate()) {
                break;
            }
            assertThat(read.header("Cache-Control")).contains("private, max-age=60");
            assertThat(client.get("/values/" + topic + "/0?offset=" + offset, "If-None-Match", etag(read))
                            .status())
                    .isEqualTo(304);
            offset = read.next();
        }
        assertThat(chunks).isGreaterThan(10);
        assertThat(seen).hasSize(2_000).isSorted().doesNotHaveDuplicates();
    }

    /** A tail of nothing but what was aborted, and markers, is the tail. */
    @Test
    void abortedTransactionsAreNeverSeenAndStallNobody() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "\"before\"");
        kafka.transaction(topic, false, "\"aborted\"", "\"too\"");
        Answer read = client.get("/values/" + topic + "/0").expect(200);
        assertThat(read.text()).isEqualTo("[\"before\"]");
        assertThat(read.isUpToDate()).isTrue();
        kafka.transaction(topic, true, "\"committed\"");
        Answer more =
                client.get("/values/" + topic + "/0?offset=" + read.next()).expect(200);
        assertThat(more.text()).isEqualTo("[\"committed\"]");
        assertThat(more.isUpToDate()).isTrue();
        kafka.transaction(topic, false, "\"aborted\"");
        Answer nothing =
                client.get("/values/" + topic + "/0?offset=" + more.next()).expect(200);
        assertThat(nothing.text()).isEqualTo("[]");
        assertThat(nothing.isUpToDate()).isTrue();
        assertThat(nothing.next()).isGreaterThan(more.next());
    }

    @Test
    void aFirstReadMayBeginAtATimeOrWithTheLastRecords() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        for (int i = 0; i < 3; i++) {
            kafka.produce(topic, 0, null, Integer.toString(i));
        }
        long between = kafka.consumeBytes(topic, 0).getLast().timestamp() + 1;
        Await.until("time has gone on", PATIENCE, () -> System.currentTimeMillis() > between);
        kafka.produce(topic, 0, null, "3");
        kafka.produce(topic, 0, null, "4");
        String path = "/values/" + topic + "/0";
        Answer redirect = client.get(path + "?last=2&x=y").expect(307);
        String located = redirect.header("Location").orElseThrow();
        assertThat(located).endsWith("&x=y").doesNotContain("last");
        assertThat(redirect.header("Cache-Control")).contains("no-store");
        assertThat(textAt(redirect)).isEqualTo("[3,4]");
        assertThat(textAt(client.get(path + "?offset=-1&last=9"))).isEqualTo("[0,1,2,3,4]");
        assertThat(textAt(client.get(path + "?last=0"))).isEqualTo("[]");
        assertThat(textAt(client.get(path + "?since=" + between))).isEqualTo("[3,4]");
        assertThat(textAt(client.get(path + "?since=" + Instant.ofEpochMilli(between))))
                .isEqualTo("[3,4]");
        assertThat(textAt(client.get(path + "?since=999999999999999"))).isEqualTo("[]");
        String tail = client.head(path).next();
        client.get(path + "?offset=" + tail + "&last=2").expect(200); // a client repeats what it was given
        client.get(path + "?last=x").expect(400);
        client.get("/keys/" + topic + "/a?last=1").expect(501);
        client.get("/values/" + topic + "-absent/0?last=1").expect(404);
        client.create("/managed-" + topic, JSON).expect(201);
        client.get("/managed-" + topic + "?last=1").expect(200);
    }

    private static String textAt(Answer redirect) throws Exception {
        String location = redirect.expect(307).header("Location").orElseThrow();
        String path = location.substring(location.indexOf("/v1/stream") + "/v1/stream".length());
        return client.get(path).expect(200).text();
    }

    @Test
    void followersHearWhatIsProduced() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        try (SseReader one = client.sse("/values/" + topic + "/0?offset=-1&live=sse");
                SseReader other = client.sse("/values/" + topic + "/0?offset=now&live=sse")) {
            assertThat(one.nextData().data()).isEqualTo("[1]");
            CompletableFuture<Answer> poll = client.getAsync("/values/" + topic + "/0?live=long-poll&offset="
                    + client.head("/values/" + topic + "/0").next());
            kafka.produce(topic, 0, null, "2");
            assertThat(one.nextData().data()).isEqualTo("[2]");
            assertThat(other.nextData().data()).isEqualTo("[2]");
            assertThat(poll.get().expect(200).text()).isEqualTo("[2]");
            kafka.transaction(topic, false, "3");
            kafka.transaction(topic, true, "4");
            assertThat(one.nextData().data()).isEqualTo("[4]");
            JsonNode control = one.next().orElseThrow().control();
            assertThat(control.get("upToDate").asBoolean()).isTrue();
        }
        client.get("/values/" + topic + "/0?live=long-poll&offset="
                        + client.head("/values/" + topic + "/0").next())
                .expect(204);
    }

    @Test
    void aTopicThatComesLaterIsThere() throws Exception {
        client.get("/values/" + topic + "/0").expect(404);
        client.create("/values/" + topic + "/0", JSON).expect(404);
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        Await.until(
                "the topic is there",
                PATIENCE,
                () -> client.get("/values/" + topic + "/0").status() == 200);
    }

    @Test
    void whatRetentionHasRemovedIsGone() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        String first = client.head("/values/" + topic + "/0").next();
        kafka.produce(topic, 0, null, "2");
        kafka.deleteRecords(topic);
        kafka.produce(topic, 0, null, "3");
        Answer gone = client.get("/values/" + topic + "/0?offset=" + first).expect(410);
        Answer earliest = client.get("/values/" + topic + "/0?offset=-1").expect(200);
        assertThat(earliest.text()).isEqualTo("[3]");
        String named =
                MAPPER.readTree(gone.text()).get("detail").asText().replaceAll(".*?([0-9]{16}_[0-9]{16}).*", "$1");
        assertThat(client.get("/values/" + topic + "/0?offset=" + named)
                        .expect(200)
                        .text())
                .isEqualTo("[3]");
    }

    @Test
    void offsetsOfATopicThatWasMadeAgainAreGone() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, null, "1");
        String old = client.head("/values/" + topic + "/0").next();
        try (SseReader reader = client.sse("/values/" + topic + "/0?offset=-1&live=sse")) {
            assertThat(reader.nextData().data()).isEqualTo("[1]");
            kafka.deleteTopic(topic);
            Await.until(
                    "the topic is gone",
                    PATIENCE,
                    () -> client.get("/values/" + topic + "/0").status() == 404);
            kafka.createTopic(topic, 1, Map.of());
            Await.until(
                    "the new one is there",
                    PATIENCE,
                    () -> client.get("/values/" + topic + "/0").status() == 200);
            client.get("/values/" + topic + "/0?offset=" + old).expect(410);
            for (int i = 0; i < 5; i++) {
                kafka.produce(topic, 0, null, "\"new\"");
            }
            client.get("/values/" + topic + "/0?offset=" + old).expect(410);
            for (Optional<SseReader.Event> event = reader.next(); event.isPresent(); event = reader.next()) {
                assertThat(event.get().data()).doesNotContain("new"); // it ends, or goes on in silence
            }
        }
    }

    /** Keys that share a partition, many records of others between them, some of them more than one scan takes. */
    @Test
    void aKeyIsAStreamAmongOthers() throws Exception {
        kafka.createTopic(topic, 3, Map.of());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        String fill = "\"" + "x".repeat(1_000) + "\"";
        for (int i = 0; i < 1_000; i++) {
            records.add(record("key-" + i % 10, fill));
            if (i % 200 == 0) {
                records.add(record("wanted", Integer.toString(i)));
            }
        }
        kafka.produce(records);
        List<String> seen = new ArrayList<>();
        int empty = 0;
        String offset = "-1";
        for (boolean upToDate = false; !upToDate; ) {
            Answer read =
                    client.get("/keys/" + topic + "/wanted?offset=" + offset).expect(200);
            MAPPER.readTree(read.text()).forEach(message -> seen.add(message.toString()));
            empty += read.text().equals("[]") ? 1 : 0;
            upToDate = read.isUpToDate();
            assertThat(upToDate || !read.next().equals(offset)).as("it goes on").isTrue();
            offset = read.next();
        }
        assertThat(seen).containsExactly("0", "200", "400", "600", "800");
        assertThat(empty).as("scans that found nothing").isPositive();
        try (SseReader reader = client.sse("/keys/" + topic + "/wanted?offset=" + offset + "&live=sse")) {
            kafka.produce(List.of(record("key-1", fill), record("wanted", "\"live\""), record("key-2", fill)));
            assertThat(reader.nextData().data()).isEqualTo("[\"live\"]");
            // Others' records move it on too, so that who comes back need not look through them again.
            String beyond = client.head("/keys/" + topic + "/wanted").next();
            Await.until(
                    "the offset moves",
                    PATIENCE,
                    () -> reader.next().map(SseReader.Event::data).orElse("").contains(beyond));
        }
        client.get("/keys/" + topic + "/nobody").expect(200);
        client.get("/numbers/" + topic + "/x").expect(404);
    }

    /** A key may be in another partition then; the offsets of partitions mean what they meant. */
    @Test
    void offsetsOfKeysAreGoneWhenTheirTopicHasGrown() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(List.of(record("a", "1")));
        String key = client.get("/keys/" + topic + "/a").expect(200).next();
        String partition = client.get("/values/" + topic + "/0").expect(200).next();
        kafka.growTopic(topic, 7);
        Await.until(
                "the growth is seen",
                PATIENCE,
                () -> client.get("/keys/" + topic + "/a?offset=" + key).status() == 410);
        client.get("/values/" + topic + "/0?offset=" + partition).expect(200);
        client.get("/values/" + topic + "/6").expect(200);
    }

    @Test
    void envelopesShowAllOfARecord() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, "k", "{\"n\":1.0}", "trace", "t");
        kafka.produce(topic, 0, "k", "no json");
        kafka.produce(topic, 0, "k", null);
        Answer read = client.get("/records/" + topic).expect(200);
        assertThat(read.header("Cache-Control")).contains("no-store");
        assertThat(read.text()).contains("\"value\":{\"n\":1.0}");
        JsonNode records = MAPPER.readTree(read.text());
        assertThat(records.get(0).get("key").asText()).isEqualTo("k");
        assertThat(records.get(0).get("headers").get(0).get("name").asText()).isEqualTo("trace");
        assertThat(records.get(0).get("offset").asLong()).isZero();
        assertThat(records.get(1).get("value").asText()).isEqualTo("no json");
        assertThat(records.get(2).get("value").isNull()).isTrue();

        JsonNode rows = MAPPER.readTree(client.get("/rows/" + topic).expect(200).text());
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).get("type").asText()).isEqualTo("row");
        assertThat(rows.get(0).get("headers").get("operation").asText()).isEqualTo("insert");
        assertThat(rows.get(1).get("headers").get("operation").asText()).isEqualTo("delete");

        assertThat(client.get("/values/" + topic + "/0").expect(200).text()).isEqualTo("[{\"n\":1.0}]");
        JsonNode errors =
                MAPPER.readTree(client.get("/errors/" + topic).expect(200).text());
        assertThat(errors).hasSize(3);
        assertThat(errors.get(1).get("error").get("offset").asInt()).isEqualTo(1);
        assertThat(client.get("/bytes/" + topic).expect(200).text()).isEqualTo("{\"n\":1.0}no json");
        assertThat(gateway.process().output()).contains("event=bad-record partition=" + topic + "-0 offset=1");
    }

    @Test
    void whatTheRuleDoesNotAllowIsRefused() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        client.create("/values/" + topic + "/0", JSON).expect(200);
        client.create("/values/" + topic + "/0", BYTES).expect(409);
        client.create("/values/" + topic + "/0", JSON, "Stream-TTL", "60").expect(501);
        client.create("/values/" + topic + "/0", JSON, "Stream-Closed", "true").expect(501);
        assertThat(client.append("/values/" + topic + "/0", JSON, "1")
                        .expect(405)
                        .header("Allow"))
                .contains("GET, HEAD, PUT, OPTIONS");
        assertThat(client.delete("/values/" + topic + "/0").expect(405).header("Allow"))
                .contains("GET, HEAD, PUT, OPTIONS");
        client.get("/secret/x").expect(403);
        client.get("/bytes/__consumer_offsets").expect(400);
        client.get("/bytes/it-existing-managed").expect(403);
        assertThat(kafka.consume(topic, 0)).isEmpty();
    }

    @Test
    void appendsAreProducedWithTheRulesKeyAndHeaders() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        String path = "/inbox/" + topic + "/me";
        client.append(path, JSON, "{\"a\":1.0}").expect(204);
        Answer last = client.append(path, JSON, "[2, [3], \"x\"]").expect(204);
        List<Seen> records = kafka.consume(topic, 0);
        assertThat(records).extracting(Seen::value).containsExactly("{\"a\":1.0}", "2", "[3]", "\"x\"");
        assertThat(records).allSatisfy(record -> {
            assertThat(record.key()).isEqualTo("me");
            assertThat(record.headers()).containsExactly(Map.entry("source", "gateway"));
        });
        assertThat(client.get(path).expect(200).text()).isEqualTo("[{\"a\":1.0},2,[3],\"x\"]");
        assertThat(client.get(path).next()).isEqualTo(last.next());
        client.append(path, JSON, "1", "Producer-Id", "p", "Producer-Epoch", "0", "Producer-Seq", "0")
                .expect(501);
        client.append(path, JSON, "1", "Stream-Seq", "1").expect(501);
        client.close(path).expect(501);
        client.append(path, JSON, "no json").expect(400);
        client.append(path, BYTES, "1").expect(409);
        assertThat(kafka.consume(topic, 0)).hasSize(4);
    }

    /** What was written last for each key stays; readers go over the gaps, and read on where they were. */
    @Test
    void compactedTopicsAreReadOverTheirGaps() throws Exception {
        kafka.createTopic(
                topic,
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.ms", "100",
                        "segment.bytes", "1048576",
                        "min.cleanable.dirty.ratio", "0.01",
                        "min.compaction.lag.ms", "0",
                        "delete.retention.ms", "100"));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            records.add(record("k" + i % 3, Integer.toString(i)));
        }
        kafka.produce(records);
        Await.until("the cleaner has been there", Duration.ofSeconds(90), () -> {
            kafka.produce(List.of(record("other", "\"tick\""))); // rolls the segment
            return kafka.consume(topic, 0).size() < 100;
        });
        Answer read = client.get("/values/" + topic + "/0").expect(200);
        assertThat(read.isUpToDate()).isTrue();
        assertThat(MAPPER.readTree(read.text())).hasSameSizeAs(kafka.consume(topic, 0));
        assertThat(read.text()).contains("297", "298", "299");
        assertThat(client.get("/keys/" + topic + "/k1").expect(200).text()).isEqualTo("[298]");
    }

    private ProducerRecord<byte[], byte[]> record(@Nullable String key, String value) {
        return new ProducerRecord<>(topic, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static String etag(Answer answer) {
        return answer.header("ETag").orElseThrow();
    }
}
