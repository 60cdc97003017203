package io.millrace.mapping.rule;

import io.millrace.mapping.existing.Partitioner;
import java.util.OptionalInt;

/** Which part of a topic a path of an existing topic's rule means. The texts may hold the path's variables. */
public sealed interface Selection {

    /** One partition. */
    record Partition(TextTemplate number) implements Selection {

        /** Its number where that does not depend on the path. */
        public OptionalInt fixed() {
            return number.variables().isEmpty()
                    ? MappingRules.parsePartition(number.expand(name -> name))
                    : OptionalInt.empty();
        }
    }

    /** The records of one key, in the partition that the topic's producers put it into. */
    record Key(TextTemplate key, Partitioner partitioner) implements Selection {}
}
