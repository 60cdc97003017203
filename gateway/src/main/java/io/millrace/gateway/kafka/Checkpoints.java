package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.PartitionState;
import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.replay.Snapshot;
import io.millrace.mapping.rule.MappingRules.SharedTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of shared topics: written when enough has happened since the last, and found again for a load. */
final class Checkpoints {

    /*
     * Any gateway may write one, and the log decides which count. Where many have the same partition, each waits for a
     * number of records that it draws anew after every checkpoint, so that most often one is first and the others see
     * its record.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /** After a failure a partition is left alone for so long. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    /** A checkpoint that would rest on more than so many is written whole. */
    private static final int MOST_LAYERS = 12;

    /** So is one where what it would rest on has grown to this many times the size of the whole one below. */
    private static final int MOST_GROWTH = 2;

    private final LogSettings.Upkeep upkeep;
    private final Map<String, SharedTopic> sharedTopics = new HashMap<>();
    private final Supplier<Clients> clients;
    private final Thinning thinning;
    private final Set<TopicPartition> working = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, Due> due = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> failedNanos = new ConcurrentHashMap<>();

    /** When a partition's next checkpoint is due: {@code records} after the one as of {@code since}. */
    private record Due(long since, long records) {}

    /** Of {@code sharedTopics}. */
    Checkpoints(LogSettings settings, List<SharedTopic> sharedTopics, Supplier<Clients> clients) {
        this.upkeep = settings.upkeep();
        sharedTopics.forEach(topic -> this.sharedTopics.put(topic.name(), topic));
        this.clients = clients;
        this.thinning = new Thinning(settings, clients, this);
    }

    /**
     * What a load can begin with.
     *
     * @param name        the checkpoint, to be confirmed by the log
     * @param snapshot    what it holds
     * @param leaderEpoch Kafka's leader epoch of the record before its as-of
     */
    record Restored(CheckpointName name, Snapshot snapshot, int leaderEpoch) {}

    /** A checkpoint that looks whole, and what it rests on, the oldest first. */
    record Candidate(CheckpointTopic topic, CheckpointTopic.Stored stored, List<CheckpointTopic.Stored> layers) {

        long asOf() {
            return stored.writing().asOf();
        }

        /**
         * Reads it.
         *
         * @throws UnusableCheckpoint where it is not what it looked like
         */
        Restored restore() throws LogFailure, InterruptedException {
            CheckpointCodec.Head head = stored.head().orElseThrow();
            List<List<byte[]>> all = new ArrayList<>();
            for (int i = 0; i < layers.size(); i++) {
                List<byte[]> parts = topic.read(layers.get(i));
                if (!CheckpointCodec.checksum(parts).equals(head.base().get(i).checksum())) {
                    throw new UnusableCheckpoint(layers.get(i).writing() + " is not what was written");
                }
                all.add(parts);
            }
            List<byte[]> own = topic.read(stored);
            all.add(own);
            CheckpointName name =
                    new CheckpointName(asOf(), stored.writing().writer(), own.size(), CheckpointCodec.checksum(own));
            Snapshot snapshot = CheckpointCodec.decode(all);
            if (snapshot.asOf() != asOf()) {
                throw new UnusableCheckpoint(stored.writing() + " is as of " + snapshot.asOf());
            }
            return new Restored(name, snapshot, head.leaderEpoch());
        }
    }

    /** The checkpoints of {@code partition} that look whole, the newest first; none where its topic has none. */
    List<Candidate> candidates(TopicPartition partition) throws LogFailure, InterruptedException {
        SharedTopic shared = sharedTopics.get(partition.topic());
        if (shared == null
                || clients.get().topics().findForLoad(shared.checkpoints()).isEmpty()) {
            return List.of();
        }
        CheckpointTopic topic = topic(shared, partition);
        try {
            Map<CheckpointTopic.Writing, CheckpointTopic.Stored> all = topic.list();
            List<Candidate> candidates = new ArrayList<>();
            all.values().forEach(stored -> candidate(topic, stored, all).ifPresent(candidates::add));
            candidates.sort(Comparator.comparingLong(Candidate::asOf).reversed());
            return candidates;
        } catch (LogFailure e) {
            clients.get().topics().forget(shared.checkpoints()); // it may have been deleted
            throw e;
        }
    }

    private static Optional<Candidate> candidate(
            CheckpointTopic topic,
            CheckpointTopic.Stored stored,
            Map<CheckpointTopic.Writing, CheckpointTopic.Stored> all) {
        if (stored.head().isEmpty()) {
            return Optional.empty();
        }
        List<CheckpointTopic.Stored> layers = new ArrayList<>();
        for (CheckpointName name : stored.head().get().base()) {
            Optional<CheckpointTopic.Stored> layer = complete(name, all);
            if (layer.isEmpty()) {
                return Optional.empty();
            }
            layers.add(layer.get());
        }
        return Optional.of(new Candidate(topic, stored, layers));
    }

    /** The same for the checkpoint of this name, where all of its parts are there too. */
    private static Optional<Candidate> candidate(
            CheckpointTopic topic, CheckpointName name, Map<CheckpointTopic.Writing, CheckpointTopic.Stored> all) {
        return complete(name, all).flatMap(stored -> candidate(topic, stored, all));
    }

    private static Optional<CheckpointTopic.Stored> complete(
            CheckpointName name, Map<CheckpointTopic.Writing, CheckpointTopic.Stored> all) {
        return Optional.ofNullable(all.get(CheckpointTopic.Writing.of(name)))
                .filter(stored -> stored.hasParts(name.parts()));
    }

    /** The topic that checkpoints of {@code partition}, of a shared topic, are in. */
    String topicFor(TopicPartition partition) {
        return shared(partition).checkpoints();
    }

    private SharedTopic shared(TopicPartition partition) {
        return Objects.requireNonNull(sharedTopics.get(partition.topic()));
    }

    private CheckpointTopic topic(SharedTopic shared, TopicPartition partition) {
        return new CheckpointTopic(
                new TopicPartition(shared.checkpoints(), partition.partition()),
                clients.get().consumers(),
                clients.get().keepingProducer());
    }

    /** What {@code snapshot}, which is of all streams, comes to. */
    static PartitionState state(Snapshot snapshot) {
        Snapshot.Facts facts = snapshot.facts();
        return new PartitionState(
                snapshot.asOf(),
                CheckpointCodec.stateHash(snapshot),
                snapshot.streams().size(),
                snapshot.streams().stream()
                        .mapToLong(stream -> stream.index().count())
                        .sum(),
                facts.dead() - facts.thinned(),
                facts.newest().map(newest -> OptionalLong.of(newest.asOf())).orElse(OptionalLong.empty()),
                facts.thinnedBelow());
    }

    // ---- upkeep

    /** Writes a checkpoint of {@code partition}, or thins its log, in the background, where that is due. */
    void keep(HostedPartition partition) {
        TopicPartition name = partition.topicPartition();
        Long failed = failedNanos.get(name);
        if (!sharedTopics.containsKey(name.topic())
                || partition.unserved().isPresent()
                || (failed != null && System.nanoTime() - failed < AFTER_FAILURE.toNanos())) {
            return;
        }
        HostedPartition.Condition condition = partition.condition();
        OptionalLong wantedAt = thinning.wantedAt(name, condition);
        boolean thin = wantedAt.isPresent() && asOf(condition.older()) >= wantedAt.getAsLong();
        boolean checkpoint = isDue(name, condition) || (wantedAt.isPresent() && !thin);
        if ((!checkpoint && !thin) || !working.add(name)) {
            return;
        }
        Thread.ofVirtual().name("millrace-keep-" + name).start(() -> {
            try {
                if (checkpoint) {
                    partition.hold();
                    try {
                        write(partition);
                    } finally {
                        partition.release();
                    }
                }
                if (thin) {
                    thinning.thin(partition);
                }
                failedNanos.remove(name);
            } catch (LogFailure | HostedPartition.Dropped e) {
                failedNanos.put(name, System.nanoTime());
                clients.get().topics().forget(topicFor(name));
                LOG.warn("event=upkeep-failed partition={} cause=\"{}\"", partition.topicPartition(), e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                failedNanos.put(name, System.nanoTime());
                LOG.error("event=upkeep-failed partition={}", partition.topicPartition(), e);
            } finally {
                working.remove(name);
            }
        });
    }

    private boolean isDue(TopicPartition partition, HostedPartition.Condition condition) {
        long since = asOf(condition.newest());
        Due next = due.compute(
                partition, (_, known) -> known != null && known.since() == since ? known : new Due(since, draw()));
        return condition.position() - since >= next.records();
    }

    private static long asOf(Optional<Operation.Checkpoint> checkpoint) {
        return checkpoint.map(Operation.Checkpoint::asOf).orElse(0L);
    }

    private long draw() {
        long records = upkeep.checkpointRecords();
        return records + ThreadLocalRandom.current().nextLong(records / 2 + 1);
    }

    private void write(HostedPartition partition) throws LogFailure, HostedPartition.Dropped, InterruptedException {
        SharedTopic shared = shared(partition.topicPartition());
        clients.get()
                .topics()
                .findOrCreateCheckpoints(shared.checkpoints(), shared.partitions(), shared.replicationFactor());
        CheckpointTopic topic = topic(shared, partition.topicPartition());
        Map<CheckpointTopic.Writing, CheckpointTopic.Stored> stored = topic.list();
        HostedPartition.Taken taken = partition.take(newest -> base(newest, topic, stored));
        CheckpointTopic.Writing writing =
                new CheckpointTopic.Writing(taken.snapshot().asOf(), taken.writer());
        int leaderEpoch = partition.awaitFetched(writing.asOf());
        List<byte[]> parts = CheckpointCodec.encode(taken.snapshot(), leaderEpoch, taken.base());
        topic.write(writing, parts);
        CheckpointName name =
                new CheckpointName(writing.asOf(), writing.writer(), parts.size(), CheckpointCodec.checksum(parts));
        Outcome outcome = partition.record(
                RecordCodec.CHECKPOINT_PATH,
                new Operation.Checkpoint(
                        name,
                        taken.snapshot().facts().logTimeMillis(),
                        leaderEpoch,
                        taken.snapshot().facts().dead()));
        LOG.info(
                "event=checkpoint partition={} as-of={} since={} streams={} parts={} outcome={}",
                partition.topicPartition(),
                writing.asOf(),
                taken.snapshot().since(),
                taken.snapshot().streams().size(),
                parts.size(),
                outcome.getClass().getSimpleName());
        tidy(partition, topic);
    }

    /** What the next checkpoint rests on: the newest accepted one, with its own base; nothing where it is to be whole. */
    private static List<CheckpointName> base(
            Optional<Operation.Checkpoint> newest,
            CheckpointTopic topic,
            Map<CheckpointTopic.Writing, CheckpointTopic.Stored> stored) {
        Optional<CheckpointName> below = newest.map(Operation.Checkpoint::name).filter(name -> name.asOf() > 0);
        Optional<CheckpointCodec.Head> head = below.flatMap(name -> candidate(topic, name, stored))
                .flatMap(candidate -> candidate.stored().head());
        if (below.isEmpty() || head.isEmpty()) {
            return List.of();
        }
        List<CheckpointName> base = new ArrayList<>(head.get().base());
        base.add(below.get());
        long parts = base.stream().mapToLong(CheckpointName::parts).sum();
        boolean grown = parts > (long) MOST_GROWTH * base.getFirst().parts() + MOST_LAYERS;
        return grown || base.size() > MOST_LAYERS ? List.of() : base;
    }

    /**
     * Removes parts that nobody will begin with: those of checkpoints that are neither of the two newest accepted ones,
     * nor rested on by them, nor of later ones, which may be in the making, nor rested on by those.
     */
    private static void tidy(HostedPartition partition, CheckpointTopic topic) throws LogFailure, InterruptedException {
        HostedPartition.Condition condition = partition.condition();
        Map<CheckpointTopic.Writing, CheckpointTopic.Stored> stored = topic.list();
        Set<CheckpointTopic.Writing> needed = new HashSet<>();
        for (Optional<Operation.Checkpoint> accepted : List.of(condition.newest(), condition.older())) {
            if (accepted.isEmpty()) {
                continue;
            }
            Optional<Candidate> whole = candidate(topic, accepted.get().name(), stored);
            if (whole.isEmpty()) {
                return; // an earlier one may be the only one that can be read
            }
            needed.add(whole.get().stored().writing());
            whole.get().layers().forEach(layer -> needed.add(layer.writing()));
        }
        long newest = asOf(condition.newest());
        stored.values().stream()
                .filter(one -> one.writing().asOf() > newest)
                .flatMap(one -> one.head().stream())
                .flatMap(head -> head.base().stream())
                .forEach(name -> needed.add(CheckpointTopic.Writing.of(name)));
        for (CheckpointTopic.Stored one : stored.values()) {
            if (one.writing().asOf() <= newest && !needed.contains(one.writing())) {
                topic.remove(one);
            }
        }
    }
}
