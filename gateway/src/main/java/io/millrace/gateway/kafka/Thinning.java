package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.replay.Dead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the space of what no stream needs any more: a tombstone for each such record, which lets Kafka's cleaner
 * remove it once it is older than the topic's min.compaction.lag.ms.
 */
final class Thinning {

    private static final Logger LOG = LoggerFactory.getLogger(Thinning.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** Tombstones that are written before the next pause. */
    private static final int BATCH = 1_000;

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final LogSettings.Upkeep upkeep;
    private final Duration compactionLag;
    private final Supplier<Clients> clients;
    private final Checkpoints checkpoints;
    private final Map<TopicPartition, Long> wanted = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Bound> bounds = new ConcurrentHashMap<>();

    /** One partition at a time: for as long as its log is read, which may be minutes, clients have a reader less. */
    private final Semaphore scans = new Semaphore(1);

    /** Where a partition was thinned to, and since when that is known here. */
    private record Bound(long below, long sinceNanos) {}

    Thinning(LogSettings settings, Supplier<Clients> clients, Checkpoints checkpoints) {
        this.upkeep = settings.upkeep();
        this.compactionLag = settings.compactionLag();
        this.clients = clients;
        this.checkpoints = checkpoints;
    }

    /**
     * Since which Kafka offset thinning is wanted, because enough has died; empty where it is not. It takes two checkpoints
     * from there on.
     */
    OptionalLong wantedAt(TopicPartition partition, HostedPartition.Condition condition) {
        if (condition.dead() < upkeep.thinningRecords() || isBeingCleaned(partition, condition.thinnedBelow())) {
            wanted.remove(partition);
            return OptionalLong.empty();
        }
        return OptionalLong.of(wanted.computeIfAbsent(partition, _ -> condition.position()));
    }

    /**
     * Before the cleaner may act on the last thinning's tombstones, all that they are for is still there, and the next
     * thinning would write them once more: with many streams that end, again and again, as fast as it may.
     */
    private boolean isBeingCleaned(TopicPartition partition, long thinnedBelow) {
        long now = System.nanoTime();
        Bound bound = bounds.compute(
                partition,
                (_, known) -> known != null && known.below() == thinnedBelow ? known : new Bound(thinnedBelow, now));
        return thinnedBelow > 0 && now - bound.sinceNanos() < compactionLag.toNanos();
    }

    /** Thins up to the older of the two newest checkpoints, which says what is dead. */
    void thin(HostedPartition partition) throws LogFailure, HostedPartition.Dropped, InterruptedException {
        Optional<Operation.Checkpoint> older = partition.condition().older();
        if (older.isEmpty()) {
            return;
        }
        if (!scans.tryAcquire()) {
            return; // it is another partition's turn
        }
        try {
            thin(partition, older.get());
        } finally {
            scans.release();
        }
    }

    private void thin(HostedPartition partition, Operation.Checkpoint older)
            throws LogFailure, HostedPartition.Dropped, InterruptedException {
        Dead dead = dead(partition.topicPartition(), older);
        Outcome outcome = partition.record(RecordCodec.THIN_TO_PATH, new Operation.ThinTo(older.asOf()));
        if (!(outcome instanceof Outcome.Thinned)) {
            return; // another gateway does it
        }
        long removed = remove(partition.topicPartition(), dead);
        LOG.info(
                "event=thinned partition={} below={} tombstones={}", partition.topicPartition(), older.asOf(), removed);
    }

    private Dead dead(TopicPartition partition, Operation.Checkpoint checkpoint)
            throws LogFailure, InterruptedException {
        for (Checkpoints.Candidate candidate : checkpoints.candidates(partition)) {
            if (candidate.asOf() == checkpoint.asOf()) {
                try {
                    Checkpoints.Restored restored = candidate.restore();
                    if (restored.name().equals(checkpoint.name())) {
                        return new Dead(restored.snapshot());
                    }
                } catch (UnusableCheckpoint e) {
                    LOG.warn("event=checkpoint-unusable partition={} why=\"{}\"", partition, e.getMessage());
                }
            }
        }
        throw new LogFailure.Unavailable("the checkpoint as of " + checkpoint.asOf() + " cannot be read", RETRY_AFTER);
    }

    private long remove(TopicPartition partition, Dead dead) throws LogFailure, InterruptedException {
        return clients.get().consumers().use(consumer -> {
            consumer.assign(Set.of(partition));
            long begin = consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            Tombstones tombstones = new Tombstones(partition);
            Consumers.walk(consumer, partition, new OffsetAndMetadata(begin), dead.below(), (records, _) -> {
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    byte[] key = record.key();
                    if (key != null && dead.holds(Consumers.logRecord(record))) {
                        tombstones.add(key);
                    }
                }
                return true;
            });
            tombstones.write();
            return tombstones.written;
        });
    }

    /** Tombstones for records of a partition, which are written some at a time. */
    private final class Tombstones {
        private final TopicPartition partition;
        private final List<KeepingProducer.Kept> pending = new ArrayList<>();
        private long written;

        Tombstones(TopicPartition partition) {
            this.partition = partition;
        }

        void add(byte[] key) throws LogFailure, InterruptedException {
            pending.add(new KeepingProducer.Kept(key, null));
            if (pending.size() == BATCH) {
                write();
                Thread.sleep(PAUSE);
            }
        }

        void write() throws LogFailure, InterruptedException {
            clients.get().keepingProducer().write(partition, pending);
            written += pending.size();
            pending.clear();
        }
    }
}
