package io.millrace.mapping.replay;

/** How a managed topic's partition holds streams. */
public enum TopicKind {
    /** Many streams in one compacted partition. */
    SHARED,
    /** One stream is the whole partition; native producers may write to it. */
    DEDICATED
}
