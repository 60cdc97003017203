package io.millrace.mapping.existing;

/** What clients may do to a topic that somebody else writes. */
public enum Access {
    /** Read. */
    READ,

    /** Read, and append by plain produce, at least once. */
    APPEND
}
