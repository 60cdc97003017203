package io.millrace.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Appends one message at a time to one stream, at a fixed rate whatever the server does: what is due while an
 * acknowledgement is awaited is sent, with the time at which it was due, as soon as that is there.
 */
final class PacedWriter {

    private final EventLoop loop;
    private final Writer writer;
    private final long betweenNanos;
    private final Queue<Long> due = new ArrayDeque<>();
    private boolean over;

    PacedWriter(EventLoop loop, Target target, String stream, int messageBytes, int perSecond) {
        this.loop = loop;
        this.betweenNanos = Duration.ofSeconds(1).dividedBy(perSecond).toNanos();
        this.writer = new Writer(loop, target, stream, Target.TEXT, 0, messageBytes, 1, (_, _) -> sendNext());
    }

    /**
     * Writes from now on until the window is over. What is due and not sent when it opens is dropped, so that what a server
     * owes from its warm-up does not count against it; what is so when it closes is never sent.
     */
    void start(Window window) {
        window.onOpen(due::clear);
        tick(System.nanoTime(), window);
    }

    /** Whether all that was sent is acknowledged and nothing more will be. */
    boolean isDone() {
        return over && !writer.isWaiting();
    }

    int acknowledged() {
        return writer.acknowledged();
    }

    /** The time is taken here, not from {@code atNanos}: that this thread comes late is not the server's doing. */
    private void tick(long atNanos, Window window) {
        long now = System.nanoTime();
        if (window.isOver()) {
            over = true;
            due.clear();
            return;
        }
        due.add(now);
        if (!writer.isWaiting()) {
            sendNext();
        }
        loop.at(atNanos + betweenNanos, () -> tick(atNanos + betweenNanos, window));
    }

    private void sendNext() {
        Long next = due.poll();
        if (next != null) {
            writer.send(next);
        }
    }
}
