package io.millrace.mapping.existing;

import java.util.List;

/** What clients may do to a topic that somebody else writes. */
public enum Access {
    /** Read. */
    READ,

    /** Read, and append by plain produce, at least once. */
    APPEND;

    /** The HTTP methods that may be used. */
    public List<String> methods() {
        return switch (this) {
            case READ -> List.of("GET", "HEAD", "PUT", "OPTIONS");
            case APPEND -> List.of("GET", "HEAD", "PUT", "POST", "OPTIONS");
        };
    }
}
