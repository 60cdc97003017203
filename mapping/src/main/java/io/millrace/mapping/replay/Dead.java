package io.millrace.mapping.replay;

import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.StreamPath;
import java.util.HashMap;
import java.util.Map;

/**
 * The records of a shared partition that may be removed because a checkpoint tells all that is needed of them
 * (docs/adr/0001, "Partition operations"). Asked of one record after the other, in log order. Not safe for use by several
 * threads.
 */
public final class Dead {

    private final long below;
    private final Map<StreamPath, OffsetIndex> alive = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();

    /** As {@code checkpoint} says, which is of all streams. */
    public Dead(Snapshot checkpoint) {
        if (checkpoint.since() != 0) {
            throw new IllegalArgumentException("what has not changed may be alive");
        }
        below = checkpoint.asOf();
        checkpoint.streams().forEach(stream -> alive.put(stream.path(), stream.index()));
    }

    /** No record at this Kafka offset or above is dead. */
    public long below() {
        return below;
    }

    /** Whether {@code record} is one of them; what is not ours, or not well-formed, never is. */
    public boolean holds(LogRecord record) {
        if (record.offset() >= below || !(RecordCodec.decode(record) instanceof Decoded.Ours(Sent sent))) {
            return false;
        }
        OperationId id = sent.id();
        Long last = counters.get(id.gateway());
        if (last != null && id.counter() <= last) {
            return false; // it landed twice: its key is that of the first, which may be alive
        }
        counters.put(id.gateway(), id.counter());
        if (sent.operation() instanceof Operation.Setup) {
            return false;
        }
        OffsetIndex visible = alive.get(sent.path());
        return visible == null || !visible.holds(record.offset());
    }
}
