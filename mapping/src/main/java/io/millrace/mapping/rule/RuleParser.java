package io.millrace.mapping.rule;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads one rule from its keys and values. */
final class RuleParser {

    private static final int MAX_PARTITIONS = 100_000;
    private static final int DEFAULT_REPLICATION_FACTOR = 1;

    private static final Set<String> SHARED_KEYS = Set.of("path", "kind", "topic", "partitions", "replication-factor");
    private static final Set<String> DEDICATED_KEYS = Set.of("path", "kind", "topic", "replication-factor");
    private static final Set<String> DENY_KEYS = Set.of("path", "kind", "description");

    private final RuleText text;

    RuleParser(RuleText text) {
        this.text = text;
    }

    /** The rule; empty if there are errors, which the text has then. */
    Optional<MappingRule> parse() {
        Optional<String> kind = text.required("kind");
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        Optional<MappingRule> rule =
                switch (kind.get()) {
                    case "shared" -> shared();
                    case "dedicated" -> dedicated();
                    case "existing" -> new ExistingRuleParser(text).parse();
                    case "deny" -> deny();
                    default -> {
                        text.error("kind \"" + kind.get() + "\" is unknown: write shared, dedicated, existing or deny");
                        yield Optional.empty();
                    }
                };
        return text.errors().isEmpty() ? rule : Optional.empty();
    }

    private Optional<MappingRule> shared() {
        text.refuseUnknownKeys("shared", SHARED_KEYS);
        Optional<PathTemplate> template = text.template();
        Optional<String> topic = text.required("topic");
        topic.flatMap(TopicName::flaw)
                .ifPresent(flaw -> text.error("topic \"" + topic.orElseThrow() + "\" is not legal: " + flaw));
        OptionalInt partitions = text.required("partitions").isPresent()
                ? text.number("partitions", MAX_PARTITIONS)
                : OptionalInt.empty();
        int replicationFactor = replicationFactor();
        if (template.isEmpty() || topic.isEmpty() || partitions.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new MappingRule.Shared(template.get(), topic.get(), partitions.getAsInt(), replicationFactor));
    }

    private Optional<MappingRule> dedicated() {
        text.refuseUnknownKeys("dedicated", DEDICATED_KEYS);
        Optional<PathTemplate> template = text.template();
        Optional<TopicTemplate> topic = text.topicTemplate();
        int replicationFactor = replicationFactor();
        if (template.isEmpty() || topic.isEmpty()) {
            return Optional.empty();
        }
        compareVariables(template.get(), topic.get());
        return Optional.of(new MappingRule.Dedicated(template.get(), topic.get(), replicationFactor));
    }

    private Optional<MappingRule> deny() {
        text.refuseUnknownKeys("deny", DENY_KEYS);
        return text.template().map(template -> new MappingRule.Deny(template, text.text("description")));
    }

    private void compareVariables(PathTemplate path, TopicTemplate topic) {
        for (String variable : path.variables()) {
            if (!topic.variables().contains(variable)) {
                text.error("topic \"" + topic + "\" does not use {" + variable + "}, so that many streams would claim"
                        + " one topic: add {" + variable + "} to the topic");
            }
        }
        text.refuseUnknownVariables(path, "topic", topic.variables());
        if (path.hasNamelessParts()) {
            text.warn(
                    "'*' and '**' are not in the topic's name, so paths that differ only there claim one topic and all"
                            + " but the first get 409; give the parts names");
        }
        if (topic.variables().size() > 1) {
            text.warn("with several variables in a topic's name different paths can give the same name (\"a-b\" and"
                    + " \"c\", \"a\" and \"b-c\"); all but the first then get 409");
        }
        if (topic.isVariablesOnly() && topic.variables().stream().noneMatch(path::restricts)) {
            text.warn("topic \"" + topic + "\" has no text of its own, so clients can name any topic of the cluster;"
                    + " begin it with a prefix such as \"streams.\"");
        }
    }

    private int replicationFactor() {
        if (!text.has("replication-factor")) {
            text.warn(
                    "replication-factor is not given, so one copy is kept and the loss of one broker loses data; write"
                            + " 3 on a cluster, or 1 to say that it is meant");
            return DEFAULT_REPLICATION_FACTOR;
        }
        return text.number("replication-factor", Short.MAX_VALUE).orElse(DEFAULT_REPLICATION_FACTOR);
    }
}
