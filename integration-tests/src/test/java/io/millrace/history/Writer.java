package io.millrace.history;

/** The headers by which an append says what it is to follow. */
public sealed interface Writer {

    /** None. */
    record Plain() implements Writer {}

    /** Those of an idempotent producer. */
    record Producer(String id, long epoch, long seq) implements Writer {}

    /** {@code Stream-Seq}. */
    record Sequenced(String streamSeq) implements Writer {}
}
