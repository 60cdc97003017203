package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.mapping.replay.TopicKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Which topics there are, and the making of new ones. */
final class Topics {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** A topic's existence as one broker sees it lags: an unknown one is looked up this often before it counts. */
    static final int LOOKUPS = 3;

    static final Duration BETWEEN_LOOKUPS = Duration.ofMillis(100);

    /** For so long after that a topic is looked up once only: never not at all, or a 404 would be stale after a create. */
    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(1);

    private static final int MOST_UNKNOWN = 10_000;

    /** A lookup that finds no room after so long is refused. */
    private static final Duration LOOKUP_PATIENCE = Duration.ofSeconds(1);

    /** The largest batch that a topic of checkpoints takes; a part of one is much smaller. */
    static final int CHECKPOINT_MESSAGE_BYTES = 1024 * 1024;

    /** Each load reads all that the cleaner has not taken yet, and it leaves the active segment alone. */
    private static final int CHECKPOINT_SEGMENT_BYTES = 16 * 1024 * 1024;

    private static final long SEGMENT_BYTES = 256L * 1024 * 1024;

    /** A topic that exists. */
    record Topic(Uuid id, int partitions) {}

    /** A topic that is to be made in the next request to Kafka, and how who waits for it learns that it was. */
    private record Wanted(NewTopic topic, CompletableFuture<Void> made) {}

    private final Admin admin;
    private final int maxMessageBytes;
    private final Duration compactionLag;
    private final Map<String, Topic> known = new ConcurrentHashMap<>();
    private final UnknownTopics unknown = new UnknownTopics(MOST_UNKNOWN, UNKNOWN_FOR);
    private final Waiting waiting;
    private final int mostLookups;
    private final Semaphore lookups;
    private List<Wanted> wanted = new ArrayList<>();
    private boolean creating;

    /** Topics as {@code admin} sees them; at most {@code mostLookups} unknown ones are looked up at a time. */
    Topics(Admin admin, int maxMessageBytes, Duration compactionLag, Waiting waiting, int mostLookups) {
        this.admin = admin;
        this.waiting = waiting;
        this.mostLookups = mostLookups;
        this.lookups = new Semaphore(mostLookups, true);
        this.maxMessageBytes = maxMessageBytes;
        this.compactionLag = compactionLag;
    }

    /** The topic of that name, which a client may have made up; empty where there is none. */
    Optional<Topic> find(String name) throws LogFailure, InterruptedException {
        Topic topic = known.get(name);
        if (topic != null) {
            return Optional.of(topic);
        }
        try (Waiting.Place _ = waiting.enter(Waiting.For.LOOKUP)) {
            if (!lookups.tryAcquire(LOOKUP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LogFailure.Unavailable(
                        mostLookups + " unknown topics are being looked up (kafka.max-lookups); try again",
                        RETRY_AFTER);
            }
            try {
                return lookUp(name);
            } finally {
                lookups.release();
            }
        }
    }

    /** The topic of that name, whose partition is to be loaded: loads have a bound of their own. */
    Optional<Topic> findForLoad(String name) throws LogFailure, InterruptedException {
        Topic topic = known.get(name);
        return topic == null ? lookUp(name) : Optional.of(topic);
    }

    private Optional<Topic> lookUp(String name) throws LogFailure, InterruptedException {
        boolean confirmed = unknown.contains(name, System.nanoTime());
        for (int i = 0; i < (confirmed ? 1 : LOOKUPS); i++) {
            if (i > 0) {
                Thread.sleep(BETWEEN_LOOKUPS);
            }
            Optional<Topic> found = describe(name);
            if (found.isPresent()) {
                return found;
            }
        }
        if (!confirmed) {
            unknown.add(name, System.nanoTime());
        }
        return Optional.empty();
    }

    /** The topic of that name, made if it is not there. */
    Topic findOrCreate(String name, TopicKind kind, int partitions, int replicationFactor)
            throws LogFailure, InterruptedException {
        return findOrCreate(name, partitions, replicationFactor, configuration(kind, replicationFactor));
    }

    /** The same for a topic that checkpoints are in. */
    Topic findOrCreateCheckpoints(String name, int partitions, int replicationFactor)
            throws LogFailure, InterruptedException {
        Map<String, String> configuration = new HashMap<>(safe(replicationFactor));
        configuration.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        configuration.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(CHECKPOINT_MESSAGE_BYTES));
        configuration.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(CHECKPOINT_SEGMENT_BYTES));
        configuration.put(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.2");
        return findOrCreate(name, partitions, replicationFactor, configuration);
    }

    private Topic findOrCreate(String name, int partitions, int replicationFactor, Map<String, String> configuration)
            throws LogFailure, InterruptedException {
        Topic topic = known.get(name);
        if (topic != null) {
            return topic;
        }
        try (Waiting.Place _ = waiting.enter(Waiting.For.LOOKUP)) {
            return create(name, partitions, replicationFactor, configuration);
        }
    }

    private Topic create(String name, int partitions, int replicationFactor, Map<String, String> configuration)
            throws LogFailure, InterruptedException {
        Optional<Topic> found = describe(name);
        if (found.isEmpty()) {
            NewTopic wantedTopic = new NewTopic(name, partitions, (short) replicationFactor).configs(configuration);
            await(create(wantedTopic), "create topic " + name);
            unknown.remove(name);
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (found.isEmpty()) {
                found = describe(name);
                if (found.isEmpty()) {
                    if (System.nanoTime() > deadline) {
                        throw new LogFailure.Unavailable(
                                "topic " + name + " was made and is not there yet", RETRY_AFTER);
                    }
                    Thread.sleep(BETWEEN_LOOKUPS.dividedBy(5));
                }
            }
        }
        return found.get();
    }

    /** How Kafka keeps the topic now; the broker that is asked may not have heard of a new one yet. */
    TopicConfiguration configuration(String name) throws LogFailure, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        for (int i = 1; ; i++) {
            try {
                return TopicConfiguration.of(Objects.requireNonNull(
                                admin.describeConfigs(Set.of(resource)).values().get(resource))
                        .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || i == LOOKUPS) {
                    throw unavailable("describe topic " + name, e.getCause());
                }
                Thread.sleep(BETWEEN_LOOKUPS);
            } catch (TimeoutException e) {
                throw unavailable("describe topic " + name, e);
            }
        }
    }

    /** Whether the topic of that name is there and has this id, as Kafka says now. */
    boolean stands(String name, Uuid id) throws LogFailure, InterruptedException {
        return describe(name).filter(topic -> topic.id().equals(id)).isPresent();
    }

    /** The topic of that name may be gone. */
    void forget(String name) {
        known.remove(name);
    }

    private Optional<Topic> describe(String name) throws LogFailure, InterruptedException {
        try {
            TopicDescription description = Objects.requireNonNull(
                            admin.describeTopics(Set.of(name)).topicNameValues().get(name))
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            Topic topic =
                    new Topic(description.topicId(), description.partitions().size());
            known.put(name, topic);
            return Optional.of(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            if (e.getCause() instanceof AuthorizationException) {
                throw Consumers.denied(name);
            }
            throw unavailable("look up topic " + name, e.getCause());
        } catch (TimeoutException e) {
            throw unavailable("look up topic " + name, e);
        }
    }

    /** Topics that are wanted while a request is under way go to Kafka together in the next one. */
    private synchronized CompletableFuture<Void> create(NewTopic topic) {
        for (Wanted other : wanted) {
            if (other.topic().name().equals(topic.name())) {
                return other.made();
            }
        }
        CompletableFuture<Void> made = new CompletableFuture<>();
        wanted.add(new Wanted(topic, made));
        if (!creating) {
            sendWanted();
        }
        return made;
    }

    private void sendWanted() {
        List<Wanted> batch = wanted;
        wanted = new ArrayList<>();
        creating = true;
        CreateTopicsResult result =
                admin.createTopics(batch.stream().map(Wanted::topic).toList());
        var _ = result.all().whenComplete((_, _) -> {
            for (Wanted one : batch) {
                var _ = Objects.requireNonNull(result.values().get(one.topic().name()))
                        .whenComplete((_, failure) -> {
                            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                            if (cause == null || cause instanceof TopicExistsException) {
                                one.made().complete(null);
                            } else {
                                one.made().completeExceptionally(cause);
                            }
                        });
            }
            batchDone();
        });
    }

    private synchronized void batchDone() {
        creating = false;
        if (!wanted.isEmpty()) {
            sendWanted();
        }
    }

    private Map<String, String> configuration(TopicKind kind, int replicationFactor) {
        Map<String, String> configuration = new HashMap<>(TopicConfiguration.demands(kind));
        configuration.putAll(safe(replicationFactor));
        configuration.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
        // The log before the active segment is all that can be cleaned or deleted: not so large that space is never
        // given back, not so small that a busy partition keeps thousands of files open.
        configuration.put(TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(SEGMENT_BYTES));
        if (kind == TopicKind.SHARED) {
            configuration.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, Long.toString(compactionLag.toMillis()));
        }
        return configuration;
    }

    /** A minority must not be able to lose what was acknowledged. */
    private static Map<String, String> safe(int replicationFactor) {
        return Map.of(
                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                "false",
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                replicationFactor >= 3 ? "2" : "1");
    }

    private static void await(CompletableFuture<Void> made, String what) throws LogFailure, InterruptedException {
        try {
            made.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InvalidTopicException) {
                throw new LogFailure.IllegalTopic(
                        "cannot " + what + ": " + e.getCause().getMessage());
            }
            throw unavailable(what, e.getCause());
        } catch (TimeoutException e) {
            throw unavailable(what, e);
        }
    }

    private static LogFailure.Unavailable unavailable(String what, @Nullable Throwable cause) {
        String why = cause == null || cause.getMessage() == null ? "no answer in time" : cause.getMessage();
        return new LogFailure.Unavailable("Kafka does not " + what + ": " + why, RETRY_AFTER);
    }
}
