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
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bounded pool of Kafka consumers, for loads and for reads that memory does not hold. */
final class Consumers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);
    private static final Duration BORROW_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration WALK_STALLED = Duration.ofSeconds(10);
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
    private final Deque<Pooled> idle = new ArrayDeque<>();
    private int made;
    private boolean closed;

    /** At most {@code most} consumers. */
    Consumers(Map<String, Object> properties, int most) {
        this.properties = properties;
        this.most = most;
        this.permits = new Semaphore(most, true);
    }

    /** A consumer of the pool. One that has read a range is worth most to who reads on there: more has come already. */
    private static final class Pooled {
        private final Consumer<byte[], byte[]> consumer;
        private Optional<Ahead> ahead = Optional.empty();

        Pooled(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        boolean standsAt(Wanted wanted) {
            return ahead.isPresent() && ahead.get().isFor(wanted);
        }
    }

    /** Where a consumer stands in a topic's partition, and what it has brought from there on. */
    private record Ahead(
            TopicPartition partition, Uuid topicId, long next, Deque<ConsumerRecord<byte[], byte[]>> records) {

        boolean isFor(Wanted wanted) {
            return next == wanted.from() && partition.equals(wanted.partition()) && topicId.equals(wanted.topicId());
        }
    }

    /** Something to do with a consumer of the pool. */
    private interface PooledUse<T> {
        /** Does it. */
        T with(Pooled pooled) throws LogFailure, InterruptedException;
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
        return lend(_ -> false, pooled -> {
            pooled.ahead = Optional.empty(); // whatever is done with it, it will stand elsewhere
            return use.with(pooled.consumer);
        });
    }

    /** Takes what comes of a partition. */
    interface Taker {
        /** Takes {@code records}, in order, after which {@code next} comes; false where nothing more is wanted. */
        boolean take(List<ConsumerRecord<byte[], byte[]>> records, long next) throws LogFailure, InterruptedException;
    }

    /**
     * Hands on what {@code partition}, the only one that {@code consumer} is assigned to, has from {@code from} up to the
     * offset {@code end} at least, as it comes; returns where that ended.
     *
     * @throws LogFailure.Unavailable where nothing comes for a while
     */
    static long walk(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, OffsetAndMetadata from, long end, Taker taker)
            throws LogFailure, InterruptedException {
        consumer.seek(partition, from);
        long position = from.offset();
        boolean wanted = true;
        long progress = System.nanoTime();
        while (wanted && position < end) {
            List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
            long next = consumer.position(partition);
            wanted = taker.take(records, next);
            if (next > position) {
                progress = System.nanoTime();
                position = next;
            } else if (wanted && System.nanoTime() - progress > WALK_STALLED.toNanos()) {
                throw new LogFailure.Unavailable("Kafka does not deliver partition " + partition, RETRY_AFTER);
            }
        }
        return position;
    }

    private <T> T lend(Predicate<Pooled> preferred, PooledUse<T> use) throws LogFailure, InterruptedException {
        if (!permits.tryAcquire(BORROW_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new LogFailure.Unavailable(
                    "all " + most + " readers of the log are busy (kafka.max-readers); try again", RETRY_AFTER);
        }
        Pooled pooled = null;
        boolean reusable = false;
        try {
            pooled = take(preferred);
            T result = use.with(pooled);
            reusable = true;
            return result;
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        } catch (KafkaException e) {
            throw new LogFailure.Unavailable("Kafka does not answer: " + e.getMessage(), RETRY_AFTER);
        } finally {
            try {
                if (pooled != null) {
                    giveBack(pooled, reusable);
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
     * @param topicId of the topic that is meant
     * @param from    where it begins
     * @param end     where it ends at most, exclusive
     * @param is      which records are wanted
     * @param bytes   about how many bytes of them, at most; one record is always found
     * @param scanned how many bytes are looked at for that, at most
     */
    record Wanted(
            TopicPartition partition,
            Uuid topicId,
            long from,
            long end,
            Predicate<LogRecord> is,
            long bytes,
            long scanned) {}

    /** The wanted records from the beginning of a range on, and where the rest of it begins. */
    record Range(List<LogRecord> records, long next) {}

    /**
     * The records of a range, as many as come within bounds and a second or so; empty where Kafka does not have its
     * beginning any more. What is no record, as markers of transactions, and the records of aborted ones, is passed over.
     */
    Optional<Range> range(Wanted wanted) throws LogFailure, InterruptedException {
        return lend(
                pooled -> pooled.standsAt(wanted),
                pooled -> unlessDenied(wanted.partition(), () -> range(pooled, wanted)));
    }

    /** A question to Kafka about one partition. */
    private interface Question<T> {
        /** Asks it. */
        T ask() throws LogFailure;
    }

    /** What Kafka answers; that it denies the topic does not pass by itself, as other trouble does. */
    private static <T> T unlessDenied(TopicPartition partition, Question<T> question) throws LogFailure {
        try {
            return question.ask();
        } catch (TopicAuthorizationException e) {
            if (e.unauthorizedTopics().contains(partition.topic())) {
                throw denied(partition.topic());
            }
            throw e;
        }
    }

    /** Kafka does not let this gateway read a topic. */
    static LogFailure.Denied denied(String topic) {
        return new LogFailure.Denied(
                "Kafka does not let this gateway read the topic " + topic + "; whoever keeps its ACLs can change that");
    }

    private static Optional<Range> range(Pooled pooled, Wanted wanted) throws LogFailure.Unavailable {
        Consumer<byte[], byte[]> consumer = pooled.consumer;
        TopicPartition partition = wanted.partition();
        Deque<ConsumerRecord<byte[], byte[]>> come = new ArrayDeque<>();
        if (pooled.standsAt(wanted)) {
            come.addAll(pooled.ahead.orElseThrow().records());
        } else {
            consumer.assign(Set.of(partition));
            consumer.seek(partition, wanted.from());
        }
        pooled.ahead = Optional.empty();
        List<LogRecord> found = new ArrayList<>();
        long bytes = 0;
        long scanned = 0;
        long next = wanted.from();
        long started = System.nanoTime();
        while (next < wanted.end()) {
            if (come.isEmpty()) {
                long elapsed = System.nanoTime() - started;
                // Another fetch for the rest of a chunk would cost as much as the one that brings the next chunk.
                if (bytes > wanted.bytes() / 2 || (elapsed > FETCH_ENOUGH.toNanos() && next > wanted.from())) {
                    break;
                }
                if (elapsed > FETCH_TIMEOUT.toNanos()) {
                    throw new LogFailure.Unavailable("Kafka does not deliver; try again", RETRY_AFTER);
                }
                try {
                    come.addAll(consumer.poll(POLL).records(partition));
                } catch (InvalidOffsetException e) {
                    if (next == wanted.from()) {
                        return Optional.empty();
                    }
                    return Optional.of(new Range(found, next));
                }
                if (come.isEmpty()) {
                    next = Math.max(next, consumer.position(partition)); // past what is no record
                }
                continue;
            }
            ConsumerRecord<byte[], byte[]> record = come.getFirst();
            LogRecord candidate = logRecord(record);
            long size = bytes(candidate);
            if (record.offset() >= wanted.end()
                    || scanned >= wanted.scanned()
                    || (!found.isEmpty() && bytes + size > wanted.bytes())) {
                next = Math.min(record.offset(), wanted.end());
                break;
            }
            come.removeFirst();
            scanned += size + RECORD_OVERHEAD;
            next = record.offset() + 1;
            if (wanted.is().test(candidate)) {
                found.add(candidate);
                bytes += size;
            }
            if (come.isEmpty()) {
                next = Math.max(next, consumer.position(partition));
            }
        }
        pooled.ahead = Optional.of(new Ahead(partition, wanted.topicId(), next, come));
        return Optional.of(new Range(found, next));
    }

    /** The first offset that Kafka has of {@code partition}. */
    long begin(TopicPartition partition) throws LogFailure, InterruptedException {
        return use(consumer -> unlessDenied(partition, () -> consumer.beginningOffsets(Set.of(partition), FETCH_TIMEOUT)
                .getOrDefault(partition, 0L)));
    }

    /** The first offset of a record whose time is {@code time} or later; empty where there is none. */
    OptionalLong firstSince(TopicPartition partition, Instant time) throws LogFailure, InterruptedException {
        return use(consumer -> unlessDenied(partition, () -> {
            OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, time.toEpochMilli()), FETCH_TIMEOUT)
                    .get(partition);
            return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
        }));
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
        List<Pooled> all;
        synchronized (idle) {
            closed = true;
            all = List.copyOf(idle);
            idle.clear();
        }
        all.forEach(Consumers::end);
    }

    /** A preferred one, else one that stands nowhere, else a new one, else the one that has been idle for longest. */
    private Pooled take(Predicate<Pooled> preferred) {
        synchronized (idle) {
            Optional<Pooled> free = idle.stream()
                    .filter(preferred)
                    .findFirst()
                    .or(() -> idle.stream()
                            .filter(pooled -> pooled.ahead.isEmpty())
                            .findFirst())
                    .or(() -> made < most ? Optional.empty() : Optional.ofNullable(idle.peekLast()));
            if (free.isPresent()) {
                idle.remove(free.get());
                return free.get();
            }
            made++;
        }
        boolean isMade = false;
        try {
            Pooled pooled = new Pooled(new KafkaConsumer<>(properties));
            isMade = true;
            return pooled;
        } finally {
            if (!isMade) {
                forget();
            }
        }
    }

    private void giveBack(Pooled pooled, boolean reusable) {
        synchronized (idle) {
            if (reusable && !closed) {
                idle.push(pooled);
                return;
            }
        }
        forget();
        end(pooled);
    }

    private void forget() {
        synchronized (idle) {
            made--;
        }
    }

    private static void end(Pooled pooled) {
        try {
            pooled.consumer.close(CloseOptions.timeout(Duration.ZERO));
        } catch (KafkaException e) {
            LOG.debug("event=consumer-not-closed", e); // an interrupted thread's, for instance; it is of no use anyway
        }
    }
}
