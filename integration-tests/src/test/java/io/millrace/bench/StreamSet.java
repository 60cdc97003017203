package io.millrace.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Streams that exist for one run of a workload. */
final class StreamSet implements AutoCloseable {

    /** No single request takes longer. */
    static final Duration ONE_REQUEST = Duration.ofSeconds(20);

    private static final String THIS_PROCESS = Long.toString(System.currentTimeMillis(), 36);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final EventLoop loop;
    private final Target target;
    private final StatusListener answers = new StatusListener();
    private final Connection connection;
    private final List<String> streams = new ArrayList<>();

    private StreamSet(EventLoop loop, Target target) {
        this.loop = loop;
        this.target = target;
        this.connection = loop.connect(target.address(), answers);
    }

    /** Creates {@code count} empty streams. */
    static StreamSet create(EventLoop loop, Target target, String type, int count) {
        return create(loop, target, type, count, _ -> true);
    }

    /** Creates {@code count} empty streams of such names. */
    static StreamSet create(EventLoop loop, Target target, String type, int count, Predicate<String> names) {
        StreamSet set = new StreamSet(loop, target);
        String prefix = newPrefix();
        for (int i = 0; set.streams.size() < count; i++) {
            if (names.test(prefix + i)) {
                set.exchange(target.create(prefix + i, type), 201);
                set.streams.add(prefix + i);
            }
        }
        return set;
    }

    /** What the names of some streams may begin with, and those of no others. */
    static String newPrefix() {
        return "bench-" + THIS_PROCESS + "-" + COUNT.incrementAndGet() + "-";
    }

    /** The streams, by name. */
    List<String> names() {
        return streams;
    }

    /** Deletes them, because some servers keep them in memory. */
    @Override
    public void close() {
        Connection fresh = loop.connect(target.address(), answers); // a server ends connections that are idle for long
        for (String stream : streams) {
            exchange(fresh, target.delete(stream), 204);
        }
    }

    private void exchange(ByteBuffer request, int expected) {
        exchange(connection, request, expected);
    }

    private void exchange(Connection over, ByteBuffer request, int expected) {
        answers.status = 0;
        over.send(request);
        loop.await("a stream is made or deleted", ONE_REQUEST, () -> answers.status != 0);
        if (answers.status != expected) {
            throw new BenchFailure(
                    "expected " + expected + " where a stream is made or deleted, got " + answers.status);
        }
    }

    /** Remembers the status of the last complete response. */
    private static final class StatusListener implements ResponseParser.Listener {
        private int begun;
        private int status;

        @Override
        public void onHead(ResponseHead head) {
            begun = head.status();
        }

        @Override
        public void onEnd() {
            status = begun;
        }
    }
}
