package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records that Kafka does not take, of which a topic takes smaller ones than the gateway does, or none: only they fail. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RefusedRecordTest {

    private static final String LARGE = "x".repeat(200 * 1024);

    private static ChildBroker broker;
    private static GatewayProcess gateway;

    private NativeKafka kafka;
    private StreamClient client;
    private final String name = Names.unique("refused");
    private final String path = "/topics/" + name;
    private final String topic = "it." + name;

    @BeforeAll
    static void start() throws Exception {
        broker = ChildBroker.start((_, _) -> List.of(
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found=true"));
        gateway = GatewayProcess.named("refused")
                .on(broker)
                .mappings(GatewayPair.MAPPINGS)
                .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "10s")
                .start();
    }

    @BeforeEach
    void connect() {
        client = gateway.client();
        kafka = new NativeKafka(broker);
    }

    @AfterAll
    static void end() throws Exception {
        gateway.close();
        broker.close();
    }

    @Test
    void appendAboveItsTopicsLimitIsTooLarge() throws Exception {
        kafka.createTopic(topic, 1, Map.of("max.message.bytes", "65536"));
        client.create(path, TEXT).expect(201);
        assertThat(client.append(path, TEXT, LARGE).expect(413).text()).contains(topic, "65536", "max.message.bytes");
        client.append(path, TEXT, "x".repeat(65_000)).expect(204);
        for (int length = 65_100; length < 65_536; length += 10) {
            assertThat(client.append(path, TEXT, "x".repeat(length)).status()).isIn(204, 413);
        }
    }

    @Test
    void limitLoweredInUseCostsOneAppend() throws Exception {
        client.create(path, TEXT).expect(201);
        beside(() -> {
            kafka.alter(topic, "max.message.bytes", "65536");
            client.append(path, TEXT, LARGE).expect(504);
            Await.until(
                    "the new limit is known",
                    Duration.ofSeconds(10),
                    () -> client.append(path, TEXT, LARGE).status() == 413);
            client.append(path, TEXT, "small").expect(204);
        });
        assertThat(client.get(path).expect(200).text()).isEqualTo("small");
    }

    @Test
    void forbiddenTopicCostsItsOwnAppendsOnly() throws Exception {
        client.create(path, TEXT).expect(201);
        beside(() -> {
            kafka.forbidWrites(topic, true);
            Await.until(
                    "the topic is forbidden",
                    Duration.ofSeconds(10),
                    () -> client.append(path, TEXT, "a").status() != 204);
            assertThat(client.append(path, TEXT, "b").status()).isIn(503, 504);
            kafka.forbidWrites(topic, false);
            Await.until(
                    "the topic is allowed",
                    Duration.ofSeconds(10),
                    () -> client.append(path, TEXT, "c").status() == 204);
        });
        assertThat(client.get(path).expect(200).text()).matches("a*c").doesNotContain("b");
    }

    @Test
    void sharedTopicWithATooSmallLimitIsRefusedAtStart() throws Exception {
        kafka.createTopic(topic, 2, Map.of("cleanup.policy", "compact", "max.message.bytes", "1048588"));
        try (GatewayProcess refused =
                GatewayProcess.named("limit").on(broker).sharing(topic, 2).launch()) {
            assertThat(refused.awaitExit()).isNotZero();
            assertThat(refused.process().output())
                    .contains(topic, "1048588", "max.message.bytes", "streams.append-limit")
                    .doesNotContain("\tat ");
        }
    }

    /** Does {@code action} while idempotent producers append to another stream; none of them gets anything but 200. */
    private void beside(Concurrently.Action action) throws Exception {
        String other = "/" + Names.unique("beside");
        client.create(other, TEXT).expect(201);
        PipelinedProducer producer = new PipelinedProducer("p", other, _ -> client);
        Concurrently.all(List.of(() -> producer.produce(0, Integer.MAX_VALUE), () -> {
            try {
                action.run();
            } finally {
                producer.stop();
            }
        }));
        assertThat(producer.acknowledged().values()).isNotEmpty().containsOnly(200);
        assertThat(gateway.process().output()).doesNotContain("event=producer-lost");
    }
}
