package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.it.NativeKafka.Seen;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gateways that must not serve one topic together, by their configuration or by their age: the wrong one says why. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class MismatchedGatewaysTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PARTITIONS = 4;
    private static final int FAILED_START = 1;

    private static final String PREFIX = "/v1/stream";
    private static final String CHECKPOINTS = "-checkpoints";

    /** A format version that no build knows. */
    private static final String LATER = "1000";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final NativeKafka kafka = new NativeKafka(TestKafka.shared());
    private final String topic = Names.unique("it-mismatched");

    @Test
    void theLaterOneDoesNotStartAndTheFirstGoesOn() throws Exception {
        try (GatewayProcess first = gateway("first", PARTITIONS, PREFIX).start()) {
            StreamClient client = first.client();
            client.put("/kept", TEXT, "a").expect(201);
            try (GatewayProcess fewer = gateway("fewer", 2, PREFIX).launch();
                    GatewayProcess more = gateway("more", 8, PREFIX).launch();
                    GatewayProcess elsewhere =
                            gateway("elsewhere", PARTITIONS, "/streams").launch()) {
                expectRefused(fewer, "has 4 partitions and the configuration says 2");
                expectRefused(more, "has 4 partitions and the configuration says 8");
                expectRefused(elsewhere, "prefix /v1/stream, and this gateway's configuration says 4 and /streams");
            }
            client.append("/kept", TEXT, "b").expect(204);
            assertThat(client.get("/kept").expect(200).text()).isEqualTo("ab");
        }
    }

    /** None knows of the others, and the topic is not there yet: the log decides. */
    @Test
    void ofThoseThatStartAtOnceOneServes() throws Exception {
        try (GatewayProcess one = gateway("one", PARTITIONS, PREFIX).launch();
                GatewayProcess more = gateway("more", 8, PREFIX).launch();
                GatewayProcess elsewhere =
                        gateway("elsewhere", PARTITIONS, "/streams").launch()) {
            List<GatewayProcess> all = List.of(one, more, elsewhere);
            Await.until("all but one have ended", PATIENCE, () -> serving(all).size() == 1);
            GatewayProcess winner = serving(all).getFirst();
            for (GatewayProcess other : all) {
                if (other != winner) {
                    expectRefused(other, "");
                }
            }
            winner.awaitReady();
            winner.client().put("/won", TEXT, "a").expect(201);
        }
    }

    /** A newer gateway has written to one partition of two gateways that are in use. */
    @Test
    void aRecordOfALaterFormatTakesItsPartitionOutOfServiceEverywhere() throws Exception {
        int concerned = 1;
        String victim = "/" + inPartition(concerned);
        String neighbour = "/" + inPartition(concerned);
        String elsewhere = "/" + inPartition(2);
        try (GatewayProcess one = gateway("one", PARTITIONS, PREFIX).launch();
                GatewayProcess other = gateway("other", PARTITIONS, PREFIX).launch()) {
            one.awaitReady();
            other.awaitReady();
            for (String path : List.of(victim, neighbour, elsewhere)) {
                one.client().put(path, JSON, "1").expect(201);
                other.client().head(path).expect(200);
            }
            // Any record more makes a checkpoint due.
            Await.until("a checkpoint", PATIENCE, () -> {
                one.client().append(neighbour, JSON, "2").expect(204);
                return kafka.consume(topic, concerned).stream()
                        .anyMatch(record -> record.operation().equals("checkpoint"));
            });
            try (SseReader live = other.client().sse(elsewhere + "?offset=-1&live=sse")) {
                assertThat(live.nextData().data()).isEqualToIgnoringWhitespace("[1]");
                String tail = one.client().head(victim).expect(200).next();
                CompletableFuture<Answer> poll = other.client().getAsync(victim + "?live=long-poll&offset=" + tail);
                kafka.produce(
                        topic,
                        concerned,
                        victim.substring(1) + "|newer.1",
                        "2",
                        "ds-v",
                        LATER,
                        "ds-op",
                        "append",
                        "ds-unheard-of",
                        "by this build");
                for (GatewayProcess gateway : List.of(one, other)) {
                    Await.until(
                            "the partition is not served",
                            PATIENCE,
                            () -> gateway.client().head(victim).status() == 503);
                    expectTooOld(gateway.client(), victim);
                    expectTooOld(gateway.client(), neighbour);
                }
                expectTooOld(poll.get());

                other.client().append(elsewhere, JSON, "2").expect(204);
                one.client().append(elsewhere, JSON, "3").expect(204);
                assertThat(live.nextData().data()).isEqualToIgnoringWhitespace("[2]");
                assertThat(live.nextData().data()).isEqualToIgnoringWhitespace("[3]");
                assertThat(one.client().get(elsewhere).expect(200).text()).isEqualTo("[1,2,3]");
            }
            Set<String> topics = kafka.topics();
            List<Seen> records = kafka.consume(topic, concerned);
            int parts = kafka.consumeBytes(topic + CHECKPOINTS, concerned).size();
            try (GatewayProcess fresh = gateway("fresh", PARTITIONS, PREFIX).start()) {
                expectTooOld(fresh.client(), victim);
                fresh.client().append(elsewhere, JSON, "4").expect(204);
                assertThat(other.client().get(elsewhere).expect(200).text()).isEqualTo("[1,2,3,4]");
            }
            // Nothing of what was refused was written, and no checkpoint of what is not understood.
            assertThat(kafka.consume(topic, concerned)).isEqualTo(records);
            assertThat(kafka.consumeBytes(topic + CHECKPOINTS, concerned)).hasSize(parts);
            assertThat(kafka.topics()).isEqualTo(topics);
        }
    }

    /** The partition that has the setup, too, is one among others. */
    @Test
    void aRecordOfALaterFormatBesideTheSetupStopsNoStart() throws Exception {
        try (GatewayProcess first = gateway("first", PARTITIONS, PREFIX).start()) {
            first.client().put("/" + inPartition(0), JSON, "1").expect(201);
        }
        kafka.produce(topic, 0, "any|newer.1", "2", "ds-v", LATER, "ds-op", "append");
        try (GatewayProcess fresh = gateway("fresh", PARTITIONS, PREFIX).start()) {
            expectTooOld(fresh.client(), "/" + inPartition(0));
            fresh.client().put("/" + inPartition(1), JSON, "1").expect(201);
        }
    }

    /** The topic itself was set up by a newer gateway: nothing in it is for this build. */
    @Test
    void aTopicThatANewerGatewayHasSetUpIsNotServed() throws Exception {
        kafka.createTopic(topic, PARTITIONS, Map.of("cleanup.policy", "compact", "max.message.bytes", "16777216"));
        kafka.produce(
                topic,
                0,
                "__ds/setup|newer.1",
                "",
                "ds-v",
                LATER,
                "ds-op",
                "setup",
                "ds-kind",
                "shared",
                "ds-partitions",
                Integer.toString(PARTITIONS),
                "ds-prefix",
                PREFIX);
        try (GatewayProcess older = gateway("older", PARTITIONS, PREFIX).launch()) {
            expectRefused(older, "use a newer gateway");
        }
        assertThat(kafka.consume(topic, 0)).hasSize(1);
        for (int partition = 1; partition < PARTITIONS; partition++) {
            assertThat(kafka.consume(topic, partition)).isEmpty();
        }
    }

    private static List<GatewayProcess> serving(List<GatewayProcess> all) {
        return all.stream().filter(gateway -> gateway.process().isAlive()).toList();
    }

    private void expectRefused(GatewayProcess gateway, String why) throws Exception {
        assertThat(gateway.awaitExit()).as(gateway.process().describe("ended")).isEqualTo(FAILED_START);
        assertThat(gateway.process().output())
                .contains("millrace: topic " + topic)
                .contains(why)
                .doesNotContain("\tat ");
    }

    private static void expectTooOld(StreamClient client, String path) throws Exception {
        expectTooOld(client.get(path));
        expectTooOld(client.get(path + "?offset=now&live=long-poll"));
        expectTooOld(client.get(path + "?offset=-1&live=sse"));
        expectTooOld(client.append(path, JSON, "0"));
        expectTooOld(client.close(path));
        expectTooOld(client.create(path, JSON));
        expectTooOld(client.delete(path));
        assertThat(client.head(path).status()).isEqualTo(503);
    }

    private static void expectTooOld(Answer answer) throws Exception {
        answer.expect(503);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.header("Retry-After")).isPresent();
        JsonNode problem = MAPPER.readTree(answer.text());
        assertThat(problem.path("type").asText()).isEqualTo("urn:problem-type:millrace:unavailable");
        assertThat(problem.path("detail").asText()).contains("format version " + LATER, "use a newer gateway");
    }

    private GatewayProcess.Builder gateway(String role, int partitions, String prefix) {
        return GatewayProcess.named(role)
                .on(TestKafka.shared())
                .sharing(topic, partitions)
                .set("MILLRACE_STREAMS_PREFIX", prefix)
                .set("MILLRACE_STREAMS_CHECKPOINT_RECORDS", "1")
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "2s");
    }

    private static String inPartition(int partition) {
        while (true) {
            String candidate = Names.unique("mismatched");
            if (Utils.toPositive(Utils.murmur2(candidate.getBytes(UTF_8))) % PARTITIONS == partition) {
                return candidate;
            }
        }
    }
}
