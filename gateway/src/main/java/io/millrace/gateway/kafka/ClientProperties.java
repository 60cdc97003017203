package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Kafka clients' properties: the operator's, and over them those that the promises rest on. */
final class ClientProperties {

    /** What Kafka adds to a record at most: framing, and room for a batch's own header. */
    static final int RECORD_OVERHEAD = 64 * 1024;

    /**
     * A consumer fetches ahead, and who reads chunk by chunk throws that away: with 1 MiB, Kafka sends half as much again
     * for the same reads, and with 4 MiB they are half as fast. 256 KiB saves a little more, and makes loading slower.
     */
    private static final int FETCH_BYTES = 512 * 1024;

    private static final Duration PLAIN_BLOCK = Duration.ofSeconds(5);
    private static final Duration METADATA_IDLE = Duration.ofDays(365);

    private final LogSettings settings;

    ClientProperties(LogSettings settings) {
        this.settings = settings;
    }

    /** For the producer of managed topics. */
    Map<String, Object> producer() {
        Map<String, Object> properties = common();
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        // What comes while five requests are under way is a batch as it is. To linger for 1 ms changes nothing that
        // can be measured with 64 writers, 3 ms cost a quarter of their appends, and one writer would wait for each.
        // Nor does compression (lz4) change anything here; an operator's own client settings may ask for it.
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // A batch that may have been sent never expires: after an expiry the client sends what is in flight anew, under
        // a new epoch, and one record can land twice. The gateway itself answers 504 in time.
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        properties.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        // send() is called under a partition's lock and must not block. Its metadata is there, its buffer is larger
        // than
        // what is admitted; and where neither is so after all, it fails at once.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, METADATA_IDLE.toMillis());
        // A batch takes more room than its records: as much again, and a few batches of the largest.
        long onTheirWay = Admission.mostInAll(settings.bounds().inFlightBytes(), maxRecordBytes(settings));
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2 * onTheirWay + 4L * maxRecordBytes(settings));
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecordBytes(settings));
        return properties;
    }

    /** For the producer of topics that somebody else owns, which gives up when its client has been told so. */
    Map<String, Object> plainProducer() {
        Map<String, Object> properties = common();
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // A record is a batch. What a batch of others' topics may hold is not known, and one that holds more than its
        // topic takes, though no more than this size, the client splits into itself, again and again, until its time is
        // over: a record that is too large would take along those of other clients.
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 0);
        int timeout = Math.toIntExact(settings.appendTimeout().toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, timeout / 2));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PLAIN_BLOCK.toMillis());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecordBytes(settings));
        return properties;
    }

    /** For the producer of checkpoints and tombstones, which nobody waits for. */
    Map<String, Object> keepingProducer() {
        Map<String, Object> properties = common();
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5); // many tombstones in a batch
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L * 1024 * 1024);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.CHECKPOINT_MESSAGE_BYTES);
        return properties;
    }

    /** For the consumers that tail partitions. */
    Map<String, Object> follower() {
        return consumer(50);
    }

    /** For the consumers that load partitions and fetch ranges, of what is there already. */
    Map<String, Object> reader() {
        return consumer(1);
    }

    /**
     * A consumer that is given another partition does not fetch from it before its fetch in flight returns, so none of
     * ours lets the broker wait for long.
     */
    private Map<String, Object> consumer(int fetchMaxWaitMillis) {
        Map<String, Object> properties = common();
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, fetchMaxWaitMillis);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        return properties;
    }

    /** For the admin client. */
    Map<String, Object> admin() {
        Map<String, Object> properties = common();
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        return properties;
    }

    /** The largest record, in bytes, that the producer takes and that topics are created for. */
    static int maxRecordBytes(LogSettings settings) {
        return settings.appendLimitBytes() + RECORD_OVERHEAD;
    }

    private Map<String, Object> common() {
        Map<String, Object> properties = new HashMap<>(settings.client());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        // As the system has them, which lets them grow: with Kafka's own 64 KiB a fetch takes a round trip for each of
        // them, and cold reads are slower even on loopback.
        properties.putIfAbsent(
                CommonClientConfigs.RECEIVE_BUFFER_CONFIG, CommonClientConfigs.RECEIVE_BUFFER_LOWER_BOUND);
        properties.putIfAbsent(CommonClientConfigs.SEND_BUFFER_CONFIG, CommonClientConfigs.SEND_BUFFER_LOWER_BOUND);
        properties.put("enable.metrics.push", false);
        return properties;
    }
}
