package io.millrace.mapping.replay;

import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Retained;

/** A stream path as its partition's log, up to the replay's position, has it. */
public final class ReplayedStream {

    /** What every stream without a record has. */
    private static final OffsetIndex NONE = new OffsetIndex().snapshot();

    private StreamState state = StreamState.Absent.ABSENT;
    private OffsetIndex index = NONE;
    private long changedAt;

    ReplayedStream() {}

    /** As a checkpoint has it; {@code index} is its own from here on. */
    ReplayedStream(Retained state, OffsetIndex index) {
        this.state = state;
        this.index = index.count() == 0 ? NONE : index;
    }

    /** Its state. */
    public StreamState state() {
        return state;
    }

    /** The visible records of the incarnation that stands. */
    public OffsetIndex index() {
        return index;
    }

    /** The Kafka offset of the record that changed it last; 0 where a checkpoint has told of it. */
    long changedAt() {
        return changedAt;
    }

    /** Returns how many records of an earlier life nobody will read again. */
    int become(Retained next, long offset) {
        int left = 0;
        if (!sameIncarnation(state, next)) {
            left = index.count();
            index = NONE;
        }
        state = next;
        changedAt = offset;
        return left;
    }

    /** Adds a visible record; returns how many bytes of memory more the index takes now. */
    int show(long offset, int size) {
        if (index.count() > 0) {
            return index.add(offset, size);
        }
        index = new OffsetIndex();
        index.add(offset, size);
        return (int) indexBytes();
    }

    /** About how much memory its index takes. */
    long indexBytes() {
        return index.count() == 0 ? 0 : index.bytes();
    }

    static boolean sameIncarnation(StreamState before, StreamState after) {
        return before instanceof StreamState.Retained left
                && after instanceof StreamState.Retained right
                && left.incarnation().equals(right.incarnation());
    }
}
