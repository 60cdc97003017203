package io.millrace.mapping.simulation.fork;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.replay.Attempt;
import java.util.Optional;
import java.util.function.Consumer;

/** A command in the works at a gateway. */
final class Execution {

    /** What became of a command. */
    sealed interface Result {

        /** The log, or what was replayed of it, has decided. */
        record Decided(Outcome outcome) implements Result {}

        /** Nothing of it is on its way, and nothing took effect. */
        record Unavailable() implements Result {}

        /** It may have taken effect, or may yet. */
        record Undecided() implements Result {}
    }

    final Command command;

    /** Whose doing it is; 0 for the gateway's own. */
    final int call;

    private final Consumer<Result> then;
    Attempt attempt;
    Optional<OperationId> sent = Optional.empty();
    int sends;
    int copies;

    /** Rises with every step, so that what was to come after an earlier one does not. */
    int step;

    boolean done;

    Execution(Command command, int call, Consumer<Result> then) {
        this.command = command;
        this.call = call;
        this.then = then;
        this.attempt = new Attempt(command);
    }

    void finish(Result result) {
        done = true;
        then.accept(result);
    }
}
