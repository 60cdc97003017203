package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.mapping.record.LogRecord.Header;
import java.time.Duration;
import java.util.ArrayList;
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
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Writes to topics that somebody else owns, at least once, as any Kafka client would. */
final class PlainProducer implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Duration timeout;

    PlainProducer(Map<String, Object> properties, Duration timeout) {
        this.producer = new KafkaProducer<>(properties);
        this.timeout = timeout;
    }

    /**
     * Writes a record for each of {@code values}, in order, and waits for all.
     *
     * @return the offset of the last one
     * @throws LogFailure.Unavailable where none was written
     * @throws LogFailure.Undecided where some may have been
     */
    long send(TopicPartition partition, byte @Nullable [] key, List<Header> headers, List<byte[]> values)
            throws LogFailure, InterruptedException {
        List<org.apache.kafka.common.header.Header> copied = new ArrayList<>();
        headers.forEach(header -> copied.add(new RecordHeader(header.name(), header.value())));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            for (byte[] value : values) {
                Future<RecordMetadata> one = producer.send(
                        new ProducerRecord<>(partition.topic(), partition.partition(), key, value, copied));
                sent.add(one);
                if (one.state() == Future.State.FAILED) {
                    break; // not even handed over; the rest would have to wait for the same, each in its turn
                }
            }
            long last = -1;
            for (Future<RecordMetadata> one : sent) {
                last = one.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                        .offset();
            }
            return last;
        } catch (TimeoutException _) {
            throw undecided("within " + timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw failure(e.getCause(), sent, deadline);
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        } catch (KafkaException e) {
            throw failure(e, sent, deadline);
        }
    }

    private static LogFailure failure(@Nullable Throwable cause, List<Future<RecordMetadata>> sent, long deadline)
            throws InterruptedException {
        if (sent.isEmpty()) {
            return new LogFailure.Unavailable("Kafka takes no records for this topic; try again", RETRY_AFTER);
        }
        for (Future<RecordMetadata> one : sent) {
            if (!isRefused(one, deadline)) {
                return undecided("(" + cause + ")");
            }
        }
        return cause instanceof RecordTooLargeException
                ? new LogFailure.TooLarge("the topic takes no record of this size")
                : new LogFailure.Denied("Kafka does not let this gateway write to the topic");
    }

    /** Whether Kafka says that the record is not written, and never will be. */
    private static boolean isRefused(Future<RecordMetadata> one, long deadline) throws InterruptedException {
        try {
            one.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof RecordTooLargeException || e.getCause() instanceof AuthorizationException;
        } catch (TimeoutException _) {
            return false;
        }
    }

    private static LogFailure.Undecided undecided(String how) {
        return new LogFailure.Undecided("Kafka has not confirmed this " + how + "; it may have been written");
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}
