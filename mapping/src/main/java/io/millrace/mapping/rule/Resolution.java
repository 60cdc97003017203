package io.millrace.mapping.rule;

import io.millrace.mapping.existing.ExistingStream;
import io.millrace.mapping.existing.Partitioner;
import java.util.Arrays;

/** Where the rules say that a stream lives. */
public sealed interface Resolution {

    /** In one partition of a shared topic, among other streams. */
    record SharedPartition(String topic, int partition) implements Resolution {}

    /** In partition 0 of a topic of its own, created with this replication factor when the stream is. */
    record DedicatedTopic(String topic, int replicationFactor) implements Resolution {}

    /** In a topic that somebody else writes. */
    sealed interface Existing extends Resolution {

        /** That topic. */
        String topic();

        /** What the rule says of the stream. */
        ExistingStream stream();
    }

    /** One partition of it, which the topic may not have. */
    record ExistingPartition(String topic, int partition, ExistingStream stream) implements Existing {}

    /** The records of one key in it; the partition follows from how many the topic has. */
    @SuppressWarnings("ArrayRecordComponent") // compares by content
    record ExistingKey(String topic, byte[] key, Partitioner partitioner, ExistingStream stream) implements Existing {

        @Override
        public boolean equals(Object other) {
            return other instanceof ExistingKey that
                    && topic.equals(that.topic)
                    && Arrays.equals(key, that.key)
                    && partitioner == that.partitioner
                    && stream.equals(that.stream);
        }

        @Override
        public int hashCode() {
            return 31 * topic.hashCode() + Arrays.hashCode(key);
        }
    }

    /** Nowhere: a rule, or the list of topics that are never shown, says so; 403. */
    record Denied(String reason) implements Resolution {}

    /** Nowhere: the path's variables name no partition or key that there could be; 404. */
    record NoSuchPart(String reason) implements Resolution {}

    /** Nowhere: no rule matches. */
    record NoRule() implements Resolution {}

    /** Nowhere: the rule that matches gives a name that no topic of a stream may have; 400. */
    record IllegalTopic(String topic, String reason) implements Resolution {}
}
