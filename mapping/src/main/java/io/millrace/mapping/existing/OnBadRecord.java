package io.millrace.mapping.existing;

/** What stands in a JSON stream for a record that is no message of it. */
public enum OnBadRecord {
    /** Nothing. */
    SKIP,

    /** {@code null}, as the message or, in an envelope, as its value. */
    NULL,

    /** An object that says which record it is and what is wrong with it. */
    ERROR
}
