package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.rule.MappingRules.SharedTopic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of managed topics that this gateway has copies of: loaded when they are first needed, followed from
 * there on, and dropped where a copy is not right any more.
 */
final class HostedPartitions implements ManagedProducer.Listener, HostedPartition.Surroundings, Deadlines.Waiter {

    private static final Logger LOG = LoggerFactory.getLogger(HostedPartitions.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration PREPARE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(30);

    /** A topic that is not kept as it must be is looked at again after this time. */
    private static final Duration FLAWED_FOR = Duration.ofSeconds(2);

    /** How often a partition is begun anew in one load, where it is thinned meanwhile. */
    private static final int MOST_TRIES = 3;

    private final LogSettings settings;
    private final Map<String, SharedTopic> sharedTopics = new HashMap<>();
    private final Supplier<Clients> clients;
    private final TailBudget budget;
    private final StateBudget states;
    private final Unloading unloading;
    private final Waiting waiting;
    private final Checkpoints checkpoints;
    private final Semaphore loads;
    private final Map<TopicPartition, CompletableFuture<HostedPartition>> hosted = new ConcurrentHashMap<>();
    private final Map<TopicPartition, HostedPartition> live = new ConcurrentHashMap<>();

    /** Thrown where a topic is not kept as its records need; it may be altered. */
    private static final class Flawed extends Exception {
        private static final long serialVersionUID = 1;

        Flawed(String message) {
            super(message, null, false, false);
        }
    }

    /** None yet. {@code sharedTopics} are those whose partitions must be set up as the rules say. */
    HostedPartitions(
            LogSettings settings,
            List<SharedTopic> sharedTopics,
            Supplier<Clients> clients,
            TailBudget budget,
            StateBudget states,
            Waiting waiting) {
        this.settings = settings;
        sharedTopics.forEach(topic -> this.sharedTopics.put(topic.name(), topic));
        this.clients = clients;
        this.budget = budget;
        this.states = states;
        this.unloading = new Unloading(settings, states, live::values);
        this.waiting = waiting;
        this.checkpoints = new Checkpoints(settings, sharedTopics, clients);
        this.loads = new Semaphore(settings.bounds().loads(), true);
    }

    /** Looks after the log of {@code partition}, in the background, where that is due. */
    void keep(HostedPartition partition) {
        checkpoints.keep(partition);
    }

    /** Those that are followed now. */
    Collection<HostedPartition> all() {
        return live.values();
    }

    /** Which of them stay in memory. */
    Unloading unloading() {
        return unloading;
    }

    /** Whether the partition at {@code place} is followed now. */
    boolean isLoaded(Place place) {
        return live.containsKey(place.partition());
    }

    // ---- loading

    /** A partition is dropped under a request again and again. */
    static LogFailure unstable() {
        return new LogFailure.Unavailable("the partition has to be loaded again and again; try again", RETRY_AFTER);
    }

    /** The partition at {@code place}, loaded if need be. */
    HostedPartition partition(Place place) throws LogFailure, InterruptedException {
        try {
            return loaded(place);
        } catch (KafkaStreamLog.StartRefused refused) {
            throw new LogFailure.Unavailable("not served: " + refused.getMessage(), LOAD_TIMEOUT);
        }
    }

    /**
     * The same for who opens the log.
     *
     * @throws KafkaStreamLog.StartRefused where the topic is not what the rules say
     */
    HostedPartition loaded(Place place) throws LogFailure, InterruptedException {
        CompletableFuture<HostedPartition> slot = hosted.get(place.partition());
        if (slot != null && slot.isDone()) {
            return await(slot);
        }
        unloading.requireHope(place.partition());
        // Before a load is begun: of those there are no more than requests that wait for them.
        try (Waiting.Place _ = waiting.enter(Waiting.For.LOAD)) {
            CompletableFuture<HostedPartition> mine = new CompletableFuture<>();
            slot = hosted.putIfAbsent(place.partition(), mine);
            if (slot == null) {
                slot = mine;
                Thread.ofVirtual().name("millrace-load-" + place.partition()).start(() -> load(place, mine));
            }
            return await(slot);
        }
    }

    private static HostedPartition await(CompletableFuture<HostedPartition> slot)
            throws LogFailure, InterruptedException {
        try {
            return slot.get(LOAD_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LogFailure.Unavailable("the partition is being loaded; try again", RETRY_AFTER);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogFailure failure) {
                throw failure;
            }
            if (e.getCause() instanceof KafkaStreamLog.StartRefused refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void load(Place place, CompletableFuture<HostedPartition> slot) {
        try {
            if (!loads.tryAcquire(LOAD_TIMEOUT.toMillis() / 2, TimeUnit.MILLISECONDS)) {
                throw new LogFailure.Unavailable(
                        settings.bounds().loads() + " partitions are being loaded (kafka.max-loads); try again",
                        RETRY_AFTER);
            }
            HostedPartition loaded;
            try {
                unloading.begin(place.partition());
                loaded = load(place);
            } finally {
                unloading.end(place.partition());
                loads.release();
            }
            slot.complete(loaded);
            unloading.onLoaded(place);
            loaded.leave();
            if (loaded.isDropped()) {
                hosted.remove(place.partition(), slot); // onDropped did not find it while the slot was empty
            }
        } catch (HostedPartition.Dropped e) {
            fail(place, slot, unstable());
        } catch (Flawed e) {
            LOG.error("event=topic-flawed partition={} why=\"{}\"", place.partition(), e.getMessage());
            slot.completeExceptionally(new LogFailure.Unavailable("not served: " + e.getMessage(), FLAWED_FOR));
            clients.get().topics().forget(place.partition().topic());
            CompletableFuture.delayedExecutor(FLAWED_FOR.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> hosted.remove(place.partition(), slot));
        } catch (LogFailure.Undecided e) {
            // The setup is undecided; what the requests that wait here want was not handed over.
            fail(place, slot, new LogFailure.Unavailable(e.reason(), RETRY_AFTER));
        } catch (Exception | Error e) {
            fail(place, slot, e);
        }
    }

    private void fail(Place place, CompletableFuture<HostedPartition> slot, Throwable why) {
        LOG.warn("event=partition-not-loaded partition={} cause=\"{}\"", place.partition(), why.toString());
        hosted.remove(place.partition(), slot);
        clients.get().topics().forget(place.partition().topic());
        slot.completeExceptionally(why);
    }

    private HostedPartition load(Place place) throws LogFailure, Flawed, HostedPartition.Dropped, InterruptedException {
        TopicPartition partition = place.partition();
        Topics.Topic topic = clients.get()
                .topics()
                .findForLoad(partition.topic())
                .orElseThrow(() -> new LogFailure.Unavailable("topic " + partition.topic() + " is gone", RETRY_AFTER));
        int maxMessageBytes = sound(place, topic).maxMessageBytes();
        unloading.requireRoom(partition);
        long started = System.nanoTime();
        HostedPartition loaded = replay(place, topic, maxMessageBytes);
        boolean usable = false;
        try {
            clients.get().producer().life().prepare(partition.topic());
            SharedTopic shared = sharedTopics.get(partition.topic());
            if (shared != null && loaded.unserved().isEmpty()) {
                checkSetup(loaded, shared);
            }
            usable = true;
        } finally {
            if (!usable) {
                loaded.drop("it cannot be written to, or is not what the configuration says");
            }
        }
        LOG.info(
                "event=partition-loaded partition={} from={} position={} millis={}",
                partition,
                loaded.beganAt(),
                loaded.position(),
                Duration.ofNanos(System.nanoTime() - started).toMillis());
        return loaded;
    }

    /** How the topic is kept, if it is such that records and their time are safe. */
    private TopicConfiguration sound(Place place, Topics.Topic topic) throws LogFailure, Flawed, InterruptedException {
        String name = place.partition().topic();
        TopicConfiguration configuration = clients.get().topics().configuration(name);
        Optional<String> flaw = configuration.flaw(place.kind());
        if (flaw.isPresent()) {
            throw new Flawed("topic " + name + " would lose records or log time: " + flaw.get());
        }
        if (place.kind() == TopicKind.DEDICATED && topic.partitions() != 1) {
            throw new Flawed("topic " + name + " has " + topic.partitions() + " partitions, and must have one");
        }
        return configuration;
    }

    /**
     * A copy of all that the partition holds now, which is followed from there on: of the newest checkpoint that is good,
     * and what came after it; of all records where there is none.
     */
    private HostedPartition replay(Place place, Topics.Topic topic, int maxMessageBytes)
            throws LogFailure, Flawed, InterruptedException {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            for (Checkpoints.Candidate candidate : checkpoints.candidates(place.partition())) {
                Optional<HostedPartition> copy = replay(place, topic, maxMessageBytes, candidate);
                if (copy.isPresent()) {
                    return copy.get();
                }
            }
            Optional<HostedPartition> copy = clients.get()
                    .consumers()
                    .use(consumer -> replay(place, topic, maxMessageBytes, Optional.empty(), consumer));
            if (copy.isPresent()) {
                return copy.get();
            }
            // It was thinned, perhaps while it was loaded: then there is a newer checkpoint now.
        }
        throw new Flawed(
                "partition " + place.partition() + " was thinned, and none of its checkpoints can be read that tell"
                        + " what is missing: its checkpoints are in the topic "
                        + checkpoints.topicFor(place.partition()));
    }

    private Optional<HostedPartition> replay(
            Place place, Topics.Topic topic, int maxMessageBytes, Checkpoints.Candidate candidate)
            throws LogFailure, InterruptedException {
        try {
            Checkpoints.Restored restored = candidate.restore();
            return clients.get()
                    .consumers()
                    .use(consumer -> replay(place, topic, maxMessageBytes, Optional.of(restored), consumer));
        } catch (UnusableCheckpoint e) {
            LOG.warn(
                    "event=checkpoint-unusable partition={} as-of={} why=\"{}\"",
                    place.partition(),
                    candidate.asOf(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** Empty where what it begins with is not good enough, because the log has not accepted it or was thinned since. */
    private Optional<HostedPartition> replay(
            Place place,
            Topics.Topic topic,
            int maxMessageBytes,
            Optional<Checkpoints.Restored> restored,
            Consumer<byte[], byte[]> consumer)
            throws LogFailure, InterruptedException {
        TopicPartition partition = place.partition();
        consumer.assign(Set.of(partition));
        long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
        long begin = restored.isPresent()
                ? restored.get().snapshot().asOf()
                : consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
        if (begin > end) {
            return Optional.empty(); // the log was truncated, or is another one
        }
        HostedPartition fresh = new HostedPartition(
                partition,
                topic.id(),
                restored.map(known -> new PartitionReplay(place.kind(), known.name(), known.snapshot()))
                        .orElseGet(() -> new PartitionReplay(place.kind(), begin)),
                restored.map(Checkpoints.Restored::leaderEpoch),
                maxMessageBytes,
                end > 0,
                settings,
                clients.get().consumers(),
                waiting,
                budget,
                states,
                this);
        boolean followed = false;
        try {
            unloading.requireRoom(partition);
            OffsetAndMetadata from = Follower.from(begin, fresh.leaderEpoch());
            long position = Consumers.walk(consumer, partition, from, end, (records, next) -> {
                fresh.onFetched(records, next);
                unloading.requireRoom(partition);
                return !fresh.isDropped() && fresh.unserved().isEmpty();
            });
            fresh.onLoaded();
            if (fresh.isThinned() || (fresh.unserved().isEmpty() && !fresh.isConfirmed())) {
                return Optional.empty();
            }
            if (fresh.isDropped()) {
                throw unstable();
            }
            live.put(partition, fresh);
            clients.get().follower(partition).add(fresh, Follower.from(position, fresh.leaderEpoch()));
            followed = true;
            return Optional.of(fresh);
        } catch (InvalidOffsetException e) {
            if (restored.isEmpty()) {
                throw e;
            }
            return Optional.empty(); // the log was truncated
        } finally {
            if (!followed) {
                fresh.drop("it could not be loaded");
            }
        }
    }

    private void checkSetup(HostedPartition partition, SharedTopic shared)
            throws LogFailure, HostedPartition.Dropped, InterruptedException {
        Operation.Setup wanted = new Operation.Setup(shared.partitions(), settings.prefix());
        Operation.Setup standing = partition.setUp(wanted);
        if (!standing.equals(wanted)) {
            throw new KafkaStreamLog.StartRefused("topic " + shared.name() + " was set up with " + standing.partitions()
                    + " partitions and prefix " + standing.prefix() + ", and this gateway's configuration says "
                    + wanted.partitions() + " and " + wanted.prefix() + ": make them the same, or name another topic");
        }
    }

    // ---- what the producer tells

    @Override
    public boolean onAcknowledgedNow(TopicPartition partition, ManagedProducer.Acknowledgement acknowledgement) {
        HostedPartition concerned = live.get(partition);
        return concerned == null || concerned.onAcknowledgedNow(acknowledgement);
    }

    @Override
    public void onAcknowledged(TopicPartition partition, List<ManagedProducer.Acknowledgement> acknowledgements) {
        HostedPartition concerned = live.get(partition);
        if (concerned != null) {
            concerned.onAcknowledged(acknowledgements);
        }
    }

    @Override
    public void expire(long nowNanos) {
        live.values().forEach(partition -> partition.expire(nowNanos));
    }

    @Override
    public void onRefused(TopicPartition partition, OperationId id, String why, boolean tooLarge) {
        HostedPartition concerned = live.get(partition);
        if (concerned != null) {
            concerned.onRefused(id, why, tooLarge);
        }
    }

    @Override
    public void onLost(String gateway) {
        live.values().forEach(HostedPartition::onProducerLost);
    }

    @Override
    public void onReplacing(ManagedProducer.Life next) throws InterruptedException {
        Set<String> inUse = new HashSet<>();
        live.keySet().forEach(partition -> inUse.add(partition.topic()));
        long deadline = System.nanoTime() + PREPARE_TIMEOUT.toNanos();
        for (String topic : inUse) {
            if (System.nanoTime() > deadline) {
                return; // the first appends to the others are refused, and make the producer ask
            }
            try {
                next.prepare(topic);
            } catch (LogFailure.Unavailable e) {
                LOG.warn("event=topic-unprepared topic={} cause=\"{}\"", topic, e.reason()); // gone, perhaps
            }
        }
    }

    // ---- what partitions need

    @Override
    public ManagedProducer.Life producer() {
        return clients.get().producer().life();
    }

    @Override
    public void askEnd(HostedPartition partition) {
        clients.get().endOffsets().ask(partition);
    }

    @Override
    public void hurry(HostedPartition partition) {
        clients.get().follower(partition.topicPartition()).hurry();
    }

    @Override
    public void askLimit(HostedPartition partition) {
        Thread.ofVirtual().name("millrace-limit").start(() -> {
            try {
                String topic = partition.topicPartition().topic();
                partition.onLimit(clients.get().topics().configuration(topic).maxMessageBytes());
            } catch (LogFailure e) {
                LOG.warn("event=limit-unknown partition={} cause=\"{}\"", partition.topicPartition(), e.reason());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void onDropped(HostedPartition partition, boolean operationsLost) {
        TopicPartition name = partition.topicPartition();
        hosted.computeIfPresent(name, (_, slot) -> holds(slot, partition) ? null : slot);
        live.remove(name, partition);
        clients.get().topics().forget(name.topic());
        clients.get().follower(name).remove(partition);
        if (operationsLost) {
            ManagedProducer.Life sender = clients.get().producer().life();
            Thread.ofVirtual().name("millrace-lost-operations").start(() -> giveUpIfGone(partition, sender));
        }
    }

    /**
     * What waits in the producer for a topic that is gone would wait for ever, and in front of whatever is sent to the
     * next topic of that name. In a topic that still stands it will land: no reason to lose what others have in flight.
     */
    private void giveUpIfGone(HostedPartition dropped, ManagedProducer.Life sender) {
        try {
            if (clients.get().topics().stands(dropped.topicPartition().topic(), dropped.topicId())) {
                return;
            }
        } catch (LogFailure e) {
            LOG.warn("event=topic-unknown partition={} cause=\"{}\"", dropped.topicPartition(), e.reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.get().producer().replace(sender);
    }

    private static boolean holds(CompletableFuture<HostedPartition> slot, HostedPartition partition) {
        return slot.isDone() && !slot.isCompletedExceptionally() && slot.join() == partition;
    }
}
