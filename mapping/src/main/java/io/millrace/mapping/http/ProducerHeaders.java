package io.millrace.mapping.http;

import io.millrace.mapping.http.RequestHeaders.Field;
import org.jspecify.annotations.Nullable;

/** What an append says about its idempotent producer (PROTOCOL.md 5.2.1): all three headers or none. */
public sealed interface ProducerHeaders {

    /** Longest producer id; every producer's id is kept as long as its stream. */
    int MAX_ID_LENGTH = 256;

    /** Largest epoch and sequence: what JavaScript can hold exactly. */
    long MAX_NUMBER = DecimalNumber.MAX;

    /** The append has no idempotent producer. */
    record None() implements ProducerHeaders {}

    /** The append is number {@code seq} of this producer's epoch. */
    record Present(String id, long epoch, long seq) implements ProducerHeaders {}

    /** The headers contradict the protocol: 400. */
    record Malformed(String reason) implements ProducerHeaders {}

    /** Reads the three headers. */
    static ProducerHeaders parse(RequestHeaders headers) {
        Field id = headers.field(StreamHeaders.PRODUCER_ID);
        Field epoch = headers.field(StreamHeaders.PRODUCER_EPOCH);
        Field seq = headers.field(StreamHeaders.PRODUCER_SEQ);
        if (id instanceof Field.Absent && epoch instanceof Field.Absent && seq instanceof Field.Absent) {
            return new None();
        }
        if (id instanceof Field.Absent || epoch instanceof Field.Absent || seq instanceof Field.Absent) {
            return new Malformed("Producer-Id, Producer-Epoch and Producer-Seq go together: all three or none");
        }
        if (!(id instanceof Field.Value(String idText)
                && epoch instanceof Field.Value(String epochText)
                && seq instanceof Field.Value(String seqText))) {
            return new Malformed("a Producer-* header is given more than once");
        }
        String flaw = flawOfId(idText);
        if (flaw != null) {
            return new Malformed(flaw);
        }
        long epochNumber = DecimalNumber.parse(epochText);
        long seqNumber = DecimalNumber.parse(seqText);
        if (epochNumber < 0) {
            return new Malformed("Producer-Epoch must be an integer between 0 and 2^53-1 in decimal digits");
        }
        if (seqNumber < 0) {
            return new Malformed("Producer-Seq must be an integer between 0 and 2^53-1 in decimal digits");
        }
        return new Present(idText, epochNumber, seqNumber);
    }

    private static @Nullable String flawOfId(String id) {
        if (id.isEmpty()) {
            return "Producer-Id must not be empty";
        }
        if (!PrintableAscii.isAll(id)) {
            return "Producer-Id " + PrintableAscii.DEMAND;
        }
        if (id.length() > MAX_ID_LENGTH) {
            return "Producer-Id is longer than " + MAX_ID_LENGTH + " characters";
        }
        return null;
    }
}
