package io.millrace.mapping.http;

import io.millrace.mapping.http.QueryParameters.Parameter;

/** How a read goes on when it has reached the tail (PROTOCOL.md 5.6 to 5.8). */
public enum LiveMode {
    /** It ends. */
    CATCH_UP,
    /** It waits for one more append. */
    LONG_POLL,
    /** It stays and sends events. */
    SSE;

    /** A mode, or why it is none. */
    public sealed interface Parsed {

        /** The mode that was asked for. */
        record Valid(LiveMode mode) implements Parsed {}

        /** Another word than the protocol's: 400, for a client that asked for live must not take catch-up for it. */
        record Malformed(String reason) implements Parsed {}
    }

    /** Reads the {@code live} parameter. */
    public static Parsed parse(QueryParameters query) {
        return switch (query.parameter(QueryParameters.LIVE)) {
            case Parameter.Absent() -> new Parsed.Valid(CATCH_UP);
            case Parameter.Repeated() -> new Parsed.Malformed("live is given more than once");
            case Parameter.Value(String text) ->
                switch (text) {
                    case "long-poll" -> new Parsed.Valid(LONG_POLL);
                    case "sse" -> new Parsed.Valid(SSE);
                    default -> new Parsed.Malformed("live must be long-poll or sse");
                };
        };
    }
}
