package io.millrace.mapping.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Reads one rule from its keys and values, and collects what is wrong with it. */
final class RuleParser {

    private static final int MAX_PARTITIONS = 100_000;
    private static final int DEFAULT_REPLICATION_FACTOR = 1;

    private static final Set<String> SHARED_KEYS = Set.of("path", "kind", "topic", "partitions", "replication-factor");
    private static final Set<String> DEDICATED_KEYS = Set.of("path", "kind", "topic", "replication-factor");

    private final String name;
    private final Map<String, String> keys;
    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    RuleParser(int number, Map<String, String> keys) {
        this.name = "mapping " + number + (keys.containsKey("path") ? " (path \"" + keys.get("path") + "\")" : "");
        this.keys = keys;
    }

    String name() {
        return name;
    }

    List<String> errors() {
        return errors;
    }

    List<String> warnings() {
        return warnings;
    }

    /** The rule; empty if there are errors. */
    Optional<MappingRule> parse() {
        Optional<String> kind = required("kind");
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        Optional<MappingRule> rule =
                switch (kind.get()) {
                    case "shared" -> shared();
                    case "dedicated" -> dedicated();
                    case "existing" -> {
                        error("kind existing is not built yet: use shared or dedicated");
                        yield Optional.empty();
                    }
                    default -> {
                        error("kind \"" + kind.get() + "\" is unknown: write shared or dedicated");
                        yield Optional.empty();
                    }
                };
        return errors.isEmpty() ? rule : Optional.empty();
    }

    private Optional<MappingRule> shared() {
        refuseUnknownKeys("shared", SHARED_KEYS);
        Optional<PathTemplate> template = template();
        Optional<String> topic = required("topic");
        topic.flatMap(TopicName::flaw)
                .ifPresent(flaw -> error("topic \"" + topic.orElseThrow() + "\" is not legal: " + flaw));
        OptionalInt partitions =
                required("partitions").isPresent() ? number("partitions", MAX_PARTITIONS) : OptionalInt.empty();
        int replicationFactor = replicationFactor();
        if (template.isEmpty() || topic.isEmpty() || partitions.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new MappingRule.Shared(template.get(), topic.get(), partitions.getAsInt(), replicationFactor));
    }

    private Optional<MappingRule> dedicated() {
        refuseUnknownKeys("dedicated", DEDICATED_KEYS);
        Optional<PathTemplate> template = template();
        Optional<TopicTemplate> topic = required("topic").flatMap(this::topicTemplate);
        int replicationFactor = replicationFactor();
        if (template.isEmpty() || topic.isEmpty()) {
            return Optional.empty();
        }
        compareVariables(template.get(), topic.get());
        return Optional.of(new MappingRule.Dedicated(template.get(), topic.get(), replicationFactor));
    }

    private void compareVariables(PathTemplate path, TopicTemplate topic) {
        for (String variable : path.variables()) {
            if (!topic.variables().contains(variable)) {
                error("topic \"" + topic + "\" does not use {" + variable + "}, so that many streams would claim one"
                        + " topic: add {" + variable + "} to the topic");
            }
        }
        for (String variable : topic.variables()) {
            if (!path.variables().contains(variable)) {
                error("topic \"" + topic + "\" uses {" + variable + "}, which the path does not have: add it to the"
                        + " path or remove it from the topic");
            }
        }
        if (path.hasNamelessParts()) {
            warnings.add(name + ": '*' and '**' are not in the topic's name, so paths that differ only there claim one"
                    + " topic and all but the first get 409; give the parts names");
        }
        if (topic.variables().size() > 1) {
            warnings.add(name + ": with several variables in a topic's name different paths can give the same name"
                    + " (\"a-b\" and \"c\", \"a\" and \"b-c\"); all but the first then get 409");
        }
        if (topic.isVariablesOnly()) {
            warnings.add(name + ": topic \"" + topic + "\" has no text of its own, so clients can name any topic of the"
                    + " cluster; begin it with a prefix such as \"streams.\"");
        }
    }

    private Optional<PathTemplate> template() {
        return required("path").flatMap(path -> switch (PathTemplate.parse(path)) {
            case PathTemplate.Parsed.Valid(PathTemplate template) -> Optional.of(template);
            case PathTemplate.Parsed.Invalid(String reason) -> {
                error(reason);
                yield Optional.empty();
            }
        });
    }

    private Optional<TopicTemplate> topicTemplate(String text) {
        return switch (TopicTemplate.parse(text)) {
            case TopicTemplate.Parsed.Valid(TopicTemplate template) -> Optional.of(template);
            case TopicTemplate.Parsed.Invalid(String reason) -> {
                error("topic " + reason);
                yield Optional.empty();
            }
        };
    }

    private int replicationFactor() {
        if (!keys.containsKey("replication-factor")) {
            warnings.add(
                    name + ": replication-factor is not given, so one copy is kept and the loss of one broker loses"
                            + " data; write 3 on a cluster, or 1 to say that it is meant");
            return DEFAULT_REPLICATION_FACTOR;
        }
        return number("replication-factor", Short.MAX_VALUE).orElse(DEFAULT_REPLICATION_FACTOR);
    }

    private OptionalInt number(String key, int max) {
        String text = keys.getOrDefault(key, "").strip();
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= max) {
                return OptionalInt.of(number);
            }
        }
        error(key + " is \"" + text + "\": write a whole number from 1 to " + max);
        return OptionalInt.empty();
    }

    private Optional<String> required(String key) {
        String value = keys.getOrDefault(key, "").strip();
        if (value.isEmpty()) {
            error(key + " is missing: add it");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private void refuseUnknownKeys(String kind, Set<String> known) {
        for (String key : new TreeSet<>(keys.keySet())) {
            if (!known.contains(key)) {
                error("key \"" + key + "\" means nothing for kind " + kind + ": remove it (known are "
                        + String.join(", ", new TreeSet<>(known)) + ")");
            }
        }
    }

    private void error(String sentence) {
        errors.add(name + ": " + sentence);
    }
}
