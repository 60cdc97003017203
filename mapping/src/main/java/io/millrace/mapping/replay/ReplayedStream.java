package io.millrace.mapping.replay;

import io.millrace.mapping.stream.StreamState;

/** A stream path as its partition's log, up to the replay's position, has it. */
public final class ReplayedStream {

    private StreamState state = StreamState.Absent.ABSENT;
    private OffsetIndex index = new OffsetIndex();

    ReplayedStream() {}

    /** Its state. */
    public StreamState state() {
        return state;
    }

    /** The visible records of the incarnation that stands. */
    public OffsetIndex index() {
        return index;
    }

    void become(StreamState next) {
        if (!sameIncarnation(state, next)) {
            index = new OffsetIndex();
        }
        state = next;
    }

    private static boolean sameIncarnation(StreamState before, StreamState after) {
        return before instanceof StreamState.Standing left
                && after instanceof StreamState.Standing right
                && left.incarnation().equals(right.incarnation());
    }
}
