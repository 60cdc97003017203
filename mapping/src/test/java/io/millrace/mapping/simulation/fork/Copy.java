package io.millrace.mapping.simulation.fork;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.Judge;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.ReadPlan;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.Attempt.Step;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.PartitionReplica;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.simulation.SimulatedLog;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.simulation.fork.Call.Visible;
import io.millrace.mapping.simulation.fork.Execution.Result;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A gateway's copy of one partition, from its load to its drop: the core, driven as the shell drives it. */
final class Copy {

    /** How often one command may be written before it looks as if it went round in circles. */
    private static final int MOST_SENDS = 12;

    private static final int CHECK_EVERY = 6;

    /** What one partition has of a read. */
    sealed interface Piece {

        /** Records from {@code start} to {@code end}. */
        record Records(Retained stream, long start, long end, List<Visible> records) implements Piece {}

        /** The source that {@code origin} names has it. */
        record Inherited(Retained stream, ForkOrigin origin) implements Piece {}

        /** Not records but an answer. */
        record Refused(Call.Reply reply) implements Piece {}
    }

    /** What waits for the replay to reach {@code end}; told whether it did. */
    private static final class Barrier {
        private final Consumer<Boolean> then;
        private long end = Long.MAX_VALUE;

        Barrier(Consumer<Boolean> then) {
            this.then = then;
        }
    }

    /** What the replay has just made of an operation of this gateway. */
    private record Settled(OperationId id, Outcome outcome) {}

    final PartitionReplica replica;
    private final World world;
    private final Life life;
    private final Partition partition;
    private final List<Runnable> waitingForLoad = new ArrayList<>();
    private final Set<Barrier> barriers = new LinkedHashSet<>();
    private final Map<OperationId, List<Runnable>> waitingForSettled = new HashMap<>();
    private final Map<OperationId, Execution> own = new LinkedHashMap<>();
    private final Set<Execution> executions = new LinkedHashSet<>();
    private final Map<Long, Payload> data = new HashMap<>();
    private final List<Settled> settled = new ArrayList<>();
    private final long loadedAt;
    private long followerPosition;
    private boolean fetching;
    private boolean loaded;
    private boolean over;
    private int checks;

    Copy(World world, Life life, Partition partition) {
        this.world = world;
        this.life = life;
        this.partition = partition;
        followerPosition = partition.log.start();
        if (followerPosition > 0) {
            world.count("loaded from the end of a dedicated stream");
        }
        replica = new PartitionReplica(new PartitionReplay(partition.kind, followerPosition), new Hearing());
        loadedAt = partition.log.end();
        loaded = followerPosition >= loadedAt;
        follow();
    }

    private void later(long millis, Runnable action) {
        life.later(millis, () -> {
            if (!over) {
                action.run();
            }
        });
    }

    /** Nobody is answered from this copy any more. Returns what another copy is to go on with. */
    List<Execution> drop() {
        over = true;
        List<Barrier> failing = List.copyOf(barriers);
        barriers.clear();
        failing.forEach(barrier -> barrier.then.accept(false));
        List<Execution> left = new ArrayList<>();
        for (Execution execution : List.copyOf(executions)) {
            if (execution.done) {
                continue;
            }
            if (execution.sent.isPresent() && own.containsKey(execution.sent.get())) {
                world.count("copy dropped with an operation in flight");
                execution.finish(new Result.Undecided());
            } else {
                left.add(execution);
            }
        }
        return left;
    }

    List<Runnable> waitingForLoad() {
        return waitingForLoad;
    }

    void whenLoaded(Runnable action) {
        if (loaded) {
            action.run();
        } else {
            waitingForLoad.add(action);
        }
    }

    // ---- commands

    void begin(Execution execution) {
        executions.add(execution);
        if (loaded) {
            advance(execution);
        } else {
            int step = execution.step;
            waitingForLoad.add(() -> resume(execution, step));
        }
    }

    private void resume(Execution execution, int step) {
        if (execution.done || execution.step != step) {
            return;
        }
        later(world.chance.between(0, 2), () -> {
            if (!execution.done && execution.step == step) {
                advance(execution);
            }
        });
    }

    private void advance(Execution execution) {
        int step = ++execution.step;
        switch (execution.attempt.next(replica, life.clock())) {
            case Step.Send(Operation operation) -> send(execution, operation);
            case Step.AwaitSettled(OperationId awaited) ->
                waitingForSettled
                        .computeIfAbsent(awaited, _ -> new ArrayList<>())
                        .add(() -> resume(execution, step));
            case Step.AwaitBarrier() ->
                awaitBarrier(passed -> {
                    if (execution.done || execution.step != step) {
                        return;
                    }
                    if (passed) {
                        execution.attempt.onBarrierPassed();
                        resume(execution, step);
                    } else if (!over) {
                        finish(execution, new Result.Unavailable());
                    }
                });
            case Step.Hold() ->
                later(world.chance.between(50, 100), () -> {
                    if (!execution.done && execution.step == step) {
                        execution.attempt.onHeld();
                        advance(execution);
                    }
                });
            case Step.Answer(Outcome outcome) -> {
                world.witness.checkDecided(execution, outcome);
                finish(execution, new Result.Decided(outcome));
            }
        }
    }

    private void finish(Execution execution, Result result) {
        executions.remove(execution);
        execution.finish(result);
    }

    private void send(Execution execution, Operation operation) {
        if (++execution.sends > MOST_SENDS) {
            throw new Violation(execution.command + " goes round in circles");
        }
        Sent sent = new Sent(execution.command.path(), life.nextId(), life.clock(), operation);
        replica.sending(sent);
        if (!world.calm() && world.chance.oneIn(300)) {
            replica.notSent(sent);
            finish(execution, new Result.Unavailable());
            return;
        }
        execution.sent = Optional.of(sent.id());
        own.put(sent.id(), execution);
        world.witness.onHandedOver(sent.id(), execution.call);
        life.send(partition, sent);
    }

    /** The time for {@code execution} is over. */
    void onDeadline(Execution execution) {
        if (execution.done || execution.attempt.isAccepted()) {
            return;
        }
        boolean inFlight = execution.sent.isPresent() && own.containsKey(execution.sent.get());
        finish(execution, inFlight ? new Result.Undecided() : new Result.Unavailable());
    }

    /** The producer that sent what is in flight is gone. */
    void onProducerLost() {
        List<Execution> lost =
                own.values().stream().filter(execution -> !execution.done).toList();
        for (Sent sent : replica.abandonInFlight()) {
            own.remove(sent.id());
            List<Runnable> waiting = waitingForSettled.remove(sent.id());
            if (waiting != null) {
                waiting.forEach(Runnable::run);
            }
        }
        lost.forEach(execution -> finish(execution, new Result.Undecided()));
    }

    // ---- reads

    /** The stream as far as it was replayed, by this gateway's clock. */
    StreamState replayed(StreamPath path) {
        return Judge.live(replica.replay().state(path), life.clock());
    }

    /** What the stream at {@code path} has itself; null where it cannot be told. */
    void own(StreamPath path, RequestedOffset from, long bytes, boolean fresh, Consumer<Optional<Piece>> then) {
        ReadPlan plan = ReadPlan.of(replica.replay().stream(path), from, bytes, life.clock());
        if (!fresh && plan.needsBarrier()) {
            awaitBarrier(passed -> {
                if (passed) {
                    own(path, from, bytes, true, then);
                } else {
                    then.accept(Optional.empty());
                }
            });
            return;
        }
        then.accept(Optional.of(piece(path, plan, from)));
    }

    /** What the source of a fork has itself, below {@code limit}. */
    void inherited(
            ForkOrigin origin,
            RequestedOffset from,
            long limit,
            long bytes,
            boolean fresh,
            Consumer<Optional<Piece>> then) {
        ReadPlan plan = ReadPlan.ofSource(
                replica.replay().stream(origin.source()),
                origin.reference().orElseThrow().source(),
                from,
                limit,
                bytes);
        if (!fresh && isBehind(plan, limit) && world.trap != Trap.INHERITED_WITHOUT_BARRIER) {
            world.count("inherited part read behind the log");
            awaitBarrier(passed -> {
                if (passed) {
                    inherited(origin, from, limit, bytes, true, then);
                } else {
                    then.accept(Optional.empty());
                }
            });
            return;
        }
        then.accept(Optional.of(piece(origin.source(), plan, from)));
    }

    private static boolean isBehind(ReadPlan plan, long limit) {
        return switch (plan) {
            case ReadPlan.Range range -> range.stream().tail() < limit;
            case ReadPlan.Passed passed -> passed.stream().tail() < limit;
            case ReadPlan.Inherited _ -> false;
            case ReadPlan.AtTail _, ReadPlan.NoSuchStream _, ReadPlan.Ended _, ReadPlan.BeyondTail _, ReadPlan.Gone _ ->
                true;
        };
    }

    private Piece piece(StreamPath path, ReadPlan plan, RequestedOffset from) {
        return switch (plan) {
            case ReadPlan.NoSuchStream() -> new Piece.Refused(new Call.Reply.NoSuchStream());
            case ReadPlan.Ended() -> new Piece.Refused(new Call.Reply.Ended());
            case ReadPlan.BeyondTail beyond -> new Piece.Refused(new Call.Reply.BeyondTail(beyond.tail()));
            case ReadPlan.Gone gone -> new Piece.Refused(new Call.Reply.Gone(gone.earliest()));
            case ReadPlan.Inherited(Retained stream, ForkOrigin origin) -> new Piece.Inherited(stream, origin);
            case ReadPlan.AtTail(Retained stream) ->
                new Piece.Records(stream, start(stream, from), stream.tail(), List.of());
            case ReadPlan.Passed(Retained stream, long start, long end) ->
                new Piece.Records(stream, start, end, List.of());
            case ReadPlan.Range range ->
                new Piece.Records(range.stream(), range.start(), range.end(), records(path, range));
        };
    }

    private static long start(Retained stream, RequestedOffset from) {
        return switch (from) {
            case RequestedOffset.Beginning() -> stream.begin();
            case RequestedOffset.Now() -> stream.tail();
            case RequestedOffset.At at -> at.token().position();
        };
    }

    private List<Visible> records(StreamPath path, ReadPlan.Range range) {
        List<Visible> records = new ArrayList<>();
        OffsetIndex index = replica.replay().stream(path).orElseThrow().index();
        for (int i = range.from(); i < range.to(); i++) {
            Payload payload = data.getOrDefault(index.offset(i), Payload.NONE);
            records.add(new Visible(range.stream().position(index.offset(i)), new String(payload.value(), UTF_8)));
        }
        return records;
    }

    // ---- barriers

    void awaitBarrier(Consumer<Boolean> then) {
        Barrier barrier = new Barrier(then);
        barriers.add(barrier);
        later(world.chance.delay(), () -> {
            long end = partition.log.end();
            boolean fails = !world.calm() && world.chance.oneIn(80);
            later(world.chance.delay(), () -> {
                if (fails) {
                    barriers.remove(barrier);
                    barrier.then.accept(false);
                } else {
                    barrier.end = end;
                    passBarriers();
                }
            });
        });
    }

    private void passBarriers() {
        long position = replica.replay().position();
        for (Barrier barrier : List.copyOf(barriers)) {
            if (barrier.end <= position && barriers.remove(barrier)) {
                barrier.then.accept(true);
            }
        }
    }

    // ---- what Kafka tells

    void onAcknowledged(OperationId id, long offset, long timestampMillis) {
        replica.onAcknowledged(id, offset, timestampMillis);
        replayed();
    }

    /** Goes on reading where there is more to read. */
    void follow() {
        if (!fetching && !over && followerPosition < partition.log.end()) {
            fetching = true;
            later(lag(), this::fetch);
        }
    }

    private long lag() {
        return !world.calm() && world.chance.oneIn(40) ? world.chance.between(200, 4_000) : world.chance.between(1, 20);
    }

    private void fetch() {
        Optional<SimulatedLog.Fetched> fetched = partition.log.fetch(followerPosition, 50);
        if (fetched.isEmpty()) {
            life.reload(partition, "out of range");
            return;
        }
        later(world.chance.delay(), () -> {
            for (LogRecord record : fetched.get().records()) {
                replica.onFetched(record);
                replayed();
                if (over) {
                    return;
                }
            }
            replica.onPosition(fetched.get().position());
            followerPosition = fetched.get().position();
            fetching = false;
            if (!loaded && followerPosition >= loadedAt) {
                loaded = true;
                List<Runnable> waiting = List.copyOf(waitingForLoad);
                waitingForLoad.clear();
                waiting.forEach(Runnable::run);
            }
            replayed();
            follow();
        });
    }

    private void replayed() {
        for (Settled decided : List.copyOf(settled)) {
            settled.remove(decided);
            Execution execution = own.remove(decided.id);
            if (execution != null && !execution.done) {
                execution.attempt.onSettled(decided.outcome);
                resume(execution, execution.step);
            }
            List<Runnable> waiting = waitingForSettled.remove(decided.id);
            if (waiting != null) {
                waiting.forEach(Runnable::run);
            }
        }
        if (++checks % CHECK_EVERY == 0) {
            world.witness.checkReplica(life.toString(), partition, replica.replay());
        }
        passBarriers();
    }

    /** Hears the replay; what it brings is dealt with once a record is done. */
    private final class Hearing implements ReplayListener {

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            data.put(offset, payload);
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {}

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            settled.add(new Settled(id, outcome));
        }

        @Override
        public void onOddRecord(long offset, String what) {
            world.witness.checkOdd(partition, offset, what);
        }
    }
}
