package io.millrace.history;

/** Why a request was refused. */
public sealed interface Refusal {

    /** There is no such stream. */
    record Absent() implements Refusal {}

    /** The stream is closed. */
    record Closed() implements Refusal {}

    /** A producer's earlier append is missing. */
    record Gap(long expected, long received) implements Refusal {}

    /** A producer's later epoch is known. */
    record Fenced(long epoch) implements Refusal {}

    /** A producer's new epoch did not begin with 0. */
    record EpochNotOpened() implements Refusal {}

    /** {@code Stream-Seq} is not above the last one. */
    record Regression() implements Refusal {}

    /** Not now: nothing was written, or nobody was reached. */
    record Unavailable() implements Refusal {}

    /** An answer that the clients' requests cannot be a reason for. */
    record Unexpected(String answer) implements Refusal {}
}
