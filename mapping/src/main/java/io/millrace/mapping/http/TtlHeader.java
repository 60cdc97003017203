package io.millrace.mapping.http;

import io.millrace.mapping.http.RequestHeaders.Field;
import java.time.Duration;

/** A stream's sliding time to live as {@code Stream-TTL} gives it (PROTOCOL.md 5.1). */
public sealed interface TtlHeader {

    /**
     * Longest time to live, some 31,700 years: in milliseconds, and added to any time of day, it is still a number that
     * JavaScript can hold exactly.
     */
    long MAX_SECONDS = 1_000_000_000_000L;

    /** No time to live was asked for. */
    record None() implements TtlHeader {}

    /** The stream ends when it was not accessed for this long. */
    record Seconds(long seconds) implements TtlHeader {

        /** The same span as a duration. */
        public Duration duration() {
            return Duration.ofSeconds(seconds);
        }
    }

    /** The header contradicts the grammar: 400. */
    record Malformed(String reason) implements TtlHeader {}

    /** Reads the header. */
    static TtlHeader parse(RequestHeaders headers) {
        return switch (headers.field(StreamHeaders.STREAM_TTL)) {
            case Field.Absent() -> new None();
            case Field.Repeated() -> new Malformed("Stream-TTL is given more than once");
            case Field.Value(String text) -> parse(text);
        };
    }

    private static TtlHeader parse(String text) {
        boolean leadingZero = text.length() > 1 && text.charAt(0) == '0';
        long seconds = leadingZero ? -1 : DecimalNumber.parse(text);
        if (seconds < 0 || seconds > MAX_SECONDS) {
            return new Malformed(
                    "Stream-TTL must be seconds as a plain decimal integer without sign, point, exponent or"
                            + " leading zeros, at most " + MAX_SECONDS);
        }
        return new Seconds(seconds);
    }
}
