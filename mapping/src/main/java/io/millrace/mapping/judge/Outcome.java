package io.millrace.mapping.judge;

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

    /** The stream is new. */
    record Created(Standing stream) implements Accepted {}

    /** The data is in the stream. */
    record Appended(Standing stream, Optional<ProducerStamp> producer) implements Accepted {}

    /** The stream is closed by this. */
    record ClosedNow(Closed stream, Optional<ProducerStamp> producer) implements Accepted {}

    /** The stream is gone by this, at a client's request. */
    record Deleted() implements Accepted {}

    /** The stream is gone by this, its time being over. */
    record Expired() implements Accepted {}

    /** The access is logged. */
    record Touched() implements Accepted {}

    /** The topic's setup stands. */
    record SetUp() implements Accepted {}

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

    /** The operation was meant for another life of the path. */
    record OtherIncarnation() implements Refused {}

    /** The stream's time is not over. */
    record NotExpired() implements Refused {}

    /** A setup stands already, and is this one or another. */
    record SetUpBefore(boolean same) implements Refused {}

    /** The gateway that sent this had sent a later one before it: never judged. An alarm. */
    record CounterRegression(long last) implements Refused {}
}
