package io.millrace.gateway.kafka;

import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamState.Retained;
import java.util.List;

/** What one partition has of a read. A fork's may be in several. */
sealed interface Piece {

    /**
     * Records in order, none perhaps.
     *
     * @param start stream position that was asked for
     * @param end   stream position to read on from
     */
    record Records(Retained stream, long start, long end, List<WireRecord> records) implements Piece {}

    /** What was asked for is inherited: the source that {@code origin} names has it, at the same offset. */
    record Inherited(Retained stream, ForkOrigin origin) implements Piece {}

    /** No records, but this answer. */
    record Refused(ReadAnswer answer) implements Piece {}
}
