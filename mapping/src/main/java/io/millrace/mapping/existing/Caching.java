package io.millrace.mapping.existing;

/** Who may keep a read's answer. */
public enum Caching {
    /** Anybody. */
    PUBLIC,

    /** The client itself. */
    PRIVATE,

    /** Nobody. */
    NONE
}
