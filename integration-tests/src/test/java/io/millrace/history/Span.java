package io.millrace.history;

/** From when a request was sent until its answer was there, in nanoseconds of one monotonic clock. */
public record Span(long startNanos, long endNanos) {

    public Span {
        if (endNanos < startNanos) {
            throw new IllegalArgumentException("an answer at " + endNanos + " to a request at " + startNanos);
        }
    }

    /** Whether the answer was there before the other request was sent. */
    boolean isBefore(Span other) {
        return endNanos < other.startNanos;
    }

    /** Whether there is a moment that is in both. */
    public boolean overlaps(Span other) {
        return startNanos <= other.endNanos && other.startNanos <= endNanos;
    }

    @Override
    public String toString() {
        return "[%.3f, %.3f s]".formatted(startNanos / 1e9, endNanos / 1e9);
    }
}
