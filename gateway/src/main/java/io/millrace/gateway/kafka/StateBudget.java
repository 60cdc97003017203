package io.millrace.gateway.kafka;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How much memory the states and indexes of the partitions of this gateway take together, and how much they may. */
final class StateBudget {

    private final long limit;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong streams = new AtomicLong();
    private volatile int waiting;
    private long stirs;

    StateBudget(long limit) {
        this.limit = limit;
    }

    long limit() {
        return limit;
    }

    long bytes() {
        return bytes.get();
    }

    long streams() {
        return streams.get();
    }

    /** A partition takes so much more than it did, or less. */
    void change(long moreBytes, long moreStreams) {
        bytes.addAndGet(moreBytes);
        streams.addAndGet(moreStreams);
        if (moreBytes < 0) {
            stir();
        }
    }

    boolean isExceeded() {
        return bytes.get() > limit;
    }

    /** Memory was given back, or a partition that nobody uses now could be made to. */
    void stir() {
        if (waiting > 0) {
            synchronized (this) {
                stirs++;
                notifyAll();
            }
        }
    }

    /** What may come true when something is stirred. */
    @FunctionalInterface
    interface Condition {
        boolean holds();
    }

    /** Waits until {@code condition} holds; false where {@code patience} passed without it. */
    boolean await(Condition condition, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        long seen;
        synchronized (this) {
            waiting++;
            seen = stirs;
        }
        try {
            while (!condition.holds()) {
                synchronized (this) {
                    while (stirs == seen) {
                        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                        if (left <= 0) {
                            return false;
                        }
                        wait(left);
                    }
                    seen = stirs;
                }
            }
            return true;
        } finally {
            synchronized (this) {
                waiting--;
            }
        }
    }
}
