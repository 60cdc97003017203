package io.millrace.gateway.tool;

import io.millrace.gateway.kafka.TopicCatalog.Topic;
import io.millrace.mapping.existing.Envelope;
import io.millrace.mapping.rule.MappingRule;
import io.millrace.mapping.rule.MappingRules;
import io.millrace.mapping.rule.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** What the rules say, compared with the topics that there are. */
record ClusterCheck(List<String> errors, List<String> warnings) {

    ClusterCheck {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /** Which topics the rules speak of, of those that have a name in them. */
    static Predicate<String> isNamed(MappingRules rules) {
        return topic -> rules.rules().stream().anyMatch(rule -> switch (rule) {
            case MappingRule.Shared shared -> shared.topic().equals(topic);
            case MappingRule.Existing existing -> existing.topic().matches(topic);
            case MappingRule.Dedicated _, MappingRule.Deny _ -> false;
        });
    }

    /** Compares; {@code topics} has all that {@link #isNamed}. */
    static ClusterCheck compare(MappingRules rules, Map<String, Topic> topics) {
        List<String> errors = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (MappingRules.Named named : rules.named()) {
            switch (named.rule()) {
                case MappingRule.Shared shared -> {
                    Topic topic = topics.get(shared.topic());
                    if (topic != null && topic.partitions() != shared.partitions()) {
                        errors.add(
                                named.name() + ": the topic " + shared.topic() + " has " + counted(topic.partitions())
                                        + " and partitions is " + shared.partitions()
                                        + ": write that number, or name another topic");
                    }
                }
                case MappingRule.Existing existing -> compare(named.name(), existing, topics, errors, warnings);
                case MappingRule.Dedicated _, MappingRule.Deny _ -> {}
            }
        }
        return new ClusterCheck(errors, warnings);
    }

    private static void compare(
            String name,
            MappingRule.Existing rule,
            Map<String, Topic> topics,
            List<String> errors,
            List<String> warnings) {
        if (!rule.topic().variables().isEmpty()) {
            if (topics.keySet().stream().noneMatch(rule.topic()::matches)) {
                warnings.add(name + ": the cluster has no topic whose name fits \"" + rule.topic()
                        + "\": every request gets 404 until there is one");
            }
            return;
        }
        Topic topic = topics.get(rule.topic().toString());
        if (topic == null) {
            errors.add(name + ": the topic " + rule.topic()
                    + " does not exist, or may not be seen with these credentials: make it, correct the name, or remove"
                    + " the mapping");
            return;
        }
        OptionalInt partition = fixedPartition(rule.selection());
        if (partition.isPresent() && partition.getAsInt() >= topic.partitions()) {
            errors.add(name + ": partition is " + partition.getAsInt() + ", and the topic " + rule.topic() + " has "
                    + counted(topic.partitions()) + ": write a number from 0 to " + (topic.partitions() - 1));
        }
        if (rule.stream().view().envelope() == Envelope.STATE && topic.deletesOldRecords()) {
            warnings.add(
                    name + ": the topic " + rule.topic() + " has cleanup.policy=" + topic.cleanupPolicy()
                            + ", so that rows are lost when Kafka deletes old records; only a compacted topic is a whole table");
        }
    }

    private static OptionalInt fixedPartition(Selection selection) {
        return switch (selection) {
            case Selection.Partition partition -> partition.fixed();
            case Selection.Key _ -> OptionalInt.empty();
        };
    }

    private static String counted(int partitions) {
        return partitions + (partitions == 1 ? " partition" : " partitions");
    }
}
