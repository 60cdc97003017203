package io.millrace.mapping.http;

import io.millrace.mapping.http.RequestHeaders.Field;

/** The writer's own mark of an append's place, compared with the last one byte by byte (PROTOCOL.md 5.2). */
public sealed interface StreamSeqHeader {

    /** Longest text; it stands in the record and in the stream's state. */
    int MAX_LENGTH = 256;

    /** The append has no such mark. */
    record None() implements StreamSeqHeader {}

    /** The mark. */
    record Mark(String text) implements StreamSeqHeader {}

    /** The header contradicts the protocol: 400. */
    record Malformed(String reason) implements StreamSeqHeader {}

    /** Reads the header. */
    static StreamSeqHeader parse(RequestHeaders headers) {
        return switch (headers.field(StreamHeaders.STREAM_SEQ)) {
            case Field.Absent() -> new None();
            case Field.Repeated() -> new Malformed("Stream-Seq is given more than once");
            case Field.Value(String text)
            when text.isEmpty() || text.length() > MAX_LENGTH ->
                new Malformed("Stream-Seq must have 1 to " + MAX_LENGTH + " characters");
            case Field.Value(String text)
            when !PrintableAscii.isAll(text) -> new Malformed("Stream-Seq " + PrintableAscii.DEMAND);
            case Field.Value(String text) -> new Mark(text);
        };
    }
}
