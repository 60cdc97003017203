package io.millrace.gateway.kafka;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names that no topic had when they were last looked up, a bounded number of them, for a short time each. */
final class UnknownTopics {

    private final int most;
    private final long keptNanos;
    private final Map<String, Long> sinceNanos = new LinkedHashMap<>();

    /** At most {@code most} names, each for {@code kept}; beyond that the oldest are forgotten. */
    UnknownTopics(int most, Duration kept) {
        this.most = most;
        this.keptNanos = kept.toNanos();
    }

    /** Whether no topic had this name a short time ago. */
    synchronized boolean contains(String name, long nowNanos) {
        Long since = sinceNanos.get(name);
        return since != null && nowNanos - since < keptNanos;
    }

    /** No topic has this name now. */
    synchronized void add(String name, long nowNanos) {
        sinceNanos.remove(name);
        sinceNanos.put(name, nowNanos);
        Iterator<Long> inOrder = sinceNanos.values().iterator();
        while (nowNanos - inOrder.next() >= keptNanos || sinceNanos.size() > most) {
            inOrder.remove();
        }
    }

    /** A topic of this name may be there. */
    synchronized void remove(String name) {
        sinceNanos.remove(name);
    }

    synchronized int size() {
        return sinceNanos.size();
    }
}
