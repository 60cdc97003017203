package io.millrace.mapping.rule;

/** Where the rules say that a stream lives. */
public sealed interface Resolution {

    /** In one partition of a shared topic, among other streams. */
    record SharedPartition(String topic, int partition) implements Resolution {}

    /** In partition 0 of a topic of its own, created with this replication factor when the stream is. */
    record DedicatedTopic(String topic, int replicationFactor) implements Resolution {}

    /** Nowhere: no rule matches. */
    record NoRule() implements Resolution {}

    /** Nowhere: the rule that matches gives a name that a dedicated topic must not have; 400. */
    record IllegalTopic(String topic, String reason) implements Resolution {}
}
