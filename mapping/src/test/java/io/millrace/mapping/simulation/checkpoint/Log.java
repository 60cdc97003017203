package io.millrace.mapping.simulation.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.simulation.Chance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One partition of a compacted topic on a broker. */
final class Log {

    /** Kafka does not clean the segment that it writes to. */
    private static final int ACTIVE = 5;

    /**
     * What a fetch brings.
     *
     * @param position where the consumer reads on
     */
    record Fetched(List<LogRecord> records, long position) {}

    /** A record that is still there, and its key. */
    private record Slot(LogRecord record, String key) {
        boolean isTombstone() {
            return record.value() == null;
        }
    }

    private final List<Optional<Slot>> slots = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private final Set<Long> twins = new HashSet<>();
    private long settledBelow;

    /** The offset of the next record. */
    long end() {
        return slots.size();
    }

    /** What was cleaned followed from records below this offset: the log cannot be truncated below it. */
    long settledBelow() {
        return settledBelow;
    }

    /** Adds a record, which must be at the end. */
    void append(LogRecord record) {
        String key = record.key() == null ? "" : new String(record.key(), ISO_8859_1);
        if (record.value() != null && !key.isEmpty() && !keys.add(key)) {
            twins.add(record.offset());
        }
        slots.add(Optional.of(new Slot(record, key)));
    }

    /** Adds what no consumer is given. */
    void appendControlRecord() {
        slots.add(Optional.empty());
    }

    /** Whether the record at {@code offset} is there. */
    boolean holds(long offset) {
        return slots.get((int) offset).isPresent();
    }

    /** The record at {@code offset}, which is there. */
    LogRecord record(long offset) {
        return slots.get((int) offset).orElseThrow().record();
    }

    /** Reads at most {@code most} records. */
    Fetched fetch(long from, int most) {
        List<LogRecord> records = new ArrayList<>();
        long position = from;
        while (position < end() && records.size() < most) {
            slots.get((int) position).ifPresent(slot -> records.add(slot.record()));
            position++;
        }
        return new Fetched(records, position);
    }

    /** A replica that did not have all takes the lead. */
    void truncate(long to) {
        slots.subList((int) to, slots.size()).clear();
        twins.removeIf(offset -> offset >= to);
    }

    /**
     * The cleaner comes by and removes some of what has a later record under its key, and of the tombstones under whose
     * key nothing else is left. A record that landed twice stays: Kafka would keep the second one only, which is why an
     * operation whose record lands twice is an alarm.
     */
    int clean(Chance chance) {
        Map<String, Long> latest = new HashMap<>();
        Set<String> tombstones = new HashSet<>();
        for (Optional<Slot> slot : slots) {
            slot.filter(one -> !one.key().isEmpty()).ifPresent(one -> {
                if (one.isTombstone()) {
                    tombstones.add(one.key());
                }
                latest.put(one.key(), one.record().offset());
            });
        }
        Map<String, Integer> left = new HashMap<>();
        int thoroughness = chance.between(1, 6);
        int removed = 0;
        for (int offset = 0; offset < slots.size() - ACTIVE; offset++) {
            Optional<Slot> slot = slots.get(offset);
            if (slot.isEmpty() || slot.get().key().isEmpty()) {
                continue;
            }
            String key = slot.get().key();
            long last = latest.getOrDefault(key, 0L);
            boolean superseded =
                    offset < last && (tombstones.contains(key) || key.startsWith(World.FOREIGN)) && !isTwin(offset);
            boolean spent = slot.get().isTombstone() && offset == last && !left.containsKey(key);
            if ((superseded || spent) && !chance.oneIn(thoroughness + 1)) {
                settledBelow = Math.max(settledBelow, last + 1);
                slots.set(offset, Optional.empty());
                removed++;
            } else {
                left.merge(key, 1, Integer::sum);
            }
        }
        return removed;
    }

    private boolean isTwin(long offset) {
        return twins.contains(offset);
    }
}
