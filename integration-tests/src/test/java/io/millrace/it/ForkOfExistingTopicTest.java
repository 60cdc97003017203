package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Forks of streams whose topics somebody else writes: read-only sources, which keep what they like. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ForkOfExistingTopicTest {

    private static final String MAPPINGS = """
            mappings:
              - path: "theirs/{topic}/{partition}"
                kind: existing
                topic: "{topic}"
                partition: "{partition}"
                content-type: application/json
              - path: "keys/{topic}/{key}"
                kind: existing
                topic: "{topic}"
                key: "{key}"
                content-type: application/json
              - path: "hidden/{topic}"
                kind: deny
              - path: "**"
                kind: shared
                topic: it-fork-of-existing
                partitions: 2
                replication-factor: 1
            """;

    private static GatewayProcess gateway;
    private static StreamClient client;

    private final NativeKafka kafka = new NativeKafka(TestKafka.shared());
    private final String topic = Names.unique("forked");
    private final String source = "/theirs/" + topic + "/0";
    private final String fork = "/" + Names.unique("fork");
    private String afterOne = "";

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.named("fork-of-existing")
                .on(TestKafka.shared())
                .mappings(MAPPINGS)
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "5s")
                .start();
        client = gateway.client();
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
    }

    @BeforeEach
    void fill() throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, "a", "1");
        afterOne = client.get(source).expect(200).next();
        kafka.produce(topic, 0, "b", "2");
        kafka.produce(topic, 0, "a", "3");
    }

    @Test
    void theForkIsAStreamOfOurOwnThatBeginsWithTheTopic() throws Exception {
        Answer created = client.fork(fork, source).expect(201);
        assertThat(created.header("Content-Type")).contains(JSON);
        kafka.produce(topic, 0, "a", "4");
        client.append(fork, JSON, "[\"own\",\"data\"]", "Producer-Id", "p", "Producer-Epoch", "0", "Producer-Seq", "0")
                .expect(200);
        Answer read = client.get(fork).expect(200);
        assertThat(read.text()).isEqualTo("[1,2,3,\"own\",\"data\"]");
        assertThat(client.get(fork + "?offset=" + afterOne).expect(200).text()).isEqualTo("[2,3,\"own\",\"data\"]");
        assertThat(client.get(fork + "?offset=" + created.next()).expect(200).text())
                .isEqualTo("[\"own\",\"data\"]");
        client.fork(fork, source).expect(200);
        client.close(fork).expect(204);
        assertThat(client.get(fork).isClosed()).isTrue();
        try (SseReader events = client.sse(fork + "?offset=-1&live=sse")) {
            for (String data : new String[] {"[1]", "[2]", "[3]", "[\"own\",\"data\"]"}) {
                assertThat(events.nextData().data()).isEqualToIgnoringWhitespace(data);
            }
        }
        client.delete(fork).expect(204);
        client.get(fork).expect(404);
        assertThat(client.get(source).expect(200).text()).isEqualTo("[1,2,3,4]");
    }

    @Test
    void aPointAndAPartOfARecord() throws Exception {
        client.fork(fork, source, "Stream-Fork-Offset", afterOne).expect(201);
        assertThat(client.get(fork).expect(200).text()).isEqualTo("[1]");
        client.fork(fork + "/next", source, "Stream-Fork-Offset", afterOne, "Stream-Fork-Sub-Offset", "1")
                .expect(201);
        assertThat(client.get(fork + "/next").expect(200).text()).isEqualTo("[1,2]");
        client.fork(fork + "/none", source, "Stream-Fork-Offset", afterOne, "Stream-Fork-Sub-Offset", "2")
                .expect(400);
        client.fork(fork + "/fork", fork).expect(201);
        client.append(fork + "/fork", JSON, "9").expect(204);
        assertThat(client.get(fork + "/fork").expect(200).text()).isEqualTo("[1,9]");
        client.delete(fork).expect(204);
        client.get(fork).expect(410);
        assertThat(client.get(fork + "/fork").expect(200).text()).isEqualTo("[1,9]");
        client.delete(fork + "/fork").expect(204);
        Await.until("the middle of the chain is released", Duration.ofSeconds(10), () -> {
            Thread.sleep(20);
            return client.head(fork).status() == 404;
        });
    }

    @Test
    void theRecordsOfOneKey() throws Exception {
        client.fork(fork, "/keys/" + topic + "/a").expect(201);
        kafka.produce(topic, 0, "a", "4");
        client.append(fork, JSON, "9").expect(204);
        assertThat(new String(client.readAll(fork, "-1"), UTF_8).replace("][", ","))
                .isEqualTo("[1,3,9]");
    }

    @Test
    void whatRetentionEatsIsGoneAndTheRestIsNot() throws Exception {
        client.fork(fork, source).expect(201);
        client.append(fork, JSON, "9").expect(204);
        kafka.deleteRecords(topic);
        kafka.produce(topic, 0, "a", "4");
        Answer gone = client.get(fork + "?offset=" + afterOne).expect(410);
        assertThat(gone.header("Content-Type")).contains("application/problem+json");
        String earliest =
                new ObjectMapper().readTree(gone.text()).path("earliest").asText();
        assertThat(client.get(fork + "?offset=" + earliest).expect(200).text()).isEqualTo("[9]");
        assertThat(client.get(fork).expect(200).text()).isEqualTo("[9]");
    }

    @Test
    void aTopicMadeAgainIsAnother() throws Exception {
        client.fork(fork, source).expect(201);
        client.append(fork, JSON, "9").expect(204);
        kafka.deleteTopic(topic);
        Await.until(
                "the topic is gone",
                Duration.ofSeconds(10),
                () -> client.head(source).status() == 404);
        client.get(fork + "?offset=" + afterOne).expect(410);
        kafka.createTopic(topic, 1, Map.of());
        for (int i = 0; i < 5; i++) {
            kafka.produce(topic, 0, "a", "\"other\"");
        }
        Await.until(
                "the new topic is read",
                Duration.ofSeconds(10),
                () -> client.get(source).status() == 200);
        client.get(fork + "?offset=" + afterOne).expect(410);
        assertThat(client.get(fork).expect(200).text()).isEqualTo("[9]");
        assertThat(client.append(fork, JSON, "10").expect(204).next()).isNotEmpty();
    }

    /** Nothing is left of what it inherits, and it has nothing of its own: the token that it gives must do. */
    @Test
    void anEmptyForkOfATopicMadeAgainIsReadOnFromItsOwnToken() throws Exception {
        String tail = client.fork(fork, source).expect(201).next();
        kafka.deleteTopic(topic);
        Await.until(
                "the topic is gone",
                Duration.ofSeconds(10),
                () -> client.head(source).status() == 404);
        kafka.createTopic(topic, 1, Map.of());
        kafka.produce(topic, 0, "a", "\"other\"");
        Await.until(
                "the new topic is read",
                Duration.ofSeconds(10),
                () -> client.get(source).status() == 200);
        Answer empty = client.get(fork).expect(200);
        assertThat(empty.text()).isEqualTo("[]");
        assertThat(empty.isUpToDate()).isTrue();
        assertThat(empty.next()).isEqualTo(tail);
        client.append(fork, JSON, "9").expect(204);
        assertThat(client.get(fork + "?offset=" + empty.next()).expect(200).text())
                .isEqualTo("[9]");
    }

    @Test
    void whatIsNotShownIsNotForked() throws Exception {
        client.fork(fork, "/hidden/" + topic).expect(403);
        client.fork(fork, "/theirs/" + topic + "/1").expect(404);
        client.fork(fork, "/theirs/__consumer_offsets/0").expect(400);
        client.fork(source, "/" + Names.unique("any")).expect(501);
        client.create(fork, TEXT, "Stream-Forked-From", "/v1/stream" + source).expect(409);
        client.head(fork).expect(404);
    }
}
