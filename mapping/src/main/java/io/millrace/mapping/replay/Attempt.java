package io.millrace.mapping.replay;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Command.Decision;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import java.util.Optional;

/**
 * One command's way to its answer. The gateway asks for the next step, does it, tells how it went, and asks again. No
 * answer rests on speculation, and no refusal on a replay that may be behind the log.
 */
public final class Attempt {

    /** What to do next. */
    public sealed interface Step {

        /** Hand the operation to Kafka, now, before any other operation is judged. */
        record Send(Operation operation) implements Step {}

        /** Wait until this operation of the same gateway is decided. */
        record AwaitSettled(OperationId id) implements Step {}

        /** Wait for a barrier. */
        record AwaitBarrier() implements Step {}

        /** Wait a little: the predecessor may be on its way. */
        record Hold() implements Step {}

        /** Answer. */
        record Answer(Outcome outcome) implements Step {}
    }

    /** How often a refusal may wait for what is in flight before the replayed state alone decides. */
    private static final int MOST_WAITS = 4;

    private final Command command;
    private boolean fresh;
    private boolean held;
    private boolean refusedByLog;
    private int waits;
    private Optional<Outcome> accepted = Optional.empty();

    /** Begins. */
    public Attempt(Command command) {
        this.command = command;
    }

    /** The next step, given what {@code replica} knows at {@code nowMillis}. */
    public Step next(PartitionReplica replica, long nowMillis) {
        if (accepted.isPresent()) {
            return new Step.Answer(accepted.get());
        }
        // What this clock took for expired, and the log did not, would be sent again and again until the log's time has
        // caught up: after a refusal by the log its time alone counts.
        long millis = refusedByLog ? replica.replay().logTimeMillis() : nowMillis;
        return switch (replica.speculate(command, millis)) {
            case Decision.Send(Operation operation) -> new Step.Send(operation);
            case Decision.Refuse(Outcome.Refused refusal) ->
                replica.lastInFlight(command.path())
                        .map(last -> beside(last, replica.decide(command, millis)))
                        .orElseGet(() -> refuse(refusal));
        };
    }

    /** A refusal while something is in flight on the stream: it counts only if the replayed state gives it too. */
    private Step beside(OperationId last, Decision replayed) {
        return switch (replayed) {
            case Decision.Send _ -> new Step.AwaitSettled(last);
            case Decision.Refuse(Outcome.Refused refusal) -> {
                if (waits < MOST_WAITS && mayPass(refusal)) {
                    waits++;
                    yield new Step.AwaitSettled(last);
                }
                yield refuse(refusal);
            }
        };
    }

    private Step refuse(Outcome.Refused refusal) {
        if (!held && mayPass(refusal)) {
            return new Step.Hold();
        }
        return fresh ? new Step.Answer(refusal) : new Step.AwaitBarrier();
    }

    /** A gap, or an epoch that is not open, may be the predecessor's late arrival. */
    private static boolean mayPass(Outcome.Refused refusal) {
        return refusal instanceof Outcome.SequenceGap || refusal instanceof Outcome.EpochNotOpened;
    }

    /**
     * Whether the log has accepted the operation. The next step is its answer then, whatever has become of the replica:
     * to begin anew on another one would write it again.
     */
    public boolean isAccepted() {
        return accepted.isPresent();
    }

    /** The operation sent for this attempt is decided. */
    public void onSettled(Outcome outcome) {
        switch (outcome) {
            case Outcome.Accepted taken -> accepted = Optional.of(taken);
            // The replay has passed a record that was written after this attempt began: as good as a barrier. What the
            // log refused is judged again on what it holds, for the next incarnation may want it.
            case Outcome.Refused _ -> {
                fresh = true;
                refusedByLog = true;
            }
        }
    }

    /** A barrier that arrived after this attempt began is passed. */
    public void onBarrierPassed() {
        fresh = true;
    }

    /** The predecessor had its time, or came. */
    public void onHeld() {
        held = true;
    }
}
