package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.broker.EmbeddedBroker;
import io.millrace.gateway.broker.EmbeddedBrokerException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullMarked
class KraftBrokerTest {

    private static final String TOPIC = "stories";

    @Test
    void recordsSurviveARestart(@TempDir Path directory) throws Exception {
        Path dataDirectory = directory.resolve("not/there/yet");
        int port = BrokerNode.freePort();
        try (EmbeddedBroker.Running broker = embeddedBroker().start(dataDirectory, port)) {
            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            createTopic(broker);
            produce(broker, "once upon", "a time");
        }
        try (EmbeddedBroker.Running broker = embeddedBroker().start(dataDirectory, port)) {
            assertThat(consume(broker, 2)).containsExactly("once upon", "a time");
        }
    }

    @Test
    void portInUseIsOneClearSentence(@TempDir Path dataDirectory) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(() -> embeddedBroker().start(dataDirectory, taken.getLocalPort()))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageStartingWith("Port %d, needed for Kafka clients", taken.getLocalPort())
                    .hasMessageContaining("choose another port");
        }
    }

    @Test
    void dataDirectoryInUseIsOneClearSentence(@TempDir Path dataDirectory) throws Exception {
        try (DataDirectoryLock lock = DataDirectoryLock.acquire(dataDirectory)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> embeddedBroker().start(dataDirectory, BrokerNode.freePort()))
                    .isInstanceOf(EmbeddedBrokerException.class)
                    .hasMessageContaining("in use by another Millrace");
        }
    }

    @Test
    void dataDirectoryThatIsAFileIsOneClearSentence(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("data"));
        assertThatThrownBy(() -> embeddedBroker().start(file, BrokerNode.freePort()))
                .isInstanceOf(EmbeddedBrokerException.class)
                .hasMessageContaining("cannot be created or written");
    }

    @Test
    void dataDirectoryOfAnotherNodeIsRefused(@TempDir Path dataDirectory) throws Exception {
        KraftBroker.start(BrokerNode.alone(dataDirectory, BrokerNode.freePort()))
                .close();
        BrokerNode stranger = new BrokerNode(
                2,
                BrokerNode.freePort(),
                dataDirectory,
                List.of(new BrokerNode.Voter(2, BrokerNode.freePort())),
                Optional.empty(),
                Map.of());
        assertThatThrownBy(() -> KraftBroker.start(stranger))
                .isInstanceOf(EmbeddedBrokerException.class)
                .hasMessageContaining("cannot be used by this broker");
    }

    /** The broker as the gateway finds it. */
    private static EmbeddedBroker embeddedBroker() {
        return ServiceLoader.load(EmbeddedBroker.class).findFirst().orElseThrow();
    }

    private static void createTopic(EmbeddedBroker.Running broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    private static void produce(EmbeddedBroker.Running broker, String... values) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(TOPIC, "key", value)).get();
            }
        }
    }

    private static List<String> consume(EmbeddedBroker.Running broker, int count) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadlineNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() < deadlineNanos) {
                consumer.poll(Duration.ofMillis(200)).forEach(it -> values.add(it.value()));
            }
        }
        return values;
    }
}
