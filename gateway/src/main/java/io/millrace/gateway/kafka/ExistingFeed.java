package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.WireRecord;
import io.millrace.gateway.observe.Metrics;
import io.millrace.mapping.existing.Renderer;
import io.millrace.mapping.existing.Rendering;
import io.millrace.mapping.existing.View;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.replay.Barriers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of a topic that somebody else writes: where it ends, and, while live readers are there, its most recent
 * records, fetched once for all of them.
 */
final class ExistingFeed implements Followed, EndAsker {

    private static final Logger LOG = LoggerFactory.getLogger(ExistingFeed.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);
    private static final int RECORD_OVERHEAD = 200;

    /** A range below an end that Kafka named so lately may be read without asking again. */
    private static final Duration KNOWN_FOR = Duration.ofSeconds(1);

    private final TopicPartition partition;
    private final Topics.Topic topic;
    private final TailBudget budget;
    private final EndOffsets endOffsets;
    private final Metrics metrics;

    private final ReentrantLock lock = new ReentrantLock();
    private final Barriers barriers = new Barriers();
    private final List<Awaited> awaited = new ArrayList<>();
    private final Set<Signal> listeners = new HashSet<>();
    private final ArrayDeque<FeedRecord> recent = new ArrayDeque<>();

    /** What is between these is all in {@code recent}, but for what is no record; -1 where it is not followed. */
    private long recentFrom = -1;

    private long position = -1;
    private long keptBytes;
    private boolean badRecordTold;
    private boolean dropped;
    private boolean following;

    /** Since when nobody needed it; for {@link #idleFor}. */
    private long usedNanos = System.nanoTime();

    private long knownEnd = -1;
    private long knownNanos;

    /** Thrown where the feed has ended: look it up again. */
    static final class Dropped extends Exception {
        private static final long serialVersionUID = 1;

        Dropped() {
            super("the topic has changed", null, false, false);
        }
    }

    /** Somebody who waits to be told where the log ended when it came. */
    private record Awaited(Barriers.Barrier barrier, CompletableFuture<Long> end) {}

    /** The most recent records from a position on, and the position that is known to be their end. */
    record Recent(List<FeedRecord> records, long end) {}

    /** A record, and what it is in each of the views that readers have. */
    static final class FeedRecord {
        private final LogRecord record;
        private final Map<View, Optional<WireRecord>> rendered = new ConcurrentHashMap<>(2);

        FeedRecord(LogRecord record) {
            this.record = record;
        }

        LogRecord record() {
            return record;
        }

        private long bytes() {
            return 2 * Consumers.bytes(record) + RECORD_OVERHEAD; // as it came, and as readers get it
        }
    }

    ExistingFeed(
            TopicPartition partition, Topics.Topic topic, TailBudget budget, EndOffsets endOffsets, Metrics metrics) {
        this.partition = partition;
        this.topic = topic;
        this.budget = budget;
        this.endOffsets = endOffsets;
        this.metrics = metrics;
    }

    @Override
    public TopicPartition topicPartition() {
        return partition;
    }

    /** The topic that it is a partition of, as it was when this began. */
    Topics.Topic topic() {
        return topic;
    }

    /**
     * Where the log ends, not earlier than when this is called (the last stable offset).
     *
     * @throws LogFailure.Unavailable where Kafka does not say
     */
    long end() throws LogFailure, Dropped, InterruptedException {
        Awaited waiting;
        lock.lock();
        try {
            requireStanding();
            usedNanos = System.nanoTime();
            waiting = new Awaited(barriers.arrive(), new CompletableFuture<>());
            awaited.add(waiting);
        } finally {
            lock.unlock();
        }
        endOffsets.ask(this);
        try {
            return waiting.end().get(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new LogFailure.Unavailable("Kafka does not say where the log ends; try again", RETRY_AFTER);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogFailure failure) {
                throw failure;
            }
            if (e.getCause() instanceof Dropped ended) {
                throw ended;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            lock.lock();
            try {
                awaited.remove(waiting);
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public boolean sendsQuestion() {
        lock.lock();
        try {
            return !dropped && barriers.send();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEnd(Topics.Topic current, long end) {
        if (!current.equals(topic)) {
            drop("the topic has grown, or was deleted and made again");
            return;
        }
        lock.lock();
        try {
            knownEnd = end;
            knownNanos = System.nanoTime();
            barriers.answered(end);
            tellAnswered(end);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEndUnknown(Throwable failure) {
        if (failure instanceof UnknownTopicOrPartitionException) {
            drop("the topic is gone");
            return;
        }
        lock.lock();
        try {
            barriers.failed();
            LogFailure told = failure instanceof AuthorizationException
                    ? Consumers.denied(partition.topic())
                    : new LogFailure.Unavailable("Kafka does not say where the log ends; try again", RETRY_AFTER);
            awaited.removeIf(
                    waiting -> waiting.barrier().failed() && waiting.end().completeExceptionally(told));
            askAgain();
        } finally {
            lock.unlock();
        }
    }

    private void tellAnswered(long end) {
        awaited.removeIf(
                waiting -> waiting.barrier().answered() && waiting.end().complete(end));
        askAgain();
    }

    /** Who came while a question was under way wants one of its own. */
    private void askAgain() {
        if (!awaited.isEmpty()) {
            endOffsets.ask(this);
        }
    }

    // ---- live

    /** An end that Kafka has named lately; empty where that is longer ago. */
    OptionalLong knownEnd() {
        lock.lock();
        try {
            return knownEnd < 0 || System.nanoTime() - knownNanos > KNOWN_FOR.toNanos()
                    ? OptionalLong.empty()
                    : OptionalLong.of(knownEnd);
        } finally {
            lock.unlock();
        }
    }

    /** Raises {@code signal} at all news from now on. */
    void listen(Signal signal) throws Dropped {
        lock.lock();
        try {
            requireStanding();
            usedNanos = System.nanoTime();
            listeners.add(signal);
        } finally {
            lock.unlock();
        }
    }

    void unlisten(Signal signal) {
        lock.lock();
        try {
            listeners.remove(signal);
            usedNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the caller is to have it followed, or to {@link #notFollowing}. */
    boolean beginsFollowing() {
        lock.lock();
        try {
            boolean begins = !following && !dropped;
            following |= begins;
            return begins;
        } finally {
            lock.unlock();
        }
    }

    /** It is followed from {@code from} on. */
    void onFollowing(long from) throws Dropped {
        lock.lock();
        try {
            requireStanding();
            recentFrom = from;
            position = from;
            budget.join();
        } finally {
            lock.unlock();
        }
    }

    /** It is not followed after all. Another of those who listen is to have it followed. */
    void notFollowing() {
        List<Signal> wake;
        lock.lock();
        try {
            following = false;
            wake = List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        wake.forEach(Signal::raise);
    }

    /** Whether who listens will hear: it is followed, or somebody is about to have it followed. */
    boolean isFollowed() {
        lock.lock();
        try {
            return following && !dropped;
        } finally {
            lock.unlock();
        }
    }

    /** Asks Kafka whether its topic is still the same, though nobody waits for that, where it is followed. */
    void checkTopic() {
        lock.lock();
        try {
            if (dropped || position < 0) {
                return;
            }
            barriers.arrive();
        } finally {
            lock.unlock();
        }
        endOffsets.ask(this);
    }

    /** What came from {@code from} on, while it is followed; empty where that is longer ago, or it is not followed. */
    Optional<Recent> recent(long from) {
        lock.lock();
        try {
            usedNanos = System.nanoTime();
            if (dropped || position < 0 || from < recentFrom || from > position) {
                return Optional.empty();
            }
            List<FeedRecord> records = new ArrayList<>();
            for (var backwards = recent.descendingIterator(); backwards.hasNext(); ) {
                FeedRecord record = backwards.next();
                if (record.record().offset() < from) {
                    break;
                }
                records.add(record);
            }
            return Optional.of(new Recent(records.reversed(), position));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean onCaughtUp(List<ConsumerRecord<byte[], byte[]>> records, long newPosition, long nanos) {
        return onFollowed(records, newPosition);
    }

    @Override
    public boolean onFollowed(List<ConsumerRecord<byte[], byte[]>> records, long newPosition) {
        List<Signal> wake;
        lock.lock();
        try {
            if (dropped || newPosition <= position) {
                return false;
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.offset() >= position) {
                    keep(new FeedRecord(Consumers.logRecord(record)));
                }
            }
            position = newPosition;
            wake = List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        wake.forEach(Signal::raise);
        return true;
    }

    private void keep(FeedRecord record) {
        recent.add(record);
        keptBytes += record.bytes();
        budget.take(record.bytes());
        while (!recent.isEmpty() && budget.exceededBy(keptBytes)) {
            FeedRecord oldest = recent.remove();
            keptBytes -= oldest.bytes();
            budget.giveBack(oldest.bytes());
            recentFrom = oldest.record().offset() + 1;
        }
    }

    /** Whether nobody has listened or read for so long; then it ends. */
    boolean idleFor(Duration time) {
        lock.lock();
        try {
            return listeners.isEmpty() && System.nanoTime() - usedNanos > time.toNanos();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isDropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void drop(String why) {
        List<Signal> wake;
        lock.lock();
        try {
            if (dropped) {
                return;
            }
            dropped = true;
            wake = List.copyOf(listeners);
            awaited.forEach(waiting -> waiting.end().completeExceptionally(new Dropped()));
            awaited.clear();
            recent.clear();
            if (position >= 0) {
                budget.leave(keptBytes);
            }
        } finally {
            lock.unlock();
        }
        LOG.debug("event=feed-dropped partition={} why=\"{}\"", partition, why);
        wake.forEach(Signal::raise);
    }

    private void requireStanding() throws Dropped {
        if (dropped) {
            throw new Dropped();
        }
    }

    // ---- what records are to readers

    /** What a recent record is in this view, the same object for all its readers; empty where it is nothing. */
    Optional<WireRecord> wire(FeedRecord record, View view) {
        return record.rendered.computeIfAbsent(view, _ -> render(record.record(), view));
    }

    /** What a record is in this view; empty where it is nothing. */
    Optional<WireRecord> render(LogRecord record, View view) {
        return switch (Renderer.render(record, partition.partition(), view)) {
            case Rendering.Shown(Payload payload) -> Optional.of(new WireRecord(record.offset(), payload));
            case Rendering.Nothing() -> Optional.empty();
            case Rendering.Bad(Optional<Payload> instead, String what) -> {
                countBad(record.offset(), what);
                yield instead.map(payload -> new WireRecord(record.offset(), payload));
            }
        };
    }

    private void countBad(long offset, String what) {
        metrics.onBadRecord(partition.topic(), partition.partition());
        lock.lock();
        try {
            if (badRecordTold) {
                return;
            }
            badRecordTold = true;
        } finally {
            lock.unlock();
        }
        LOG.warn(
                "event=bad-record partition={} offset={} what=\"{}\" (further ones are only counted)",
                partition,
                offset,
                what);
    }
}
