package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bounded pool of Kafka consumers, for loads and for reads that memory does not hold. */
final class Consumers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);
    private static final Duration BORROW_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(10);

    /** After so long a reader is better served with what was found than with a wait for the rest. */
    private static final Duration FETCH_ENOUGH = Duration.ofSeconds(1);

    /** What a record costs beside its bytes, about. */
    private static final int RECORD_OVERHEAD = 64;

    /** An offset gap above which a new seek beats reading through; about one fetch of small records. */
    private static final long SEEK_GAP = 2_000;

    private final Map<String, Object> properties;
    private final int most;
    private final Semaphore permits;
    private final Deque<Consumer<byte[], byte[]>> idle = new ArrayDeque<>();
    private boolean closed;

    /** At most {@code most} consumers. */
    Consumers(Map<String, Object> properties, int most) {
        this.properties = properties;
        this.most = most;
        this.permits = new Semaphore(most, true);
    }

    /** Something to do with a consumer. */
    interface Use<T> {
        /** Does it. */
        T with(Consumer<byte[], byte[]> consumer) throws LogFailure, InterruptedException;
    }

    /**
     * Lends a consumer to {@code use}; one that ended in an exception is not used again.
     *
     * @throws LogFailure.Unavailable where none becomes free in time, or Kafka fails
     */
    <T> T use(Use<T> use) throws LogFailure, InterruptedException {
        if (!permits.tryAcquire(BORROW_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new LogFailure.Unavailable(
                    "all " + most + " readers of the log are busy (kafka.max-readers); try again", RETRY_AFTER);
        }
        Consumer<byte[], byte[]> consumer = null;
        boolean reusable = false;
        try {
            consumer = take();
            T result = use.with(consumer);
            reusable = true;
            return result;
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        } catch (KafkaException e) {
            throw new LogFailure.Unavailable("Kafka does not answer: " + e.getMessage(), RETRY_AFTER);
        } finally {
            try {
                if (consumer != null) {
                    giveBack(consumer, reusable);
                }
            } finally {
                permits.release();
            }
        }
    }

    /**
     * The records at {@code offsets} (rising) of {@code partition}, or the first of them, as many as come within a
     * second or so; none where Kafka does not have the first any more.
     */
    List<LogRecord> fetch(TopicPartition partition, long[] offsets) throws LogFailure, InterruptedException {
        return use(consumer -> {
            List<LogRecord> found = new ArrayList<>(offsets.length);
            consumer.assign(Set.of(partition));
            long started = System.nanoTime();
            long position = -1;
            while (found.size() < offsets.length) {
                long elapsed = System.nanoTime() - started;
                if (!found.isEmpty() && elapsed > FETCH_ENOUGH.toNanos()) {
                    break;
                }
                if (elapsed > FETCH_TIMEOUT.toNanos()) {
                    throw new LogFailure.Unavailable("Kafka does not deliver; try again", RETRY_AFTER);
                }
                long wanted = offsets[found.size()];
                if (position < 0 || wanted - position > SEEK_GAP) {
                    consumer.seek(partition, wanted);
                }
                try {
                    for (ConsumerRecord<byte[], byte[]> record :
                            consumer.poll(POLL).records(partition)) {
                        if (found.size() < offsets.length && record.offset() == offsets[found.size()]) {
                            found.add(logRecord(record));
                        }
                    }
                } catch (InvalidOffsetException e) {
                    break; // removed
                }
                position = consumer.position(partition);
                if (found.size() < offsets.length && position > offsets[found.size()]) {
                    break; // removed
                }
            }
            return found;
        });
    }

    /**
     * A range of a partition.
     *
     * @param from    where it begins
     * @param end     where it ends at most, exclusive
     * @param is      which records are wanted
     * @param bytes   about how many bytes of them, at most; one record is always found
     * @param scanned how many bytes are looked at for that, at most
     */
    record Wanted(TopicPartition partition, long from, long end, Predicate<LogRecord> is, long bytes, long scanned) {}

    /** The wanted records from the beginning of a range on, and where the rest of it begins. */
    record Range(List<LogRecord> records, long next) {}

    /**
     * The records of a range, as many as come within bounds and a second or so; empty where Kafka does not have its
     * beginning any more. What is no record, as markers of transactions, and the records of aborted ones, is passed over.
     */
    Optional<Range> range(Wanted wanted) throws LogFailure, InterruptedException {
        return use(consumer -> {
            TopicPartition partition = wanted.partition();
            consumer.assign(Set.of(partition));
            consumer.seek(partition, wanted.from());
            List<LogRecord> found = new ArrayList<>();
            long bytes = 0;
            long scanned = 0;
            long next = wanted.from();
            long started = System.nanoTime();
            while (next < wanted.end()) {
                long elapsed = System.nanoTime() - started;
                // Another fetch for the rest of a chunk would cost as much as the one that brings the next chunk.
                if (bytes > wanted.bytes() / 2 || (elapsed > FETCH_ENOUGH.toNanos() && next > wanted.from())) {
                    break;
                }
                if (elapsed > FETCH_TIMEOUT.toNanos()) {
                    throw new LogFailure.Unavailable("Kafka does not deliver; try again", RETRY_AFTER);
                }
                List<ConsumerRecord<byte[], byte[]>> records;
                try {
                    records = consumer.poll(POLL).records(partition);
                } catch (InvalidOffsetException e) {
                    return Optional.empty();
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    LogRecord candidate = logRecord(record);
                    long size = bytes(candidate);
                    if (record.offset() >= wanted.end()
                            || scanned >= wanted.scanned()
                            || (!found.isEmpty() && bytes + size > wanted.bytes())) {
                        return Optional.of(new Range(found, Math.min(record.offset(), wanted.end())));
                    }
                    scanned += size + RECORD_OVERHEAD;
                    next = record.offset() + 1;
                    if (wanted.is().test(candidate)) {
                        found.add(candidate);
                        bytes += size;
                    }
                }
                next = Math.max(next, consumer.position(partition));
            }
            return Optional.of(new Range(found, next));
        });
    }

    /** The first offset that Kafka has of {@code partition}. */
    long begin(TopicPartition partition) throws LogFailure, InterruptedException {
        return use(consumer ->
                consumer.beginningOffsets(Set.of(partition), FETCH_TIMEOUT).getOrDefault(partition, 0L));
    }

    /** The first offset of a record whose time is {@code time} or later; empty where there is none. */
    OptionalLong firstSince(TopicPartition partition, Instant time) throws LogFailure, InterruptedException {
        return use(consumer -> {
            OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, time.toEpochMilli()), FETCH_TIMEOUT)
                    .get(partition);
            return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
        });
    }

    /** A consumer record in the core's words. */
    static LogRecord logRecord(ConsumerRecord<byte[], byte[]> record) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        return new LogRecord(record.offset(), record.timestamp(), record.key(), headers, record.value());
    }

    /** How many bytes a record carries: a tombstone may have a large key, or large headers. */
    static long bytes(LogRecord record) {
        long bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += header.name().length() + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    @Override
    public void close() {
        List<Consumer<byte[], byte[]>> all;
        synchronized (idle) {
            closed = true;
            all = List.copyOf(idle);
            idle.clear();
        }
        all.forEach(Consumers::end);
    }

    private Consumer<byte[], byte[]> take() {
        synchronized (idle) {
            Consumer<byte[], byte[]> free = idle.poll();
            if (free != null) {
                return free;
            }
        }
        return new KafkaConsumer<>(properties);
    }

    private void giveBack(Consumer<byte[], byte[]> consumer, boolean reusable) {
        synchronized (idle) {
            if (reusable && !closed) {
                idle.push(consumer);
                return;
            }
        }
        end(consumer);
    }

    private static void end(Consumer<byte[], byte[]> consumer) {
        try {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        } catch (KafkaException e) {
            LOG.debug("event=consumer-not-closed", e); // an interrupted thread's, for instance; it is of no use anyway
        }
    }
}
