package io.millrace.mapping.http;

/** When a stream that is being created shall end, by its two headers together (PROTOCOL.md 5.1). */
public sealed interface ExpiryHeaders {

    /** Never by itself. */
    record Never() implements ExpiryHeaders {}

    /** When it was not accessed for this long. */
    record Sliding(TtlHeader.Seconds ttl) implements ExpiryHeaders {}

    /** At this time. */
    record Absolute(ExpiresAtHeader.At at) implements ExpiryHeaders {}

    /** A header is malformed, or both are there: 400. */
    record Malformed(String reason) implements ExpiryHeaders {}

    /** Reads both headers. */
    static ExpiryHeaders parse(RequestHeaders headers) {
        return switch (TtlHeader.parse(headers)) {
            case TtlHeader.Malformed(String reason) -> new Malformed(reason);
            case TtlHeader.None() ->
                switch (ExpiresAtHeader.parse(headers)) {
                    case ExpiresAtHeader.Malformed(String reason) -> new Malformed(reason);
                    case ExpiresAtHeader.None() -> new Never();
                    case ExpiresAtHeader.At at -> new Absolute(at);
                };
            case TtlHeader.Seconds ttl ->
                switch (ExpiresAtHeader.parse(headers)) {
                    case ExpiresAtHeader.Malformed(String reason) -> new Malformed(reason);
                    case ExpiresAtHeader.None() -> new Sliding(ttl);
                    case ExpiresAtHeader.At _ ->
                        new Malformed("Stream-TTL and Stream-Expires-At exclude each other: send one of them");
                };
        };
    }
}
