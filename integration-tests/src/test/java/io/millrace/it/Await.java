package io.millrace.it;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what has no signal of its own, such as another process; bounded. */
final class Await {

    private Await() {}

    /** Returns when {@code condition} holds; fails when it does not within {@code atMost}. */
    static void until(String what, Duration atMost, Callable<Boolean> condition) throws Exception {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("not within " + atMost.toMillis() + " ms: " + what);
            }
            Thread.sleep(10);
        }
    }
}
