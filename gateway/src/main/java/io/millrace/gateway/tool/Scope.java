package io.millrace.gateway.tool;

/** What a command looks at. */
public enum Scope {
    /** The configuration alone. */
    CONFIGURATION,

    /** The Kafka cluster as well. */
    CLUSTER
}
