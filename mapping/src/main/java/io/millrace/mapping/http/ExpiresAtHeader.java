package io.millrace.mapping.http;

import io.millrace.mapping.http.RequestHeaders.Field;
import java.time.Instant;

/**
 * A stream's absolute end as {@code Stream-Expires-At} gives it: an RFC 3339 timestamp (PROTOCOL.md 5.1). A time in the
 * past is well-formed; a leap second is the first second of the next minute; fractions are cut off at nanoseconds.
 */
public sealed interface ExpiresAtHeader {

    /** No end was asked for. */
    record None() implements ExpiresAtHeader {}

    /** The stream ends at this time; {@code text} is how the client wrote it. */
    record At(Instant instant, String text) implements ExpiresAtHeader {}

    /** The header is not an RFC 3339 timestamp: 400. */
    record Malformed(String reason) implements ExpiresAtHeader {}

    /** Reads the header. */
    static ExpiresAtHeader parse(RequestHeaders headers) {
        return switch (headers.field(StreamHeaders.STREAM_EXPIRES_AT)) {
            case Field.Absent() -> new None();
            case Field.Repeated() -> new Malformed("Stream-Expires-At is given more than once");
            case Field.Value(String text) ->
                Rfc3339.parse(text)
                        .<ExpiresAtHeader>map(instant -> new At(instant, text))
                        .orElseGet(() -> new Malformed(
                                "Stream-Expires-At must be an RFC 3339 timestamp such as 2030-01-31T12:00:00Z"));
        };
    }
}
