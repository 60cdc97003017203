package io.millrace.mapping.rule;

/** One rule of an operator's list: these paths live there (DESIGN.md 2). */
public sealed interface MappingRule {

    /** Which paths the rule is for. */
    PathTemplate template();

    /** Streams share the partitions of one compacted topic; a stream's partition is the hash of its path. */
    record Shared(PathTemplate template, String topic, int partitions, int replicationFactor) implements MappingRule {}

    /** Each stream has a topic of its own, with one partition. */
    record Dedicated(PathTemplate template, TopicTemplate topic, int replicationFactor) implements MappingRule {}
}
