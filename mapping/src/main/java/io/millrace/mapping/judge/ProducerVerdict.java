package io.millrace.mapping.judge;

import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.ProducerState;
import org.jspecify.annotations.Nullable;

/** What an append by an idempotent producer means, given what the stream remembers of that producer. */
public sealed interface ProducerVerdict {

    /** The append is new. */
    record Accepted() implements ProducerVerdict {}

    /** The stream already holds this append. */
    record Duplicate(long epoch, long lastSeq) implements ProducerVerdict {}

    /** A later epoch of the producer has taken over. */
    record Fenced(long currentEpoch) implements ProducerVerdict {}

    /** A new epoch must open with sequence 0. */
    record EpochNotOpened(long epoch, long seq) implements ProducerVerdict {}

    /** An earlier append is missing. */
    record SequenceGap(long expected, long received) implements ProducerVerdict {}

    /**
     * PROTOCOL.md 5.2.1, "Validation Logic". A producer that the stream has never seen may come with any epoch and
     * begins at sequence 0.
     */
    static ProducerVerdict of(@Nullable ProducerState known, ProducerStamp stamp) {
        if (known == null) {
            return stamp.seq() == 0 ? new Accepted() : new SequenceGap(0, stamp.seq());
        }
        if (stamp.epoch() < known.epoch()) {
            return new Fenced(known.epoch());
        }
        if (stamp.epoch() > known.epoch()) {
            return stamp.seq() == 0 ? new Accepted() : new EpochNotOpened(stamp.epoch(), stamp.seq());
        }
        if (stamp.seq() <= known.lastSeq()) {
            return new Duplicate(known.epoch(), known.lastSeq());
        }
        return stamp.seq() == known.lastSeq() + 1 ? new Accepted() : new SequenceGap(known.lastSeq() + 1, stamp.seq());
    }
}
