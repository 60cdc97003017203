package io.millrace.gateway.kafka;

import io.millrace.mapping.replay.TopicKind;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How Kafka keeps a topic, as far as promises rest on it.
 *
 * @param promised        the values of Kafka's properties that a promise rests on, by their names
 * @param maxMessageBytes the largest batch that the topic takes, and so the largest record with its batch's header
 */
record TopicConfiguration(Map<String, String> promised, int maxMessageBytes) {

    /** Log time rests on the broker's clock. */
    private static final Map.Entry<String, String> BROKERS_CLOCK =
            Map.entry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");

    private static final String FOR_EVER = "-1";

    TopicConfiguration {
        promised = Map.copyOf(promised);
    }

    static TopicConfiguration of(Config config) {
        Map<String, String> promised = new TreeMap<>();
        for (TopicKind kind : TopicKind.values()) {
            demands(kind).keySet().forEach(name -> promised.put(name, value(config, name)));
        }
        return new TopicConfiguration(promised, Integer.parseInt(value(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)));
    }

    /** What topics of a kind are created with, and must have: nothing else keeps all records, or tells their time. */
    static Map<String, String> demands(TopicKind kind) {
        return switch (kind) {
            case SHARED ->
                Map.ofEntries(
                        BROKERS_CLOCK,
                        Map.entry(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
            case DEDICATED ->
                Map.ofEntries(
                        BROKERS_CLOCK,
                        Map.entry(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE),
                        Map.entry(TopicConfig.RETENTION_MS_CONFIG, FOR_EVER),
                        Map.entry(TopicConfig.RETENTION_BYTES_CONFIG, FOR_EVER));
        };
    }

    /** What is wrong with it for topics of this kind; empty where their records are safe. */
    Optional<String> flaw(TopicKind kind) {
        return new TreeMap<>(demands(kind))
                .entrySet().stream()
                        .filter(demand -> !demand.getValue().equals(promised.get(demand.getKey())))
                        .map(demand -> "its " + demand.getKey() + " is " + promised.get(demand.getKey())
                                + " and must be " + demand.getValue())
                        .findFirst();
    }

    /** What is wrong with it for a topic that checkpoints are in; empty where they are safe. */
    Optional<String> flawForCheckpoints() {
        String policy = promised.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        if (!TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy)) {
            return Optional.of("its " + TopicConfig.CLEANUP_POLICY_CONFIG + " is " + policy + " and must be "
                    + TopicConfig.CLEANUP_POLICY_COMPACT);
        }
        return maxMessageBytes < Topics.CHECKPOINT_MESSAGE_BYTES
                ? Optional.of("its " + TopicConfig.MAX_MESSAGE_BYTES_CONFIG + " is " + maxMessageBytes
                        + " and must be at least " + Topics.CHECKPOINT_MESSAGE_BYTES)
                : Optional.empty();
    }

    private static String value(Config config, String name) {
        return Objects.requireNonNullElse(config.get(name).value(), "");
    }
}
