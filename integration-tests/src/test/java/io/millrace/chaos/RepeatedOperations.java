package io.millrace.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The operations that a partition holds more than once, by their ids (docs/adr/0001-record-format-1.md).
 *
 * @param isVoid those that the counter rule makes void
 * @param isNot those that have an effect twice
 */
public record RepeatedOperations(List<String> isVoid, List<String> isNot) {

    /**
     * A record of the partition.
     *
     * @param key a path, the last {@code |}, and the operation's id
     * @param isReset whether the partition forgets all counters but this record's own
     */
    public record Entry(String key, boolean isReset) {

        String operation() {
            return key.substring(key.lastIndexOf('|') + 1);
        }
    }

    /** Those among {@code entries}, which are all of a partition in their order. */
    public static RepeatedOperations in(List<Entry> entries) {
        RepeatedOperations repeated = new RepeatedOperations(new ArrayList<>(), new ArrayList<>());
        Map<String, Long> counters = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Entry entry : entries) {
            String operation = entry.operation();
            int dot = operation.indexOf('.');
            String gateway = operation.substring(0, dot);
            long counter = Long.parseLong(operation.substring(dot + 1));
            boolean isVoid = counter <= counters.getOrDefault(gateway, 0L);
            if (isVoid) {
                repeated.isVoid.add(operation);
            } else {
                if (entry.isReset()) {
                    counters.clear();
                }
                counters.put(gateway, counter);
            }
            if (!seen.add(operation) && !isVoid) {
                repeated.isNot.add(operation);
            }
        }
        return repeated;
    }
}
