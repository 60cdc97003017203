package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Writes what keeps the log short and no client waits for: the parts of checkpoints, and tombstones. */
final class KeepingProducer implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Records on their way at a time. */
    private static final int MOST = 200;

    private final Map<String, Object> properties;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private boolean closed;

    /** Kafka's producer is made when it is first needed: most gateways, most of the time, have nothing to keep. */
    KeepingProducer(Map<String, Object> properties) {
        this.properties = properties;
    }

    /** A record without headers; a tombstone where {@code value} is null. */
    @SuppressWarnings("ArrayRecordComponent") // carries what Kafka is given; nothing compares two of them
    record Kept(byte[] key, byte @Nullable [] value) {}

    /**
     * Writes {@code records}, in order, and waits until Kafka has all of them.
     *
     * @throws LogFailure.Unavailable where some may not be written
     */
    void write(TopicPartition partition, List<Kept> records) throws LogFailure.Unavailable, InterruptedException {
        Deque<Future<RecordMetadata>> onTheirWay = new ArrayDeque<>();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        try {
            KafkaProducer<byte[], byte[]> sender = producer();
            int most = 1; // nothing is pipelined to a partition that may not be led yet
            for (Kept record : records) {
                onTheirWay.add(sender.send(
                        new ProducerRecord<>(partition.topic(), partition.partition(), record.key(), record.value())));
                while (onTheirWay.size() >= most) {
                    await(onTheirWay, deadline);
                }
                most = MOST;
            }
            while (!onTheirWay.isEmpty()) {
                await(onTheirWay, deadline);
            }
        } catch (TimeoutException | ExecutionException e) {
            throw new LogFailure.Unavailable(
                    "Kafka has not taken what is kept in " + partition + ": " + e, RETRY_AFTER);
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        } catch (KafkaException e) {
            throw new LogFailure.Unavailable(
                    "Kafka does not take what is kept in " + partition + ": " + e, RETRY_AFTER);
        }
    }

    private static void await(Deque<Future<RecordMetadata>> onTheirWay, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        onTheirWay.remove().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (closed) {
            throw new KafkaException("the log is closed");
        }
        KafkaProducer<byte[], byte[]> made = producer;
        if (made == null) {
            made = new KafkaProducer<>(properties);
            producer = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(CLOSE_TIMEOUT);
        }
    }
}
