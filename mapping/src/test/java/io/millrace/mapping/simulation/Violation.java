package io.millrace.mapping.simulation;

/** Thrown where the simulated world broke a promise. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With what was broken. */
    public Violation(String message) {
        super(message);
    }

    /** With what was broken, and how it came to light. */
    public Violation(String message, Throwable cause) {
        super(message, cause);
    }
}
