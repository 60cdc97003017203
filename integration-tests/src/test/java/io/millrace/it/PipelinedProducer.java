package io.millrace.it;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * An idempotent producer (PROTOCOL.md 5.2.1) that has several appends in flight and sends each again, with the same
 * sequence number, until it is acknowledged.
 */
final class PipelinedProducer {

    private static final int IN_FLIGHT = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** After these a producer tries again; 409 only where it is a gap, because a predecessor is still under way. */
    private static final Set<Integer> AGAIN = Set.of(500, 502, 503, 504);

    private final String id;
    private final String path;
    private final IntFunction<StreamClient> route;
    private final ConcurrentSkipListMap<Integer, Integer> acknowledged = new ConcurrentSkipListMap<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** {@code route} says through which gateway a sequence number's next try goes. */
    PipelinedProducer(String id, String path, IntFunction<StreamClient> route) {
        this.id = id;
        this.path = path;
        this.route = route;
    }

    /** The text of one message. */
    static String message(String id, int seq) {
        return id + ":" + seq + "\n";
    }

    String id() {
        return id;
    }

    String path() {
        return path;
    }

    /** Sequence numbers that were acknowledged, each with the status of its acknowledgement. */
    ConcurrentSkipListMap<Integer, Integer> acknowledged() {
        return acknowledged;
    }

    /** How many tries came to nothing, and were made again. */
    int failures() {
        return failures.get();
    }

    /** Sends nothing new any more; what is in flight goes on until it is acknowledged. */
    void stop() {
        stopped.set(true);
    }

    /** Sends messages {@code from} to {@code to - 1}, or as far as it comes until {@link #stop}; all are acknowledged then. */
    void produce(int from, int to) throws Exception {
        Semaphore window = new Semaphore(IN_FLIGHT);
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int next = from; next < to && !stopped.get() && failures.isEmpty(); next++) {
            int seq = next;
            window.acquire();
            Thread.ofVirtual().start(() -> {
                try {
                    acknowledged.put(seq, untilAcknowledged(seq));
                } catch (Exception | AssertionError e) {
                    failures.add(e);
                } finally {
                    window.release();
                }
            });
        }
        window.acquire(IN_FLIGHT);
        if (!failures.isEmpty()) {
            throw new AssertionError("producer " + id + " failed", failures.getFirst());
        }
    }

    private int untilAcknowledged(int seq) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        String last = "nothing";
        for (int attempt = 0; System.nanoTime() - deadlineNanos < 0; attempt++) {
            try {
                Answer answer = route.apply(seq + attempt)
                        .append(
                                path,
                                StreamClient.TEXT,
                                message(id, seq),
                                "Producer-Id",
                                id,
                                "Producer-Epoch",
                                "0",
                                "Producer-Seq",
                                Integer.toString(seq));
                if (answer.status() == 200 || answer.status() == 204) {
                    return answer.status();
                }
                boolean gap = answer.status() == 409
                        && answer.header("Producer-Expected-Seq").isPresent();
                if (!gap && !AGAIN.contains(answer.status())) {
                    throw new AssertionError("producer " + id + " seq " + seq + " was refused: " + answer);
                }
                last = answer.toString();
            } catch (IOException e) {
                last = e.toString();
            }
            failures.incrementAndGet();
            Thread.sleep(Math.min(20L << Math.min(attempt, 4), 200));
        }
        throw new AssertionError("producer " + id + " seq " + seq + " was never acknowledged; last: " + last);
    }
}
