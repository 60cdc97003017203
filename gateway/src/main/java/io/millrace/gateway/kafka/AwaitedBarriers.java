package io.millrace.gateway.kafka;

import io.millrace.mapping.replay.Barriers;
import io.millrace.mapping.replay.PartitionReplay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How fresh one partition's replay is: the barriers that somebody waits for, and the outcomes that are not told before
 * one has passed, because records may be missing. Guarded by the partition's lock, but for {@link #isStale}.
 */
final class AwaitedBarriers {

    private static final Duration FRESH_WITHIN = Duration.ofSeconds(1);

    /** A barrier that arrived at a time, and how who waits for it learns what became of it. */
    static final class Awaited {
        private final CompletableFuture<Passage> passage = new CompletableFuture<>();
        private Barriers.Barrier barrier;
        private long arrivedNanos = System.nanoTime();

        private Awaited(Barriers.Barrier barrier) {
            this.barrier = barrier;
        }

        /** It arrives once more, for what it has passed is in doubt. */
        private void again(Barriers.Barrier other) {
            barrier = other;
            arrivedNanos = System.nanoTime();
        }

        /** What becomes of it; there is no deadline. */
        CompletableFuture<Passage> passage() {
            return passage;
        }
    }

    /** What became of a barrier. */
    enum Passage {
        /** The replay has seen all that was in the log when it arrived. */
        PASSED,

        /** Kafka did not say where the log ends. */
        UNREACHABLE,

        /** Kafka did, and did not bring the records up to there in time. */
        BEHIND
    }

    private final Barriers barriers = new Barriers();
    private final List<Awaited> awaited = new ArrayList<>();
    private final List<Undecided.Settled> inDoubt = new ArrayList<>();
    private long jumps;
    private long jumpedNanos = System.nanoTime();

    /** At this time, or later, the replay was not behind the log. */
    private volatile long freshNanos = System.nanoTime() - FRESH_WITHIN.toNanos() - 1;

    /** Somebody needs to know all that is in the log by now. */
    Awaited arrive() {
        Awaited arriving = new Awaited(barriers.arrive());
        awaited.add(arriving);
        return arriving;
    }

    /** Kafka is to be asked although nobody waits for the answer. */
    void arriveUnawaited() {
        barriers.arrive();
    }

    /** Nobody waits for {@code given} any more; returns what has become of it. */
    Passage giveUp(Awaited given) {
        awaited.remove(given);
        return given.passage.getNow(given.barrier.answered() ? Passage.BEHIND : Passage.UNREACHABLE);
    }

    /** Whether nobody waits. */
    boolean isEmpty() {
        return awaited.isEmpty();
    }

    /** Whether to ask Kafka for the log's end now; if so the question counts as sent. */
    boolean send() {
        return barriers.send();
    }

    /** The log ended here when Kafka was asked. */
    void answered(long end) {
        barriers.answered(end);
    }

    /** Kafka did not answer. */
    void failed() {
        barriers.failed();
    }

    /** Whether somebody waits for the records up to where the log ended. */
    boolean awaitRecords() {
        return awaited.stream().anyMatch(waiting -> waiting.barrier.answered());
    }

    /** The outcome is told once it is known that no records are missing. */
    void hold(Undecided.Settled outcome) {
        inDoubt.add(outcome);
    }

    /** Whether outcomes are held back. */
    boolean areInDoubt() {
        return !inDoubt.isEmpty();
    }

    /** The replay has moved: whoever arrived before its last jump has not seen whether records are missing there. */
    void moved(PartitionReplay replay) {
        if (replay.jumps() != jumps) {
            jumps = replay.jumps();
            jumpedNanos = System.nanoTime();
        }
    }

    /**
     * Lets those pass that the replay has caught up with, and tells outcomes that are not in doubt then.
     *
     * @return whether some have to arrive once more, and Kafka is to be asked for them
     */
    boolean pass(PartitionReplay replay) {
        if (awaited.isEmpty()) {
            return false; // with every acknowledgement
        }
        long position = replay.position();
        if (awaited.stream()
                .anyMatch(waiting -> waiting.barrier.passedAt(position) && waiting.arrivedNanos - jumpedNanos > 0)) {
            replay.verified();
            inDoubt.forEach(Undecided.Settled::tell);
            inDoubt.clear();
        }
        List<Awaited> again = new ArrayList<>();
        awaited.removeIf(waiting -> {
            if (waiting.barrier.failed()) {
                waiting.passage.complete(Passage.UNREACHABLE);
                return true;
            }
            if (!waiting.barrier.passedAt(position)) {
                return false;
            }
            if (replay.isDoubtful()) {
                again.add(waiting);
                return false;
            }
            freshAsOf(waiting.arrivedNanos);
            waiting.passage.complete(Passage.PASSED);
            return true;
        });
        again.forEach(waiting -> waiting.again(barriers.arrive()));
        return !again.isEmpty();
    }

    /** Nobody is let pass any more. */
    void abandon() {
        awaited.forEach(waiting -> waiting.passage.complete(Passage.UNREACHABLE));
        awaited.clear();
    }

    /** What is held back is not told any more; returns it. */
    List<Undecided.Settled> abandonDoubtful() {
        List<Undecided.Settled> all = List.copyOf(inDoubt);
        inDoubt.clear();
        return all;
    }

    /** Nothing was in the log at {@code nanos} that the replay has not seen by now. */
    void freshAsOf(long nanos) {
        if (nanos - freshNanos > 0) {
            freshNanos = nanos;
        }
    }

    /** Whether it is a while ago that the replay was known not to be behind the log. */
    boolean isStale() {
        return System.nanoTime() - freshNanos > FRESH_WITHIN.toNanos();
    }
}
