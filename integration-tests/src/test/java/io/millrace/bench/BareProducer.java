package io.millrace.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What an append costs without a gateway: Kafka's own producer, as durable as Millrace's, that waits for each
 * acknowledgement, from this process to a topic of one partition.
 */
final class BareProducer {

    /** Its name among the servers. */
    static final String NAME = "bare-producer";

    private static final String TOPIC = "bench-bare-producer";

    private BareProducer() {}

    /** One run. */
    static List<Figure> run(Contender.Kafka kafka, Pace pace, int messageBytes)
            throws ExecutionException, InterruptedException {
        Map<String, Object> properties = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.LINGER_MS_CONFIG,
                0);
        makeTopic(kafka);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] payload = new byte[messageBytes];
            Latencies latencies = new Latencies();
            long openNanos = System.nanoTime() + pace.warmUp().toNanos();
            long closeNanos = openNanos + pace.measured().toNanos();
            for (long sent = System.nanoTime(); sent - closeNanos < 0; ) {
                producer.send(new ProducerRecord<>(TOPIC, payload)).get();
                long now = System.nanoTime();
                if (sent - openNanos >= 0) {
                    latencies.add(now - sent);
                }
                sent = now;
            }
            Figure appends = new Figure(
                    "appends", "1/s", latencies.count() * 1e9 / pace.measured().toNanos());
            return Stream.concat(Stream.of(appends), latencies.figures().stream())
                    .toList();
        }
    }

    private static void makeTopic(Contender.Kafka kafka) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
            if (!admin.listTopics().names().get().contains(TOPIC)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
                        .all()
                        .get();
            }
        }
    }
}
