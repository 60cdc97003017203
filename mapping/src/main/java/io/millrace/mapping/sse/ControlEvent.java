package io.millrace.mapping.sse;

/** What a control event says about the reader's position (PROTOCOL.md 5.8). */
public sealed interface ControlEvent {

    /** The offset to go on from. */
    String nextOffset();

    /** More data is already there. */
    record Behind(String nextOffset, String cursor) implements ControlEvent {}

    /** The reader has all data that there is. */
    record UpToDate(String nextOffset, String cursor) implements ControlEvent {}

    /** The reader has all data that there will ever be; without a cursor, for there is nothing to come back for. */
    record Closed(String nextOffset) implements ControlEvent {}
}
