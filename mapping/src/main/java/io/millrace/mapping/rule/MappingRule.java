package io.millrace.mapping.rule;

import io.millrace.mapping.existing.ExistingStream;

/** One rule of an operator's list: these paths live there (DESIGN.md 2). */
public sealed interface MappingRule {

    /** Which paths the rule is for. */
    PathTemplate template();

    /** Streams share the partitions of one compacted topic; a stream's partition is the hash of its path. */
    record Shared(PathTemplate template, String topic, int partitions, int replicationFactor) implements MappingRule {}

    /** Each stream has a topic of its own, with one partition. */
    record Dedicated(PathTemplate template, TopicTemplate topic, int replicationFactor) implements MappingRule {}

    /** Each stream is a part of a topic that somebody else writes (DESIGN.md 9). */
    record Existing(PathTemplate template, TopicTemplate topic, Selection selection, ExistingStream stream)
            implements MappingRule {}

    /** There is nothing at these paths, whatever later rules say. */
    record Deny(PathTemplate template, String description) implements MappingRule {}
}
