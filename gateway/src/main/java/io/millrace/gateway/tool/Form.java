package io.millrace.gateway.tool;

/** How a command prints what it found. */
public enum Form {
    /** Sentences, for people. */
    TEXT,

    /** One JSON object, for programs. */
    JSON
}
