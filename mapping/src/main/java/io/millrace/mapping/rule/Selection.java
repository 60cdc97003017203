package io.millrace.mapping.rule;

import io.millrace.mapping.existing.Partitioner;

/** Which part of a topic a path of an existing topic's rule means. The texts may hold the path's variables. */
public sealed interface Selection {

    /** One partition. */
    record Partition(TextTemplate number) implements Selection {}

    /** The records of one key, in the partition that the topic's producers put it into. */
    record Key(TextTemplate key, Partitioner partitioner) implements Selection {}
}
