package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A topic far larger than the gateway's memory is read whole: 1 GiB with {@code -Plong}, else less. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LargeTopicTest {

    private static final int MIB = Integer.getInteger("large.mib", 48);
    private static final int RECORD = 1024;
    private static final int RECORDS = MIB * (1024 * 1024 / RECORD);

    /** When the gateway has warmed up, and may grow no more. */
    private static final int WARM_MIB = 256;

    private static final long GROWTH_KIB = 64 * 1024;

    /** All of its compiler; its heap is laid out at once, so that what grows is the gateway's own. */
    private static final List<String> JVM =
            List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch", "-XX:+ExitOnOutOfMemoryError");

    private static final String MAPPINGS = """
            mappings:
              - path: "{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
            """;

    private final String topic = Names.unique("large");

    @Test
    void isReadWholeAndInOrderWithFlatMemory() throws Exception {
        produce();
        try (GatewayProcess gateway = GatewayProcess.named("large")
                        .on(TestKafka.shared())
                        .mappings(MAPPINGS)
                        .flags(JVM)
                        .start();
                HttpClient http = HttpClient.newHttpClient()) {
            URI stream = URI.create(gateway.client().base() + "/" + topic);
            long warmKib = 0;
            long started = System.nanoTime();
            int next = 0;
            boolean upToDate = false;
            for (String offset = "-1"; !upToDate; ) {
                HttpResponse<byte[]> read = http.send(
                        HttpRequest.newBuilder(URI.create(stream + "?offset=" + offset))
                                .build(),
                        BodyHandlers.ofByteArray());
                assertThat(read.statusCode()).isEqualTo(200);
                ByteBuffer body = ByteBuffer.wrap(read.body());
                assertThat(body.remaining() % RECORD).isZero();
                for (int at = 0; at < body.limit(); at += RECORD) {
                    if (body.getInt(at) != next++) {
                        throw new AssertionError("record " + body.getInt(at) + " came in place of " + (next - 1));
                    }
                }
                offset = read.headers().firstValue("Stream-Next-Offset").orElseThrow();
                upToDate = read.headers().firstValue("Stream-Up-To-Date").isPresent();
                if (warmKib == 0 && next >= Math.min(RECORDS, WARM_MIB * 1024) - 1024) {
                    warmKib = Vitals.of(gateway.process()).residentKib();
                }
            }
            long elapsed = System.nanoTime() - started;
            long endKib = Vitals.of(gateway.process()).residentKib();
            assertThat(next).isEqualTo(RECORDS);
            System.out.printf(
                    "large topic: %d MiB of 1 KiB records; catch-up by one client %.0f MB/s, a bare consumer %.0f MB/s;"
                            + " resident %d MiB when warm, %d MiB at the end%n",
                    MIB, perSecond(elapsed), perSecond(consume()), warmKib / 1024, endKib / 1024);
            assertThat(endKib - warmKib).isLessThan(GROWTH_KIB);
        }
    }

    private void produce() throws Exception {
        new NativeKafka(TestKafka.shared()).createTopic(topic);
        Map<String, Object> configuration = new HashMap<>(Map.of(
                "bootstrap.servers", TestKafka.shared().bootstrapServers(), "batch.size", 256 * 1024, "linger.ms", 5));
        byte[] noise = new byte[RECORD];
        new Random(1).nextBytes(noise);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(configuration, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                byte[] value = noise.clone();
                ByteBuffer.wrap(value).putInt(0, i);
                var sent = producer.send(new ProducerRecord<>(topic, 0, null, value));
                if (i == 0) {
                    sent.get(); // nothing is pipelined to a partition before it has a leader
                }
            }
            producer.flush();
        }
    }

    /** How long Kafka's own consumer takes for it, in nanoseconds. */
    private long consume() {
        Map<String, Object> configuration =
                Map.of("bootstrap.servers", TestKafka.shared().bootstrapServers());
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long started = System.nanoTime();
            int seen = 0;
            while (seen < RECORDS) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    seen += record.value().length / RECORD;
                }
            }
            return System.nanoTime() - started;
        }
    }

    private static double perSecond(long nanos) {
        return MIB * 1024.0 * 1024 * 1000 / nanos;
    }
}
