package io.millrace.mapping.simulation;

import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One partition on a broker. Some offsets hold control records, which no consumer is given. */
public final class SimulatedLog {

    /**
     * What a fetch brings.
     *
     * @param position where the consumer reads on
     * @param end      the end of the log when it was fetched
     */
    public record Fetched(List<LogRecord> records, long position, long end) {}

    private final List<Optional<LogRecord>> slots = new ArrayList<>();
    private long start;

    /** The first offset that is kept. */
    public long start() {
        return start;
    }

    /** The offset of the next record. */
    public long end() {
        return slots.size();
    }

    /** Adds a record. */
    public LogRecord append(
            long timestampMillis, byte @Nullable [] key, List<Header> headers, byte @Nullable [] value) {
        LogRecord record = new LogRecord(end(), timestampMillis, key, headers, value);
        slots.add(Optional.of(record));
        return record;
    }

    /** Adds what no consumer is given. */
    public void appendControlRecord() {
        slots.add(Optional.empty());
    }

    /** Kafka's DeleteRecords. */
    public void deleteRecordsBelow(long offset) {
        start = Math.max(start, offset);
    }

    /** Reads at most {@code most} records; empty where {@code from} is out of range. */
    public Optional<Fetched> fetch(long from, int most) {
        if (from < start || from > end()) {
            return Optional.empty();
        }
        List<LogRecord> records = new ArrayList<>();
        long position = from;
        while (position < end() && records.size() < most) {
            slots.get((int) position).ifPresent(records::add);
            position++;
        }
        // control records behind the last one are passed over at once
        while (position < end() && slots.get((int) position).isEmpty()) {
            position++;
        }
        return Optional.of(new Fetched(records, position, end()));
    }
}
