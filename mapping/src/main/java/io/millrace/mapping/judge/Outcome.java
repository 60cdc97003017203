package io.millrace.mapping.judge;

import io.millrace.mapping.record.Operation;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;

/** What became of an operation. */
public sealed interface Outcome {

    /** The operation took effect, at its record. */
    sealed interface Accepted extends Outcome {}

    /** The operation changed nothing; a record of it is void. */
    sealed interface Refused extends Outcome {}

    /** The operation may have ended a stream, or taken the place of one whose time was over. */
    sealed interface Ending extends Accepted {
        /** What that leaves to do. */
        Release release();
    }

    /** The stream is new. */
    record Created(Standing stream, Release release) implements Ending {}

    /** The data is in the stream. */
    record Appended(Standing stream, Optional<ProducerStamp> producer) implements Accepted {}

    /** The stream is closed by this. */
    record ClosedNow(Closed stream, Optional<ProducerStamp> producer) implements Accepted {}

    /** The stream has ended by this, at a client's request. */
    record Deleted(Release release) implements Ending {}

    /** The stream has ended by this, its time being over. */
    record Expired(Release release) implements Ending {}

    /** The access is logged. */
    record Touched() implements Accepted {}

    /** The topic's setup stands. */
    record SetUp() implements Accepted {}

    /** The checkpoint is the newest. */
    record Checkpointed(Operation.Checkpoint checkpoint) implements Accepted {}

    /** The partition is whole only from {@code below} on. */
    record Thinned(long below) implements Accepted {}

    /** The source keeps its records for the fork of {@code reference} from this on. */
    record Referenced(ForkOrigin.Reference reference) implements Accepted {}

    /** The source keeps nothing for that fork any more. */
    record Unreferenced(Release release) implements Ending {}

    /** No fork will be created with the reference. */
    record ReferenceCancelled() implements Accepted {}

    /**
     * What the end of a stream leaves to do.
     *
     * @param origin the end was that of a fork, with no fork of its own left, and its source still keeps records for it
     */
    record Release(Optional<ForkOrigin> origin) {
        /** Nothing. */
        public static final Release NOTHING = new Release(Optional.empty());
    }

    /** A stream stands at the path already; {@code sameConfiguration} tells whether it is what was asked for. */
    record Existing(Standing stream, boolean sameConfiguration) implements Refused {}

    /** The dedicated topic belongs to another path. */
    record TopicTaken(StreamPath owner) implements Refused {}

    /** The stream holds this append already. */
    record Duplicate(Standing stream, long epoch, long lastSeq) implements Refused {}

    /** A later epoch of the producer has taken over. */
    record Fenced(long currentEpoch) implements Refused {}

    /** A new epoch must open with sequence 0. */
    record EpochNotOpened(long epoch, long seq) implements Refused {}

    /** An earlier append of the producer is missing. */
    record SequenceGap(long expected, long received) implements Refused {}

    /** The Stream-Seq is not above the last one. */
    record StreamSeqRegression(String last, String received) implements Refused {}

    /** A closed stream takes no data. */
    record AppendToClosed(Closed stream) implements Refused {}

    /** The stream is closed, as asked, since earlier. */
    record ClosedBefore(Closed stream) implements Refused {}

    /** The append's content type is not the stream's. */
    record ContentTypeMismatch(MediaType configured) implements Refused {}

    /** The body is not what the stream's content type asks for. */
    record BodyRefused(String reason) implements Refused {}

    /** Nothing stands at the path. */
    record NoSuchStream() implements Refused {}

    /** The stream has ended, and forks inherit from it: it is gone for its clients (PROTOCOL.md 4.2). */
    record SoftDeleted() implements Refused {}

    /** A stream that has ended, and that forks inherit from, holds the path: nothing can be created here. */
    record PathHeld() implements Refused {}

    /** The stream to fork is not there. */
    record NoSuchSource(StreamPath source) implements Refused {}

    /** The stream to fork has ended, though other forks still inherit from it. */
    record SourceSoftDeleted(StreamPath source) implements Refused {}

    /** The stream to fork has no such divergence point. */
    record ForkPointRefused(String reason) implements Refused {}

    /** The fork's reference was cancelled, or is too old: a new one is needed. */
    record ReferenceVoid() implements Refused {}

    /** The fork stands: its reference is not to be cancelled. */
    record ForkStands() implements Refused {}

    /** The source does not know the reference. */
    record NoSuchReference() implements Refused {}

    /** The operation was meant for another life of the path. */
    record OtherIncarnation() implements Refused {}

    /** The stream's time is not over. */
    record NotExpired() implements Refused {}

    /** A setup stands already, and is this one or another. */
    record SetUpBefore(boolean same) implements Refused {}

    /** Another checkpoint, as of the same offset or a later one, was accepted before; or this one is of what was not yet. */
    record CheckpointSuperseded() implements Refused {}

    /** No two checkpoints cover what was to be thinned, or it is thinned already. */
    record NotThinned() implements Refused {}

    /** The gateway that sent this had sent a later one before it: never judged. An alarm. */
    record CounterRegression(long last) implements Refused {}
}
