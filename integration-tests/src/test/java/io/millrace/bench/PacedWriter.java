package io.millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends messages at a fixed rate whatever the server does, to streams in turn: what is due while an acknowledgement is
 * awaited is sent, with the time at which it was due, as soon as that is there.
 *
 * <p>Each stream has sources of its own, so that a message says which stream it belongs to.
 */
final class PacedWriter {

    private final EventLoop loop;
    private final long betweenNanos;
    private final List<Source> sources = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private int next;
    private boolean over;

    /** Over {@code connections}; where there are fewer streams, each stream has several. */
    PacedWriter(EventLoop loop, Target target, List<String> streams, int connections, int messageBytes, int perSecond) {
        this.loop = loop;
        this.betweenNanos = Duration.ofSeconds(1).dividedBy(perSecond).toNanos();
        for (int i = 0; i < Math.max(streams.size(), connections); i++) {
            sources.add(Source.ofText(target, streams.get(i % streams.size()), i, messageBytes));
        }
        for (int i = 0; i < connections; i++) {
            lanes.add(new Lane(loop, target, _ -> {}));
        }
    }

    /**
     * Writes from now on until the window is over. What is due and not sent when it opens is dropped, so that what a server
     * owes from its warm-up does not count against it; what is so when it closes is never sent.
     */
    void start(Window window) {
        window.onOpen(() -> lanes.forEach(Lane::drop));
        tick(System.nanoTime(), window);
    }

    /** Whether all that was sent is acknowledged and nothing more will be. */
    boolean isDone() {
        return over && lanes.stream().allMatch(Lane::isIdle);
    }

    /** How many messages of each source are acknowledged. */
    int[] acknowledged() {
        return sources.stream().mapToInt(Source::acknowledged).toArray();
    }

    /** The time is taken here, not from {@code atNanos}: that this thread comes late is not the server's doing. */
    private void tick(long atNanos, Window window) {
        long now = System.nanoTime();
        if (window.isOver()) {
            over = true;
            lanes.forEach(Lane::drop);
            return;
        }
        lanes.get(next % lanes.size()).append(sources.get(next), now);
        next = (next + 1) % sources.size();
        loop.at(atNanos + betweenNanos, () -> tick(atNanos + betweenNanos, window));
    }
}
