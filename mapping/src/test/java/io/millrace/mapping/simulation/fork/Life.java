package io.millrace.mapping.simulation.fork;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.Attempt;
import io.millrace.mapping.simulation.fork.Call.Reply;
import io.millrace.mapping.simulation.fork.Call.Request;
import io.millrace.mapping.simulation.fork.Execution.Result;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** What a gateway is from one start to its next crash: its requests, its producer, and its copies. */
final class Life {

    private static final long DEADLINE_MILLIS = 2_500;
    private static final long SWEEP_MILLIS = 700;
    private static final long COLLECT_AFTER_MILLIS = 1_500;
    private static final int MOST_COPIES = 4;
    private static final int SWEEP_MOST = 10;

    private final World world;
    private final Gateway gateway;
    private final long skew;
    private final Map<Partition, Line> lines = new LinkedHashMap<>();
    private final Map<Partition, Copy> copies = new LinkedHashMap<>();
    private final Set<String> collecting = new HashSet<>();
    private final Set<StreamPath> expiring = new HashSet<>();
    private String id;
    private long counter;
    private boolean over;
    private long pausedUntil;

    Life(World world, Gateway gateway) {
        this.world = world;
        this.gateway = gateway;
        skew = world.chance.between(-world.skew(), world.skew());
        id = gateway.newId();
    }

    void start() {
        for (Partition partition : world.partitions) {
            lines.put(partition, new Line(world, this, partition));
            copies.put(partition, new Copy(world, this, partition));
        }
        later(world.chance.between(1, (int) SWEEP_MILLIS), this::sweep);
    }

    /** All ends here; what is in flight may still come. */
    void end() {
        over = true;
        lines.values().forEach(Line::giveUp);
    }

    long clock() {
        return world.clock() + skew;
    }

    Copy copy(Partition partition) {
        return Objects.requireNonNull(copies.get(partition));
    }

    Copy copy(StreamPath path) {
        return copy(world.partition(path));
    }

    /** Nothing happens here for a while; what was due is made up for afterwards. */
    void pause(long millis) {
        pausedUntil = Math.max(pausedUntil, world.timeline.now() + millis);
    }

    void later(long millis, Runnable action) {
        world.timeline.after(millis, () -> due(action));
    }

    private void due(Runnable action) {
        if (over) {
            return;
        }
        long pause = pausedUntil - world.timeline.now();
        if (pause > 0) {
            world.timeline.after(pause, () -> due(action));
        } else {
            action.run();
        }
    }

    /** The next step of something that a thread of its own is at; now and then that thread has to wait for long. */
    void next(Runnable action) {
        later(world.stalls() ? world.chance.between(500, 7_000) : world.chance.between(0, 2), action);
    }

    // ---- requests

    void onCall(Call call) {
        switch (call.request) {
            case Request.Execute(Command command) ->
                execute(command, call.number, result -> {
                    if (result instanceof Result.Decided(Outcome outcome)) {
                        world.witness.checkAnswer(call, outcome);
                    }
                    answer(call, reply(result));
                });
            case Request.Fork fork -> new Forking(world, this, call, fork).begin();
            case Request.Read(StreamPath path, var from) ->
                new Stitching(world, this, path, world.chance.pick(List.of(1, 6, 1_000)), false, reply -> {
                            world.witness.checkRead(call, path, from, reply);
                            answer(call, reply);
                        })
                        .begin(from);
        }
    }

    private static Reply reply(Result result) {
        return switch (result) {
            case Result.Decided(Outcome outcome) -> new Reply.Decided(outcome);
            case Result.Unavailable() -> new Reply.Unavailable();
            case Result.Undecided() -> new Reply.Undecided();
        };
    }

    void answer(Call call, Reply reply) {
        world.answer(call, reply);
    }

    /** Executes {@code command}, and does afterwards what an ended stream leaves to do. */
    void execute(Command command, int call, Consumer<Result> then) {
        Execution execution = new Execution(command, call, result -> {
            if (result instanceof Result.Decided(Outcome.Ending ending)) {
                ending.release().origin().ifPresent(origin -> {
                    if (command instanceof Command.Unreference) {
                        world.count("cascade");
                    }
                    release(origin);
                });
            }
            then.accept(result);
        });
        if (world.trap == Trap.RELEASES_BEFORE_END
                && command instanceof Command.Delete
                && copy(command.path()).replayed(command.path()) instanceof StreamState.Standing fork) {
            fork.configuration().origin().ifPresent(this::release);
        }
        later(DEADLINE_MILLIS, () -> copy(command.path()).onDeadline(execution));
        copy(command.path()).begin(execution);
    }

    // ---- forks

    /** Tells the source, in the background, that the fork from {@code origin} needs nothing of it any more. */
    void release(ForkOrigin origin) {
        origin.reference()
                .ifPresent(reference -> next(() -> execute(
                        new Command.Unreference(origin.source(), reference.source(), reference.id()), 0, _ -> {})));
    }

    private void sweep() {
        for (Partition partition : world.partitions) {
            Copy copy = copy(partition);
            copy.replica.replay().overdue(clock(), SWEEP_MOST).forEach(path -> {
                if (expiring.add(path)) {
                    execute(new Command.Expire(path), 0, _ -> expiring.remove(path));
                }
            });
            if (world.trap != Trap.NOTHING_COLLECTED) {
                collect(copy);
            }
        }
        later(SWEEP_MILLIS, this::sweep);
    }

    /** A reference to a life that has ended. */
    private record Dangling(StreamState.SoftDeleted source, StreamPath path, String id, ForkReference reference) {}

    private void collect(Copy copy) {
        List<Dangling> all = new ArrayList<>();
        for (StreamPath path : copy.replica.replay().softDeleted()) {
            if (copy.replica.replay().state(path) instanceof StreamState.SoftDeleted ended) {
                ended.references().forEach((reference, made) -> {
                    if (made.timeMillis() < clock() - COLLECT_AFTER_MILLIS) {
                        all.add(new Dangling(ended, path, reference, made));
                    }
                });
            }
        }
        for (Dangling dangling : all) {
            if (collecting.add(dangling.id)) {
                next(() -> collect(dangling));
            }
        }
    }

    private void collect(Dangling dangling) {
        StreamPath fork = dangling.reference.fork();
        if (copy(fork).replayed(fork) instanceof StreamState.Retained stream
                && Witness.reference(stream)
                        .filter(held -> held.id().equals(dangling.id))
                        .isPresent()) {
            collecting.remove(dangling.id);
            return;
        }
        if (world.trap == Trap.UNREFERENCES_WITHOUT_CANCEL) {
            unreference(dangling);
            return;
        }
        Command cancel = new Command.CancelReference(fork, dangling.id, dangling.reference.timeMillis());
        execute(cancel, 0, result -> {
            if (result instanceof Result.Decided(Outcome.ReferenceCancelled _)) {
                world.count("reference collected");
                next(() -> unreference(dangling));
            } else {
                collecting.remove(dangling.id);
            }
        });
    }

    private void unreference(Dangling dangling) {
        execute(
                new Command.Unreference(dangling.path, dangling.source.incarnation(), dangling.id),
                0,
                _ -> collecting.remove(dangling.id));
    }

    // ---- the producer

    OperationId nextId() {
        return new OperationId(id, ++counter);
    }

    void send(Partition partition, Sent sent) {
        Objects.requireNonNull(lines.get(partition)).send(sent);
    }

    void replaceProducer() {
        world.trace(this + " replaces its producer");
        world.count("producer replaced");
        id = gateway.newId();
        counter = 0;
        for (Partition partition : world.partitions) {
            Objects.requireNonNull(lines.put(partition, new Line(world, this, partition)))
                    .giveUp();
        }
        for (Partition partition : world.partitions) {
            copy(partition).onProducerLost();
        }
    }

    // ---- copies

    /** A copy is dropped, whatever it was at, and another one is loaded; the producer, and what it has, stays. */
    void reload(Partition partition, String why) {
        world.trace(this + " loads " + partition + " anew, " + why);
        world.count("copy dropped");
        Copy former = copy(partition);
        Copy fresh = new Copy(world, this, partition);
        copies.put(partition, fresh);
        for (Execution execution : former.drop()) {
            execution.step++;
            if (execution.attempt.isAccepted()) {
                fresh.begin(execution); // its next step is its answer, whatever the copy
            } else if (++execution.copies == MOST_COPIES) {
                execution.finish(new Result.Unavailable());
            } else {
                execution.attempt = new Attempt(execution.command);
                execution.sent = Optional.empty();
                fresh.begin(execution);
            }
        }
        former.waitingForLoad().forEach(fresh::whenLoaded);
    }

    OptionalLong emptiedAt(Partition partition) {
        return copy(partition).replica.replay().emptiedAt();
    }

    @Override
    public String toString() {
        return gateway.toString();
    }
}
