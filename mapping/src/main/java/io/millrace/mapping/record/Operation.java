package io.millrace.mapping.record;

import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import java.util.Optional;

/** What a gateway asks of a stream, as it stands in the log: nothing changes but by one of these (docs/adr/0001). */
public sealed interface Operation {

    /** Tells what this partition's topic is, to gateways that come later; the first accepted one stands. */
    record Setup(int partitions, String prefix) implements Operation {}

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
}
