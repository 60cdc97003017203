package io.millrace.gateway.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then whether the time of anybody who waits is over. */
final class Deadlines implements AutoCloseable {

    /*
     * A timed wait of a virtual thread is a timer of its own, and the JDK's timer thread is woken when it is set and again
     * when it is cancelled. Appends and live readers wait all the time, and almost never until their time is over: with a
     * timer each, 23,000 appends a second woke that thread 18,700 times, and were a quarter fewer (docs/performance.md).
     */

    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    /** By so much a wait may be longer than it was to be. */
    static final Duration LOOK_EVERY = Duration.ofMillis(100);

    /** Somebody who waits at times. */
    interface Waiter {

        /** Ends its wait if that was to last until {@code nowNanos} of {@link System#nanoTime()}, or shorter. */
        void expire(long nowNanos);
    }

    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofVirtual().name("millrace-deadlines").unstarted(this::look);

    void start() {
        thread.start();
    }

    /** Looks at {@code waiter} from now on. */
    void join(Waiter waiter) {
        waiters.add(waiter);
    }

    /** Looks at {@code waiter} no more. */
    void leave(Waiter waiter) {
        waiters.remove(waiter);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                long now = System.nanoTime();
                waiters.forEach(waiter -> expire(waiter, now));
            }
        } catch (InterruptedException _) {
            return; // closed
        }
    }

    /** Whatever goes wrong with one, the others are waiting as well. */
    private static void expire(Waiter waiter, long nowNanos) {
        try {
            waiter.expire(nowNanos);
        } catch (RuntimeException e) {
            LOG.error("event=deadline-failed", e);
        }
    }
}
