package io.millrace.bench;

/** A server answered what no workload can go on from, or the bench cannot run; says what in a sentence. */
public final class BenchFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Ends the run with {@code message}. */
    public BenchFailure(String message) {
        super(message);
    }

    BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
