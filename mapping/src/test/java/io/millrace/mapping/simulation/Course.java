package io.millrace.mapping.simulation;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Command.Decision;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.replay.Attempt;
import io.millrace.mapping.replay.Attempt.Step;
import io.millrace.mapping.replay.PartitionReplica;

/** How a gateway brings a command to its answer: an {@link Attempt}, or something that only looks like one. */
interface Course {

    Step next(PartitionReplica replica, long nowMillis);

    void onSettled(Outcome outcome);

    void onBarrierPassed();

    void onHeld();

    /** The course of {@code command} in a gateway that falls for {@code trap}. */
    static Course of(Command command, Trap trap) {
        Attempted rightly = new Attempted(new Attempt(command));
        return switch (trap) {
            case ANSWERS_FROM_SPECULATION -> new Speculating(command, rightly);
            case REFUSES_WITHOUT_BARRIER -> {
                rightly.onBarrierPassed();
                yield rightly;
            }
            case NONE,
                    ANSWERS_WHEN_ACKNOWLEDGED,
                    INCARNATION_UNCHECKED,
                    COUNTER_UNCHECKED,
                    READS_WITHOUT_BARRIER,
                    BARRIER_JOINS_SENT_QUESTION,
                    BARRIER_AWAITS_LAST_RECORD,
                    SERVES_STALE_DATA,
                    HEARING_COUNTS_AS_FRESH,
                    JUDGES_BY_OWN_CLOCK,
                    FOREIGN_TAG_ACCEPTED -> rightly;
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

    /** Takes what is in flight for what is there. */
    record Speculating(Command command, Course rightly) implements Course {

        @Override
        public Step next(PartitionReplica replica, long nowMillis) {
            return replica.speculate(command, nowMillis) instanceof Decision.Refuse(Outcome.Duplicate duplicate)
                    ? new Step.Answer(duplicate)
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
}
