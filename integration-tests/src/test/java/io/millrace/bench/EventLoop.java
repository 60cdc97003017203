package io.millrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * All connections of a workload, on the one thread that calls {@link #runUntil}.
 *
 * <p>The load generator shares its few cores with the servers that it measures, so what it spends on a message is missing
 * there. One thread that sleeps in one selector wakes once for all that has arrived meanwhile; a thread per connection,
 * also a virtual one, is parked and woken for each, and the JDK's HTTP client hands every response through several
 * executors and allocates some kilobytes for it.
 */
final class EventLoop implements AutoCloseable {

    private static final int READ_BYTES = 256 * 1024;

    private final Selector selector;
    private final ByteBuffer readBuffer = ByteBuffer.allocate(READ_BYTES);
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::atNanos));
    private final List<Connection> connections = new ArrayList<>();

    /** Something to do at a time of {@link System#nanoTime()}. */
    private record Timer(long atNanos, Runnable action) {}

    EventLoop() throws IOException {
        this.selector = Selector.open();
    }

    /** Opens a connection, and waits for that. */
    Connection connect(InetSocketAddress server, ResponseParser.Listener listener) {
        try {
            SocketChannel channel = SocketChannel.open(server);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Connection connection = new Connection(channel, selector, listener);
            connections.add(connection);
            return connection;
        } catch (IOException e) {
            throw new BenchFailure("cannot connect to " + server, e);
        }
    }

    /** Runs {@code action} at this time, or as soon after it as this thread comes to it. */
    void at(long nanos, Runnable action) {
        timers.add(new Timer(nanos, action));
    }

    /** Serves connections and timers until {@code done}; fails where that takes longer than {@code atMost}. */
    void await(String what, Duration atMost, BooleanSupplier done) {
        if (!runUntil(atMost, done)) {
            throw new BenchFailure("not within " + atMost.toMillis() + " ms: " + what);
        }
    }

    /** Serves connections and timers until {@code done}, or for {@code atMost}; returns whether it is done. */
    boolean runUntil(Duration atMost, BooleanSupplier done) {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                long now = System.nanoTime();
                runTimers(now); // asked only after them, because it may be done with the last one
                if (done.getAsBoolean()) {
                    return true;
                }
                if (now - deadlineNanos > 0) {
                    return false;
                }
                selector.select(this::onReady, untilNextMillis(deadlineNanos));
            }
        } catch (IOException e) {
            throw new BenchFailure("the selector failed", e);
        }
    }

    @Override
    public void close() throws IOException {
        connections.forEach(Connection::close);
        selector.close();
    }

    private void onReady(SelectionKey key) {
        if (key.isValid() && key.attachment() instanceof Connection connection) {
            connection.onReady(readBuffer);
        }
    }

    private void runTimers(long now) {
        while (!timers.isEmpty() && timers.element().atNanos() - now <= 0) {
            timers.remove().action().run();
        }
    }

    /** At least 1, because 0 would mean for ever. */
    private long untilNextMillis(long deadlineNanos) {
        long next = timers.isEmpty()
                ? deadlineNanos
                : Math.min(deadlineNanos, timers.element().atNanos());
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime() + 999_999));
    }
}
