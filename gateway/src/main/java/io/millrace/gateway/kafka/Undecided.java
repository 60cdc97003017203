package io.millrace.gateway.kafka;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.OperationId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one partition that were handed to Kafka and are not decided yet, in the order in which they were, and
 * who waits for them. Guarded by the partition's lock.
 */
final class Undecided {

    /** What waits for one operation. */
    static final class Decision {
        private final long deadlineNanos;

        /** For who has sent it. */
        private final CompletableFuture<Outcome> own = new CompletableFuture<>();

        /** For others, once there are any. */
        private @Nullable CompletableFuture<Outcome> others;

        private Decision(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        /**
         * The outcome for who has sent the operation; {@link TimeoutException} where it was not known in time, although it
         * may still come.
         */
        CompletableFuture<Outcome> own() {
            return own;
        }

        /** Known, whatever it is; better without the lock, which who waits for it wants next. */
        void tell(Outcome outcome) {
            own.complete(outcome);
            if (others != null) {
                others.complete(outcome);
            }
        }

        /** It will not be known here. */
        void fail(Exception why) {
            own.completeExceptionally(why);
            if (others != null) {
                others.completeExceptionally(why);
            }
        }
    }

    /** What has become of an operation, and who waits for it. */
    record Settled(Decision decision, Outcome outcome) {
        void tell() {
            decision.tell(outcome);
        }
    }

    private final SequencedMap<OperationId, Decision> decisions = new LinkedHashMap<>();

    /** Whether one may have been added since it was last looked whether their time is over. */
    private volatile boolean awaited;

    /** {@code id} is handed to Kafka, and whoever does it waits until {@code deadlineNanos}. */
    Decision add(OperationId id, long deadlineNanos) {
        Decision decision = new Decision(deadlineNanos);
        decisions.put(id, decision);
        awaited = true;
        return decision;
    }

    /** {@code id} is decided, or never will be. */
    Optional<Decision> remove(OperationId id) {
        return Optional.ofNullable(decisions.remove(id));
    }

    /** None is left; returns those that were. */
    List<Decision> removeAll() {
        List<Decision> all = new ArrayList<>(decisions.values());
        decisions.clear();
        return all;
    }

    boolean isEmpty() {
        return decisions.isEmpty();
    }

    /** The oldest, as others wait for it. */
    CompletableFuture<Outcome> oldest() {
        return others(decisions.firstEntry().getValue());
    }

    /**
     * The outcome of {@code id} for others than who has sent it.
     *
     * @throws IllegalStateException where nobody has
     */
    CompletableFuture<Outcome> of(OperationId id) {
        Decision decision = decisions.get(id);
        if (decision == null) {
            throw new IllegalStateException("operation " + id + " is in flight and nobody waits for it");
        }
        return others(decision);
    }

    private static CompletableFuture<Outcome> others(Decision decision) {
        CompletableFuture<Outcome> others = decision.others;
        if (others == null) {
            others = new CompletableFuture<>();
            decision.others = others;
        }
        return others;
    }

    /** Whether {@link #expire} has anything to look at; needs no lock. */
    boolean isAwaited() {
        return awaited;
    }

    /** Tells those that have waited until {@code nowNanos} that their time is over. */
    void expire(long nowNanos) {
        awaited = !decisions.isEmpty();
        for (Decision decision : decisions.values()) {
            if (nowNanos - decision.deadlineNanos >= 0) {
                decision.own.completeExceptionally(new TimeoutException());
            }
        }
    }
}
