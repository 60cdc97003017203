package io.millrace.gateway.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Which topics a cluster has, asked once and by nobody who serves. */
public final class TopicCatalog implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Admin admin;
    private final String bootstrapServers;

    private TopicCatalog(Admin admin, String bootstrapServers) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * A topic.
     *
     * @param partitions    how many it has
     * @param cleanupPolicy as Kafka writes it: {@code delete}, {@code compact}, or both; {@code unknown} where these
     *                      credentials may not see it, which a gateway need not
     */
    public record Topic(int partitions, String cleanupPolicy) {

        private static final String UNKNOWN_POLICY = "unknown";

        /** Whether Kafka removes records because they are old. */
        public boolean deletesOldRecords() {
            return cleanupPolicy.contains(TopicConfig.CLEANUP_POLICY_DELETE);
        }
    }

    /** The cluster was not heard from; the message says why. */
    public static final class Unanswered extends Exception {

        private static final long serialVersionUID = 1;

        Unanswered(String message) {
            super(message);
        }
    }

    /** The catalog of the cluster at these servers, with the operator's properties for every client. */
    public static TopicCatalog open(String bootstrapServers, Map<String, String> client) throws Unanswered {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(TIMEOUT.toMillis()));
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(TIMEOUT.toMillis() / 2));
        properties.put("enable.metrics.push", false);
        try {
            return new TopicCatalog(Admin.create(properties), bootstrapServers);
        } catch (KafkaException e) {
            throw unanswered(bootstrapServers, e);
        }
    }

    /** The topics whose names are wanted, by name; only those that these credentials may see. */
    public SortedMap<String, Topic> find(Predicate<String> isWanted) throws Unanswered, InterruptedException {
        Set<String> names = new HashSet<>(answer(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names()));
        names.removeIf(isWanted.negate());
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.describeTopics(names).topicNameValues();
        Map<ConfigResource, KafkaFuture<Config>> configurations = admin.describeConfigs(
                        names.stream().map(TopicCatalog::resource).toList())
                .values();
        SortedMap<String, Topic> topics = new TreeMap<>();
        for (String name : names) {
            Optional<TopicDescription> description = visible(descriptions.get(name));
            if (description.isPresent()) {
                String cleanupPolicy = visible(configurations.get(resource(name)))
                        .map(configuration -> configuration.get(TopicConfig.CLEANUP_POLICY_CONFIG))
                        .map(ConfigEntry::value)
                        .orElse(Topic.UNKNOWN_POLICY);
                topics.put(name, new Topic(description.get().partitions().size(), cleanupPolicy));
            }
        }
        return topics;
    }

    private static ConfigResource resource(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    /** What Kafka says of a topic; empty where it may not be seen, or is gone since a moment ago. */
    private <T> Optional<T> visible(@Nullable KafkaFuture<T> future) throws Unanswered, InterruptedException {
        try {
            return Optional.of(Objects.requireNonNull(future).get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException
                    || e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw unanswered(bootstrapServers, e.getCause());
        } catch (TimeoutException e) {
            throw unanswered(bootstrapServers, e);
        }
    }

    private <T> T answer(KafkaFuture<T> future) throws Unanswered, InterruptedException {
        try {
            return future.get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unanswered(bootstrapServers, e.getCause());
        } catch (TimeoutException e) {
            throw unanswered(bootstrapServers, e);
        }
    }

    private static Unanswered unanswered(String bootstrapServers, @Nullable Throwable failure) {
        Throwable deepest = failure;
        for (Throwable next = failure; next != null; next = next.getCause()) {
            deepest = next;
        }
        String why = deepest == null || deepest.getMessage() == null ? "no answer in time" : deepest.getMessage();
        return new Unanswered("Kafka at " + bootstrapServers + " (kafka.bootstrap-servers) cannot be asked: " + why
                + ": is it there, and does kafka.client fit it?");
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
