package io.millrace.mapping.rule;

import io.millrace.mapping.existing.KeyFormat;
import io.millrace.mapping.existing.Partitioner;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** An operator's ordered list of rules; the first one that matches a path decides. */
public final class MappingRules {

    /** In one form only, for one stream must not have two names; Kafka counts partitions with 32 bits. */
    private static final Pattern PARTITION = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final List<MappingRule> rules;
    private final Map<String, SharedTopic> sharedTopics;
    private final DeniedTopics denied;

    private MappingRules(List<MappingRule> rules, Map<String, SharedTopic> sharedTopics, DeniedTopics denied) {
        this.rules = List.copyOf(rules);
        this.sharedTopics = sharedTopics;
        this.denied = denied;
    }

    /** Rules, or what is wrong with them. */
    public sealed interface Parsed {

        /** The rules, and sentences about what is legal but may surprise. */
        record Valid(MappingRules rules, List<String> warnings) implements Parsed {}

        /** Every error, each a sentence that says what to do. */
        record Invalid(List<String> errors) implements Parsed {}
    }

    /** A topic that the gateway creates at its start. */
    public record SharedTopic(String name, int partitions, int replicationFactor) {}

    /** What holds when an operator writes no rules: every path in one shared topic. */
    public static MappingRules standard() {
        Map<String, String> everything = Map.of(
                "path",
                "**",
                "kind",
                "shared",
                "topic",
                "durable-streams",
                "partitions",
                "16",
                "replication-factor",
                "1");
        return switch (parse(List.of(everything), DeniedTopics.NONE)) {
            case Parsed.Valid valid -> valid.rules();
            case Parsed.Invalid(List<String> errors) -> throw new IllegalStateException(errors.toString());
        };
    }

    /**
     * Parses rules, each as its keys and values stand in the configuration (DESIGN.md 13). Topics that are {@code denied}
     * are never shown as existing ones, whatever the rules say.
     */
    public static Parsed parse(List<Map<String, String>> mappings, DeniedTopics denied) {
        List<String> errors = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<MappingRule> rules = new ArrayList<>();
        Map<String, SharedTopic> sharedTopics = new LinkedHashMap<>();
        if (mappings.isEmpty()) {
            errors.add("mappings is empty, so that no stream could exist: add a mapping or remove the key");
        }
        String catchAll = "";
        for (int i = 0; i < mappings.size(); i++) {
            RuleParser parser = new RuleParser(i + 1, mappings.get(i));
            Optional<MappingRule> parsed = parser.parse();
            errors.addAll(parser.errors());
            warnings.addAll(parser.warnings());
            if (parsed.isEmpty()) {
                continue;
            }
            MappingRule rule = parsed.get();
            if (!catchAll.isEmpty()) {
                warnings.add(parser.name() + ": is never reached, because " + catchAll
                        + " matches every path: move it before that");
            }
            if (rule.template().matchesEverything()) {
                catchAll = parser.name();
            }
            if (rule instanceof MappingRule.Shared shared) {
                SharedTopic topic = new SharedTopic(shared.topic(), shared.partitions(), shared.replicationFactor());
                SharedTopic other = sharedTopics.putIfAbsent(topic.name(), topic);
                if (other != null && !other.equals(topic)) {
                    errors.add(parser.name() + ": topic \"" + topic.name() + "\" is named by an earlier mapping with "
                            + other.partitions() + " partitions and replication factor " + other.replicationFactor()
                            + ": write the same here, or another topic");
                }
            }
            rules.add(rule);
        }
        for (MappingRule rule : rules) {
            if (rule instanceof MappingRule.Dedicated dedicated
                    && dedicated.topic().variables().isEmpty()
                    && sharedTopics.containsKey(dedicated.topic().toString())) {
                errors.add("the mapping of path \"" + dedicated.template() + "\" gives one stream the topic \""
                        + dedicated.topic() + "\", which another mapping shares among many: name another topic");
            }
        }
        return errors.isEmpty()
                ? new Parsed.Valid(new MappingRules(rules, sharedTopics, denied), List.copyOf(warnings))
                : new Parsed.Invalid(List.copyOf(errors));
    }

    /** Where the stream at this path lives. */
    public Resolution resolve(StreamPath path) {
        for (MappingRule rule : rules) {
            Optional<Map<String, String>> values = rule.template().match(path);
            if (values.isPresent()) {
                return switch (rule) {
                    case MappingRule.Shared shared ->
                        new Resolution.SharedPartition(shared.topic(), path.partition(shared.partitions()));
                    case MappingRule.Dedicated dedicated ->
                        topicOf(dedicated.topic().expand(values.get()), dedicated.replicationFactor());
                    case MappingRule.Existing existing -> existing(existing, values.get());
                    case MappingRule.Deny deny ->
                        new Resolution.Denied("the mapping of path \"" + deny.template() + "\" denies it");
                };
            }
        }
        return new Resolution.NoRule();
    }

    /** The rules in order. */
    public List<MappingRule> rules() {
        return rules;
    }

    /** The shared topics of all rules, each once, in the order of the rules. */
    public List<SharedTopic> sharedTopics() {
        return List.copyOf(sharedTopics.values());
    }

    private Resolution existing(MappingRule.Existing rule, Map<String, String> values) {
        String topic = rule.topic().expand(values);
        Optional<String> flaw = TopicName.flaw(topic);
        if (flaw.isPresent()) {
            return new Resolution.IllegalTopic(topic, flaw.get());
        }
        if (isOurs(topic)) {
            return new Resolution.Denied("the topic " + topic + " is Millrace's own");
        }
        if (denied.denies(topic)) {
            return new Resolution.Denied("the topic " + topic + " is among those that are never shown");
        }
        return switch (rule.selection()) {
            case Selection.Partition(TextTemplate number) -> {
                String text = number.expand(name -> values.getOrDefault(name, ""));
                yield PARTITION.matcher(text).matches()
                        ? new Resolution.ExistingPartition(topic, Integer.parseInt(text), rule.stream())
                        : new Resolution.NoSuchPart("\"" + text + "\" is no partition's number");
            }
            case Selection.Key(TextTemplate key, Partitioner partitioner) -> {
                String text = key.expand(name -> values.getOrDefault(name, ""));
                KeyFormat format = rule.stream().view().keyFormat();
                yield format.serialize(text)
                        .<Resolution>map(bytes -> new Resolution.ExistingKey(topic, bytes, partitioner, rule.stream()))
                        .orElseGet(() -> new Resolution.NoSuchPart("\"" + text + "\" is no key of the format "
                                + format.name().toLowerCase(Locale.ROOT)));
            }
        };
    }

    /** Whether streams of Millrace's own live in this topic, or would; a template of variables only speaks of no topic. */
    private boolean isOurs(String topic) {
        return sharedTopics.containsKey(topic)
                || rules.stream()
                        .anyMatch(rule -> rule instanceof MappingRule.Dedicated dedicated
                                && !dedicated.topic().isVariablesOnly()
                                && dedicated.topic().matches(topic));
    }

    private Resolution topicOf(String topic, int replicationFactor) {
        if (sharedTopics.containsKey(topic)) {
            return new Resolution.IllegalTopic(topic, "the topic is shared by other streams");
        }
        return TopicName.flaw(topic)
                .<Resolution>map(flaw -> new Resolution.IllegalTopic(topic, flaw))
                .orElseGet(() -> new Resolution.DedicatedTopic(topic, replicationFactor));
    }
}
