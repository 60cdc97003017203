package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka's own clients, which know nothing of Millrace. */
final class NativeKafka {

    private final Map<String, Object> cluster;

    NativeKafka(KafkaFixture kafka) {
        this.cluster = Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    /** A record as a native consumer sees it. */
    record Seen(
            int partition,
            long offset,
            String key,
            @Nullable String value,
            Map<String, String> headers) {

        static Seen of(ConsumerRecord<byte[], byte[]> read) {
            Map<String, String> headers = new HashMap<>();
            for (Header header : read.headers()) {
                headers.put(header.key(), new String(header.value(), UTF_8));
            }
            return new Seen(
                    read.partition(),
                    read.offset(),
                    Optional.ofNullable(text(read.key())).orElse("null"),
                    text(read.value()),
                    headers);
        }

        /** What Millrace did with it; empty for records that are not Millrace's. */
        String operation() {
            return headers.getOrDefault("ds-op", "");
        }

        private static @Nullable String text(byte @Nullable [] bytes) {
            return bytes == null ? null : new String(bytes, UTF_8);
        }
    }

    /** Sends one record and waits until Kafka has it; {@code headers} are names and values in turn. */
    void produce(String topic, int partition, @Nullable String key, @Nullable String value, String... headers)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(cluster, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Header> all = new ArrayList<>();
            for (int i = 0; i < headers.length; i += 2) {
                all.add(new RecordHeader(headers[i], headers[i + 1].getBytes(UTF_8)));
            }
            producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value), all))
                    .get();
        }
    }

    /** All records of a partition that are there now, aborted ones excepted. */
    List<Seen> consume(String topic, int partition) throws Exception {
        List<Seen> seen = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> read : consumeBytes(topic, partition)) {
            seen.add(Seen.of(read));
        }
        return seen;
    }

    /** The same with keys and values as they are. */
    List<ConsumerRecord<byte[], byte[]>> consumeBytes(String topic, int partition) {
        Map<String, Object> configuration = new HashMap<>(cluster);
        configuration.put("isolation.level", "read_committed");
        TopicPartition from = new TopicPartition(topic, partition);
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(from));
            consumer.seekToBeginning(List.of(from));
            Long end = consumer.endOffsets(List.of(from)).get(from);
            long deadlineNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (end != null && consumer.position(from) < end) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new AssertionError("cannot read " + from + " to its end at " + end);
                }
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    /** The first offset that a partition still has. */
    long beginning(String topic, int partition) throws Exception {
        TopicPartition of = new TopicPartition(topic, partition);
        try (Admin admin = Admin.create(cluster)) {
            return admin.listOffsets(Map.of(of, OffsetSpec.earliest()))
                    .partitionResult(of)
                    .get()
                    .offset();
        }
    }

    /** Makes a topic of one partition, as an operator would who has read the documentation. */
    void createTopic(String topic) throws Exception {
        NewTopic made = new NewTopic(topic, 1, (short) 1)
                .configs(Map.of("message.timestamp.type", "LogAppendTime", "retention.ms", "-1"));
        try (Admin admin = Admin.create(cluster)) {
            admin.createTopics(List.of(made)).all().get();
        }
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }
}
