package io.millrace.gateway.kafka;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of recent records the partitions of this gateway may keep together; each is sure of an equal share. */
final class TailBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final AtomicInteger partitions = new AtomicInteger();

    TailBudget(long limit) {
        this.limit = limit;
    }

    long used() {
        return used.get();
    }

    void join() {
        partitions.incrementAndGet();
    }

    void leave(long kept) {
        partitions.decrementAndGet();
        used.addAndGet(-kept);
    }

    void take(long bytes) {
        used.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Whether a partition that keeps {@code kept} bytes has to give some back. */
    boolean exceededBy(long kept) {
        return used.get() > limit && kept > limit / Math.max(1, partitions.get());
    }
}
