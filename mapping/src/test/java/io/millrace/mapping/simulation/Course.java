package io.millrace.mapping.simulation;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Command.Decision;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.replay.Attempt;
import io.millrace.mapping.replay.Attempt.Step;
import io.millrace.mapping.replay.PartitionReplica;
import java.util.Optional;

/** How a gateway brings a command to its answer: an {@link Attempt}, or something that only looks like one. */
sealed interface Course {

    Step next(PartitionReplica replica, long nowMillis);

    void onSettled(Outcome outcome);

    void onBarrierPassed();

    void onHeld();

    /** The course of {@code command} in a gateway that falls for {@code trap}. */
    static Course of(Command command, Trap trap) {
        Attempted rightly = new Attempted(new Attempt(command));
        if (trap == Trap.REFUSES_WITHOUT_BARRIER) {
            rightly.onBarrierPassed();
        }
        if (trap == Trap.REFUSES_APPEND_OF_LOSER && command instanceof Command.Append) {
            return new Resigned(rightly);
        }
        return switch (command) {
            case Command.Append _
            when trap == Trap.ANSWERS_DUPLICATE_FROM_SPECULATION ->
                new Speculating(command, Outcome.Duplicate.class, rightly);
            case Command.Close _
            when trap == Trap.ANSWERS_CLOSED_FROM_SPECULATION ->
                new Speculating(command, Outcome.ClosedBefore.class, rightly);
            case Command.Create _
            when trap == Trap.ANSWERS_EXISTING_FROM_SPECULATION ->
                new Speculating(command, Outcome.Existing.class, rightly);
            case Command _ -> rightly;
        };
    }

    /** The rule as it is. */
    record Attempted(Attempt attempt) implements Course {

        @Override
        public Step next(PartitionReplica replica, long nowMillis) {
            return attempt.next(replica, nowMillis);
        }

        @Override
        public void onSettled(Outcome outcome) {
            attempt.onSettled(outcome);
        }

        @Override
        public void onBarrierPassed() {
            attempt.onBarrierPassed();
        }

        @Override
        public void onHeld() {
            attempt.onHeld();
        }
    }

    /** Takes what is in flight for what is there, where it would make {@code believed} the outcome. */
    record Speculating(Command command, Class<? extends Outcome.Refused> believed, Course rightly) implements Course {

        @Override
        public Step next(PartitionReplica replica, long nowMillis) {
            boolean restsOnFlight = replica.decide(command, nowMillis) instanceof Decision.Send;
            return restsOnFlight
                            && replica.speculate(command, nowMillis) instanceof Decision.Refuse(Outcome.Refused refusal)
                            && believed.isInstance(refusal)
                    ? new Step.Answer(refusal)
                    : rightly.next(replica, nowMillis);
        }

        @Override
        public void onSettled(Outcome outcome) {
            rightly.onSettled(outcome);
        }

        @Override
        public void onBarrierPassed() {
            rightly.onBarrierPassed();
        }

        @Override
        public void onHeld() {
            rightly.onHeld();
        }
    }

    /** Gives up when the log did not have the life of the path that was speculated upon. */
    final class Resigned implements Course {
        private final Course rightly;
        private Optional<Outcome> lost = Optional.empty();

        Resigned(Course rightly) {
            this.rightly = rightly;
        }

        @Override
        public Step next(PartitionReplica replica, long nowMillis) {
            return lost.<Step>map(Step.Answer::new).orElseGet(() -> rightly.next(replica, nowMillis));
        }

        @Override
        public void onSettled(Outcome outcome) {
            if (outcome instanceof Outcome.OtherIncarnation) {
                lost = Optional.of(new Outcome.NoSuchStream());
            }
            rightly.onSettled(outcome);
        }

        @Override
        public void onBarrierPassed() {
            rightly.onBarrierPassed();
        }

        @Override
        public void onHeld() {
            rightly.onHeld();
        }
    }
}
