package io.millrace.gateway.kafka;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Wakes one waiting thread; raised while nobody waits, it ends the next wait. */
final class Signal implements Deadlines.Waiter {

    private volatile boolean raised;
    private volatile @Nullable Thread waiting;

    /** When the wait is to end, by {@link System#nanoTime}; written before {@link #waiting}. */
    private long deadlineNanos;

    void raise() {
        raised = true;
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits for the signal and takes it down; false where {@code timeout} passed without it. */
    boolean await(Duration timeout) throws InterruptedException {
        return await(timeout, true);
    }

    /** The same for who has joined {@link Deadlines}, which end it: perhaps a little later, but without a timer. */
    boolean awaitRoughly(Duration timeout) throws InterruptedException {
        return await(timeout, false);
    }

    private boolean await(Duration timeout, boolean timed) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        deadlineNanos = deadline;
        waiting = Thread.currentThread();
        try {
            while (!raised) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                if (timed) {
                    LockSupport.parkNanos(this, left);
                } else {
                    LockSupport.park(this);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            raised = false;
            return true;
        } finally {
            waiting = null;
        }
    }

    @Override
    public void expire(long nowNanos) {
        Thread thread = waiting;
        if (thread != null && nowNanos - deadlineNanos >= 0) {
            LockSupport.unpark(thread);
        }
    }
}
