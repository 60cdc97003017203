package io.millrace.mapping.record;

import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.util.Optional;

/** What a gateway asks of a stream, as it stands in the log: nothing changes but by one of these (docs/adr/0001). */
public sealed interface Operation {

    /** The data that it holds for readers; {@link Payload#NONE} where it holds none. */
    default Payload payload() {
        return Payload.NONE;
    }

    /** Concerns no stream, but the partition that it stands in. */
    sealed interface OnPartition extends Operation {}

    /** Tells what this partition's topic is, to gateways that come later; the first accepted one stands. */
    record Setup(int partitions, String prefix) implements OnPartition {}

    /**
     * A checkpoint of the partition is complete: all of its parts are in Kafka.
     *
     * @param logTimeMillis log time as of it, epoch milliseconds
     * @param leaderEpoch   Kafka's leader epoch of the record before it, so that a truncated log is noticed
     * @param dead          how many records had been of no use any more, as of it, since the log began
     */
    record Checkpoint(CheckpointName name, long logTimeMillis, int leaderEpoch, long dead) implements OnPartition {
        /** It holds what the records below this Kafka offset came to. */
        public long asOf() {
            return name.asOf();
        }
    }

    /** From here on records below the Kafka offset {@code below}, 1 or more, may be removed that nothing needs. */
    record ThinTo(long below) implements OnPartition {}

    /** Opens a stream, with initial data where the payload is not empty, and closed at once where asked. */
    record Create(StreamConfiguration configuration, Payload payload, boolean closed) implements Operation {}

    /** An operation on one incarnation: on any other it is void. */
    sealed interface OnIncarnation extends Operation {
        /** The incarnation it is meant for. */
        Incarnation incarnation();
    }

    /** Adds data, and closes the stream with it where asked (PROTOCOL.md 5.2). */
    record Append(
            Incarnation incarnation,
            Payload payload,
            Optional<ProducerStamp> producer,
            Optional<String> streamSeq,
            boolean closes)
            implements OnIncarnation {}

    /** Closes the stream without data (PROTOCOL.md 5.3). */
    record Close(Incarnation incarnation, Optional<ProducerStamp> producer) implements OnIncarnation {}

    /** Ends the stream at a client's request (PROTOCOL.md 5.4). */
    record Delete(Incarnation incarnation) implements OnIncarnation {}

    /** Ends the stream where its time is over. */
    record Expire(Incarnation incarnation) implements OnIncarnation {}

    /** Logs that the stream was read, for its sliding TTL. */
    record Touch(Incarnation incarnation) implements OnIncarnation {}

    /** Keeps the source's records for the fork that is about to be created at {@code fork} (PROTOCOL.md 4.2). */
    record ForkRef(Incarnation incarnation, StreamPath fork) implements OnIncarnation {}

    /** The fork of {@code reference} is no more, or will never be. */
    record ForkUnref(Incarnation incarnation, String reference) implements OnIncarnation {}

    /**
     * From here on no fork is created with {@code reference}; on the fork's path.
     *
     * @param timeMillis the reference's time
     */
    record ForkCancel(String reference, long timeMillis) implements Operation {}
}
