package io.millrace.mapping.rule;

import io.millrace.mapping.existing.KeyFormat;
import io.millrace.mapping.existing.Partitioner;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** An operator's ordered list of rules; the first one that matches a path decides. */
public final class MappingRules {

    /** In one form only, for one stream must not have two names; Kafka counts partitions with 32 bits. */
    private static final Pattern PARTITION = Pattern.compile("0|[1-9][0-9]{0,8}");

    private static final Resolution.Denied TOO_MANY_STEPS =
            new Resolution.Denied("an expression of the rules takes too long for this path");

    private final List<Named> named;
    private final List<MappingRule> rules;
    private final Map<String, SharedTopic> sharedTopics;
    private final DeniedTopics denied;
    private final List<Written> written;

    private MappingRules(
            List<Written> written, List<Named> named, Map<String, SharedTopic> sharedTopics, DeniedTopics denied) {
        this.written = List.copyOf(written);
        this.named = List.copyOf(named);
        this.rules = named.stream().map(Named::rule).toList();
        this.sharedTopics = sharedTopics;
        this.denied = denied;
    }

    /**
     * One rule as an operator wrote it.
     *
     * @param place where it stands, in words
     * @param keys  its keys and values, those of nested keys by their path
     */
    public record Written(String place, Map<String, String> keys) {

        public Written {
            keys = Map.copyOf(keys);
        }
    }

    /** A rule and what sentences call it. */
    public record Named(String name, MappingRule rule) {}

    /** Rules, or what is wrong with them. */
    public sealed interface Parsed {

        /** The rules, and sentences about what is legal but may surprise. */
        record Valid(MappingRules rules, List<String> warnings) implements Parsed {}

        /** Every error, each a sentence that says what to do. */
        record Invalid(List<String> errors) implements Parsed {}
    }

    /** A topic that the gateway creates at its start. */
    public record SharedTopic(String name, int partitions, int replicationFactor) {

        /** How the name of the topic goes on that the checkpoints of a shared topic's partitions are in. */
        private static final String CHECKPOINTS = "-checkpoints";

        /** The topic that the checkpoints of its partitions are in, which has as many. */
        public String checkpoints() {
            return name + CHECKPOINTS;
        }
    }

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
     * Parses rules, each as its keys and values stand in the configuration (DESIGN.md 13). What a path resolves to is
     * never a topic that is {@code denied}, whatever the rules say, unless Millrace shares it.
     */
    public static Parsed parse(List<Map<String, String>> mappings, DeniedTopics denied) {
        List<Written> written = new ArrayList<>();
        for (Map<String, String> keys : mappings) {
            written.add(new Written("mapping " + (written.size() + 1), keys));
        }
        return parseWritten(written, denied);
    }

    /** The same, for rules that do not all stand in one list. */
    public static Parsed parseWritten(List<Written> mappings, DeniedTopics denied) {
        List<String> errors = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<Named> rules = new ArrayList<>();
        Map<String, SharedTopic> sharedTopics = new LinkedHashMap<>();
        if (mappings.isEmpty()) {
            errors.add("mappings is empty, so that no stream could exist: add a mapping or remove the key");
        }
        for (Written written : mappings) {
            RuleText text = new RuleText(written);
            Optional<MappingRule> parsed = new RuleParser(text).parse();
            if (parsed.isPresent()) {
                Named rule = new Named(text.name(), parsed.get());
                shadow(rules, rule).ifPresent(warnings::add);
                if (rule.rule() instanceof MappingRule.Shared shared) {
                    share(shared, sharedTopics).ifPresent(text::error);
                }
                rules.add(rule);
            }
            errors.addAll(text.errors());
            warnings.addAll(text.warnings());
        }
        MappingRules all = new MappingRules(mappings, rules, sharedTopics, denied);
        for (Named rule : rules) {
            switch (rule.rule()) {
                case MappingRule.Dedicated dedicated -> {
                    if (dedicated.topic().variables().isEmpty()
                            && sharedTopics.containsKey(dedicated.topic().toString())) {
                        errors.add(rule.name() + ": gives one stream the topic \"" + dedicated.topic()
                                + "\", which another mapping shares among many: name another topic");
                    }
                }
                case MappingRule.Existing existing -> {
                    if (existing.topic().variables().isEmpty()) {
                        all.whyDenied(existing.topic().toString())
                                .ifPresent(
                                        why -> warnings.add(
                                                rule.name() + ": shows nothing, because " + why
                                                        + ", so that every request gets 403: name another topic or remove the mapping"));
                    }
                }
                case MappingRule.Shared _, MappingRule.Deny _ -> {}
            }
        }
        return errors.isEmpty()
                ? new Parsed.Valid(all, List.copyOf(warnings))
                : new Parsed.Invalid(List.copyOf(errors));
    }

    /** What to say where an earlier rule takes every path of this one. */
    private static Optional<String> shadow(List<Named> earlier, Named rule) {
        return earlier.stream()
                .filter(one -> one.rule().template().covers(rule.rule().template()))
                .findFirst()
                .map(one -> rule.name() + ": is never reached, because " + one.name() + " matches every path"
                        + (one.rule().template().matchesEverything() ? "" : " that it is for")
                        + (rule.rule().template().covers(one.rule().template())
                                ? ": remove one of them"
                                : ": move it before that"));
    }

    /** Notes the topic that is shared; what is wrong where it has been noted otherwise. */
    private static Optional<String> share(MappingRule.Shared shared, Map<String, SharedTopic> sharedTopics) {
        SharedTopic topic = new SharedTopic(shared.topic(), shared.partitions(), shared.replicationFactor());
        SharedTopic other = sharedTopics.putIfAbsent(topic.name(), topic);
        return other == null || other.equals(topic)
                ? Optional.empty()
                : Optional.of("topic \"" + topic.name() + "\" is named by an earlier mapping with "
                        + other.partitions() + " partitions and replication factor " + other.replicationFactor()
                        + ": write the same here, or another topic");
    }

    /** Where the stream at this path lives. */
    public Resolution resolve(StreamPath path) {
        try {
            for (MappingRule rule : rules) {
                Optional<Map<String, String>> values = rule.template().match(path);
                if (values.isPresent()) {
                    return resolve(rule, path, values.get());
                }
            }
            return new Resolution.NoRule();
        } catch (SteppedText.Exhausted _) {
            return TOO_MANY_STEPS; // a later rule could show what this one was to keep back
        }
    }

    /** Why it lives there. */
    public Explanation explain(StreamPath path) {
        List<Explanation.Miss> misses = new ArrayList<>();
        try {
            for (Named rule : named) {
                Optional<Map<String, String>> values = rule.rule().template().match(path);
                if (values.isPresent()) {
                    Explanation.Match match = new Explanation.Match(rule.name(), rule.rule(), values.get());
                    return new Explanation(misses, Optional.of(match), resolve(rule.rule(), path, values.get()));
                }
                String why = rule.rule().template().difference(path).orElse("");
                misses.add(new Explanation.Miss(rule.name(), why));
            }
            return new Explanation(misses, Optional.empty(), new Resolution.NoRule());
        } catch (SteppedText.Exhausted _) {
            return new Explanation(misses, Optional.empty(), TOO_MANY_STEPS);
        }
    }

    private Resolution resolve(MappingRule rule, StreamPath path, Map<String, String> values) {
        return switch (rule) {
            case MappingRule.Shared shared ->
                new Resolution.SharedPartition(shared.topic(), path.partition(shared.partitions()));
            case MappingRule.Dedicated dedicated ->
                dedicated(dedicated.topic().expand(values), dedicated.replicationFactor());
            case MappingRule.Existing existing -> existing(existing, values);
            case MappingRule.Deny deny ->
                new Resolution.Denied("the mapping of path \"" + deny.template() + "\" denies it");
        };
    }

    /** The number of a partition in the one form in which it may be written. */
    static OptionalInt parsePartition(String text) {
        return PARTITION.matcher(text).matches() ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    /** Whether these say the same, word for word, as {@code other}. */
    public boolean saysSameAs(MappingRules other) {
        return written.equals(other.written) && denied.equals(other.denied);
    }

    /** The rules in order. */
    public List<MappingRule> rules() {
        return rules;
    }

    /** The rules in order, with what sentences call them. */
    public List<Named> named() {
        return named;
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
        Optional<String> why = whyDenied(topic);
        if (why.isPresent()) {
            return new Resolution.Denied(why.get());
        }
        return switch (rule.selection()) {
            case Selection.Partition(TextTemplate number) -> {
                String text = number.expand(name -> values.getOrDefault(name, ""));
                OptionalInt partition = parsePartition(text);
                yield partition.isPresent()
                        ? new Resolution.ExistingPartition(topic, partition.getAsInt(), rule.stream())
                        : new Resolution.NoSuchPart("\"" + text + "\" is no partition's number");
            }
            case Selection.Key(TextTemplate key, Partitioner partitioner) -> {
                String text = key.expand(name -> values.getOrDefault(name, ""));
                KeyFormat format = rule.stream().view().keyFormat();
                yield format.serialize(text)
                        .<Resolution>map(bytes -> new Resolution.ExistingKey(topic, bytes, partitioner, rule.stream()))
                        .orElseGet(() -> new Resolution.NoSuchPart(
                                "\"" + text + "\" is no key of the format " + RuleText.word(format)));
            }
        };
    }

    /** Whether streams of Millrace's own live in this topic, or would; a template of variables only speaks of no topic. */
    private boolean isOurs(String topic) {
        return sharedTopics.containsKey(topic)
                || isCheckpoints(topic)
                || rules.stream()
                        .anyMatch(rule -> rule instanceof MappingRule.Dedicated dedicated
                                && !dedicated.topic().isVariablesOnly()
                                && dedicated.topic().matches(topic));
    }

    private boolean isCheckpoints(String topic) {
        return sharedTopics.values().stream()
                .anyMatch(shared -> shared.checkpoints().equals(topic));
    }

    /** Why this topic is not shown as an existing one; empty where it may be. */
    private Optional<String> whyDenied(String topic) {
        if (isOurs(topic)) {
            return Optional.of("the topic " + topic + " is Millrace's own");
        }
        return denied.denies(topic)
                ? Optional.of("the topic " + topic + " is among those that are never shown")
                : Optional.empty();
    }

    private Resolution dedicated(String topic, int replicationFactor) {
        if (sharedTopics.containsKey(topic)) {
            return new Resolution.IllegalTopic(topic, "the topic is shared by other streams");
        }
        if (isCheckpoints(topic)) {
            return new Resolution.IllegalTopic(topic, "the topic holds checkpoints of a shared one");
        }
        Optional<String> flaw = TopicName.flaw(topic);
        if (flaw.isPresent()) {
            return new Resolution.IllegalTopic(topic, flaw.get());
        }
        return denied.denies(topic)
                ? new Resolution.Denied("the topic " + topic + " is among those that are never shown")
                : new Resolution.DedicatedTopic(topic, replicationFactor);
    }
}
