package io.millrace.mapping.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.ReadPlan;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.Attempt.Step;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.PartitionReplica;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.simulation.Call.Visible;
import io.millrace.mapping.simulation.Work.Execution;
import io.millrace.mapping.simulation.Work.Reading;
import io.millrace.mapping.simulation.Work.Speculated;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's copy of the partition, from its load to its drop: the core, driven as a real shell drives it, one step at
 * a time.
 */
final class Copy {

    private static final long OLDEST_IN_FLIGHT_MILLIS = 1_500;
    private static final long FRESH_MILLIS = 1_000;
    private static final int CHUNK_BYTES = 200;

    /** How often one command may be written before it looks as if it went round in circles. */
    private static final int MOST_SENDS = 12;

    /** Work that waits, and the step of it that the wait belongs to. */
    private record Waiting(Work work, int step) {}

    /** Work that waits for a barrier. */
    private record WaitingForBarrier(Questions.Wait barrier, Waiting waiting) {}

    /** An operation of this gateway that is in flight, and what it is for. */
    private record Undecided(Execution execution, Sent sent) {}

    /** What the replay has just made of an operation of this gateway. */
    private record Settled(OperationId id, Outcome outcome) {}

    final PartitionReplica replica;

    private final World world;
    private final Life life;
    private final Questions questions;
    private final List<Work> waitingForLoad = new ArrayList<>();
    private final List<WaitingForBarrier> waitingForBarrier = new ArrayList<>();
    private final Map<OperationId, List<Waiting>> waitingForSettled = new HashMap<>();
    private final Map<StreamPath, List<Waiting>> waitingForChange = new HashMap<>();
    private final Map<OperationId, Undecided> own = new LinkedHashMap<>();
    private final Set<String> lostCreates = new HashSet<>();
    private final Map<Long, String> data = new HashMap<>();
    private final List<Settled> settled = new ArrayList<>();
    private final Set<StreamPath> changed = new LinkedHashSet<>();
    private final long loadedAt;
    private long followerPosition;
    private long lastRecordEnd;
    private boolean loaded;
    private boolean over;
    private long freshMillis = Long.MIN_VALUE / 2;
    private long checkedPosition;
    private int checks;
    private long slowUntilMillis;

    Copy(World world, Life life) {
        this.world = world;
        this.life = life;
        questions = world.trap == Trap.BARRIER_JOINS_SENT_QUESTION ? new Questions.Joining() : Questions.right();
        followerPosition = world.broker.log.start();
        checkedPosition = followerPosition;
        replica = new PartitionReplica(new PartitionReplay(world.kind, followerPosition), new Hearing());
        loadedAt = world.broker.log.end();
        loaded = followerPosition >= loadedAt;
        world.timeline.after(world.chance.delay(), this::fetch);
    }

    boolean isLoaded() {
        return loaded;
    }

    boolean isInFlight(Execution execution) {
        return execution.sent.isPresent() && own.containsKey(execution.sent.get());
    }

    /** The gateway's idea of the time: its clock, but never behind what the log has shown already. */
    long nowMillis() {
        return Math.max(life.clock(), replica.replay().logTimeMillis());
    }

    /** From here on nobody is answered from this copy. Returns what was in flight. */
    Collection<Execution> drop() {
        over = true;
        return undecided();
    }

    private Collection<Execution> undecided() {
        return own.values().stream()
                .map(Undecided::execution)
                .filter(execution -> !execution.done)
                .toList();
    }

    private void later(long millis, Runnable action) {
        world.timeline.after(millis, () -> {
            if (!over) {
                action.run();
            }
        });
    }

    // ---- steps

    /** Goes on with work that another copy had, once this one is loaded. */
    void resume(Work work) {
        if (loaded) {
            wake(new Waiting(work, work.step));
        } else {
            waitingForLoad.add(work);
        }
    }

    private void wake(Waiting waiting) {
        later(world.chance.between(0, 2), () -> {
            if (!waiting.work.done && waiting.work.step == waiting.step) {
                advance(waiting.work);
            }
        });
    }

    void advance(Work work) {
        work.step++;
        switch (work) {
            case Execution execution -> advance(execution);
            case Reading reading -> advance(reading);
        }
    }

    private void advance(Execution execution) {
        Waiting waiting = new Waiting(execution, execution.step);
        switch (execution.course.next(replica, nowMillis())) {
            case Step.Send(Operation operation) -> send(execution, operation);
            case Step.AwaitSettled(OperationId awaited) ->
                waitingForSettled
                        .computeIfAbsent(awaited, _ -> new ArrayList<>())
                        .add(waiting);
            case Step.AwaitBarrier() -> awaitBarrier(waiting);
            case Step.Hold() ->
                later(world.chance.between(50, 100), () -> {
                    if (!execution.done && execution.step == waiting.step) {
                        execution.course.onHeld();
                        advance((Work) execution);
                    }
                });
            case Step.Answer(Outcome outcome) -> life.decided(execution, outcome);
        }
    }

    private void send(Execution execution, Operation operation) {
        Optional<Long> oldest = replica.oldestInFlightMillis();
        if (oldest.isPresent() && life.clock() - oldest.get() > OLDEST_IN_FLIGHT_MILLIS) {
            life.answer(execution, new Reply.Unavailable());
            return;
        }
        if (++execution.sends > MOST_SENDS) {
            throw new Violation(execution.call + " goes round in circles");
        }
        Sent sent = new Sent(execution.command.path(), life.nextId(), life.clock(), operation);
        world.trace(life + " sends " + sent.id() + " for " + execution.call + " "
                + operation.getClass().getSimpleName());
        if (world.trap == Trap.ANSWERS_WHEN_ACKNOWLEDGED) {
            execution.speculated = Optional.of(new Speculated(replica.speculated(sent.path()), sent));
        }
        replica.sending(sent);
        if (!world.calm() && world.chance.oneIn(300)) {
            replica.notSent(sent);
            life.answer(execution, new Reply.Unavailable());
            return;
        }
        execution.sent = Optional.of(sent.id());
        own.put(sent.id(), new Undecided(execution, sent));
        world.witness.onHandedOver(execution.call, sent.id());
        life.send(sent);
    }

    /** Logs an access; one that is in flight counts, so that many readers at once make one touch. */
    void touch(StreamPath path) {
        if (replica.speculated(path) instanceof Standing stream && stream.wantsTouch(nowMillis())) {
            life.execute(new Command.Touch(path));
        }
    }

    // ---- reads

    private void advance(Reading reading) {
        StreamPath path = reading.call.request.path();
        ReadPlan plan =
                ReadPlan.of(replica.replay().stream(path), believed(path, reading.from), CHUNK_BYTES, nowMillis());
        if (!reading.fresh && needsBarrier(reading, plan)) {
            awaitBarrier(new Waiting(reading, reading.step));
            return;
        }
        Reply reply = reply(reading.call.request, plan);
        if (reply instanceof Reply.Chunk chunk && reading.told && saysNothing(chunk)) {
            awaitChange(reading);
            return;
        }
        world.witness.checkRead(reading.call, reply, world.timeline.now(), reading.clockMin, nowMillis(), FRESH_MILLIS);
        if (reading.isLive() && reply instanceof Reply.Chunk chunk && !chunk.isLast()) {
            life.tell(reading, chunk);
            if (chunk.upToDate()) {
                awaitChange(reading);
            } else {
                wake(new Waiting(reading, reading.step));
            }
        } else {
            life.answer(reading, reply);
        }
        if (!(reading.call.request instanceof Request.Find)) {
            touch(path);
        }
    }

    private boolean needsBarrier(Reading reading, ReadPlan plan) {
        if (reading.caughtUp) {
            return false;
        }
        if (reading.call.request instanceof Request.Find) {
            return world.trap != Trap.READS_WITHOUT_BARRIER;
        }
        if (plan instanceof ReadPlan.BeyondTail && world.trap == Trap.OFFSET_REFUSED_WITHOUT_BARRIER) {
            return false;
        }
        return plan.needsBarrier()
                ? world.trap != Trap.READS_WITHOUT_BARRIER
                : world.trap != Trap.SERVES_STALE_DATA && world.timeline.now() - freshMillis > FRESH_MILLIS;
    }

    private RequestedOffset believed(StreamPath path, RequestedOffset requested) {
        return world.trap == Trap.FOREIGN_TAG_ACCEPTED
                        && requested instanceof RequestedOffset.At(OffsetToken token)
                        && replica.replay().state(path) instanceof Standing stream
                ? new RequestedOffset.At(stream.token(Math.max(token.position(), stream.begin())))
                : requested;
    }

    private Reply reply(Request request, ReadPlan plan) {
        StreamPath path = request.path();
        return switch (plan) {
            case ReadPlan.NoSuchStream() -> {
                if (replica.replay().state(path) instanceof Standing && world.chance.oneIn(2)) {
                    life.execute(new Command.Expire(path));
                }
                yield new Reply.Found(Optional.empty());
            }
            case ReadPlan.AtTail(Retained retained) -> {
                Standing stream = (Standing) retained;
                yield request instanceof Request.Find
                        ? new Reply.Found(Optional.of(stream))
                        : new Reply.Chunk(stream, stream.tail(), stream.tail(), List.of());
            }
            case ReadPlan.Range range -> chunk(path, range);
            case ReadPlan.Inherited _, ReadPlan.Passed _, ReadPlan.Ended _ ->
                throw new IllegalStateException("there are no forks in this world: " + plan);
            case ReadPlan.BeyondTail(OffsetToken tail) -> new Reply.BeyondTail(tail);
            case ReadPlan.Gone(OffsetToken earliest) -> new Reply.Gone(earliest);
        };
    }

    private Reply chunk(StreamPath path, ReadPlan.Range range) {
        List<Visible> records = new ArrayList<>();
        OffsetIndex index = replica.replay().stream(path).orElseThrow().index();
        for (int i = range.from(); i < range.to(); i++) {
            long offset = index.offset(i);
            records.add(new Visible(offset, data.getOrDefault(offset, "nothing")));
        }
        return new Reply.Chunk((Standing) range.stream(), range.start(), range.end(), records);
    }

    /** Whether a live reader that was told where it is knows all of this. */
    private static boolean saysNothing(Reply.Chunk chunk) {
        return chunk.records().isEmpty() && !chunk.isLast();
    }

    private void awaitChange(Reading reading) {
        Waiting waiting = new Waiting(reading, reading.step);
        if (world.trap == Trap.CHANGE_UNHEARD) {
            later(world.chance.between(1, 20), () -> listen(waiting));
        } else {
            listen(waiting);
        }
    }

    private void listen(Waiting waiting) {
        waitingForChange
                .computeIfAbsent(waiting.work.call.request.path(), _ -> new ArrayList<>())
                .add(waiting);
    }

    // ---- barriers

    private void awaitBarrier(Waiting waiting) {
        waitingForBarrier.add(new WaitingForBarrier(questions.arrive(), waiting));
        ask();
    }

    private void ask() {
        if (!questions.send()) {
            return;
        }
        later(world.chance.delay(), () -> {
            long end = world.broker.log.end();
            boolean fails = !world.calm() && world.chance.oneIn(40);
            later(world.chance.delay(), () -> {
                if (fails) {
                    questions.failed();
                } else {
                    questions.answered(end);
                }
                passBarriers();
                ask();
            });
        });
    }

    private void passBarriers() {
        long position = world.trap == Trap.BARRIER_AWAITS_LAST_RECORD
                ? lastRecordEnd
                : replica.replay().position();
        for (WaitingForBarrier awaited : List.copyOf(waitingForBarrier)) {
            Work work = awaited.waiting.work;
            if (awaited.barrier.failed()) {
                waitingForBarrier.remove(awaited);
                if (!work.done) {
                    life.answer(work, new Reply.Unavailable());
                }
            } else if (awaited.barrier.passedAt(position)) {
                waitingForBarrier.remove(awaited);
                work.onBarrierPassed();
                wake(awaited.waiting);
            }
        }
    }

    // ---- what Kafka tells

    void onAcknowledged(OperationId acknowledged, long offset, long timestampMillis) {
        Undecided undecided = own.get(acknowledged);
        if (undecided == null) {
            world.count("acknowledged late"); // the follower was faster, or a former copy is meant
        }
        if (offset < 0) {
            world.count("acknowledged without offset");
            if (world.trap != Trap.MISSING_OFFSET_GUESSED || undecided == null) {
                return; // the follower will bring it
            }
            offset = replica.replay().position();
        }
        if (world.trap == Trap.ANSWERS_WHEN_ACKNOWLEDGED && undecided != null && !undecided.execution.done) {
            life.decided(
                    undecided.execution,
                    undecided.execution.speculated.orElseThrow().at(offset, timestampMillis));
        }
        if (world.trap == Trap.ANY_ACKNOWLEDGEMENT_REPLAYED && undecided != null) {
            replica.replay().skipTo(offset);
        }
        long before = replica.replay().position();
        replica.onAcknowledged(
                acknowledged, offset, world.trap == Trap.JUDGES_BY_OWN_CLOCK ? life.clock() : timestampMillis);
        if (replica.replay().position() > before) {
            world.count("replayed from memory");
        }
        replayed();
    }

    private void fetch() {
        Optional<SimulatedLog.Fetched> fetched = world.broker.log.fetch(followerPosition, slow() ? 1 : 50);
        long askedMillis = world.timeline.now();
        if (fetched.isEmpty()) {
            life.reload("out of range at " + followerPosition);
            return;
        }
        later(world.chance.delay(), () -> {
            onFetched(fetched.get(), askedMillis);
            later(pause(), this::fetch);
        });
    }

    private boolean slow() {
        return !world.calm() && world.timeline.now() < slowUntilMillis;
    }

    /** Mostly none to speak of; sometimes nothing is heard for seconds, or too little to keep up. */
    private long pause() {
        if (world.calm()) {
            return world.chance.between(10, 60);
        }
        if (!slow() && world.chance.oneIn(150)) {
            slowUntilMillis = world.timeline.now() + world.chance.between(2_000, 6_000);
        }
        if (slow()) {
            return world.chance.between(40, 400);
        }
        return world.chance.oneIn(60) ? world.chance.between(200, 4_000) : world.chance.between(1, 25);
    }

    private void onFetched(SimulatedLog.Fetched fetched, long askedMillis) {
        for (LogRecord record : fetched.records()) {
            replica.onFetched(world.trap == Trap.JUDGES_BY_OWN_CLOCK ? dated(record) : record);
            lastRecordEnd = Math.max(lastRecordEnd, record.offset() + 1);
            replayed();
        }
        replica.onPosition(fetched.position());
        followerPosition = fetched.position();
        if (fetched.position() == fetched.end() || world.trap == Trap.HEARING_COUNTS_AS_FRESH) {
            freshMillis = askedMillis;
        }
        if (!loaded && fetched.position() >= loadedAt) {
            loaded = true;
            waitingForLoad.forEach(work -> wake(new Waiting(work, work.step)));
            waitingForLoad.clear();
        }
        replayed();
        if (!world.calm() && world.chance.oneIn(500)) {
            life.reload("because its replay failed"); // with all that this batch has settled still to be answered
        }
    }

    private LogRecord dated(LogRecord record) {
        List<Header> headers = record.headers().stream()
                .map(header -> header.name().equals("ds-time")
                        ? new Header("ds-time", Long.toString(life.clock()).getBytes(UTF_8))
                        : header)
                .toList();
        return new LogRecord(record.offset(), life.clock(), record.key(), headers, record.value());
    }

    /** The replay may have moved on. */
    private void replayed() {
        for (Settled decided : List.copyOf(settled)) {
            settled.remove(decided);
            Undecided undecided = own.remove(decided.id);
            if (undecided != null) {
                onSettled(undecided, decided.outcome);
            }
            wakeAll(waitingForSettled.remove(decided.id));
        }
        for (StreamPath path : List.copyOf(changed)) {
            changed.remove(path);
            wakeAll(waitingForChange.remove(path));
        }
        if (replica.replay().position() != checkedPosition) {
            checkedPosition = replica.replay().position();
            world.witness.checkReplica(life.toString(), replica.replay());
        }
        if (++checks % 64 == 0) {
            world.witness.checkIndexes(life.toString(), replica.replay());
        }
        passBarriers();
    }

    private void onSettled(Undecided undecided, Outcome outcome) {
        Execution execution = undecided.execution;
        if (execution.done) {
            return;
        }
        switch (undecided.sent.operation()) {
            case Operation.Create _
            when outcome instanceof Outcome.Existing ->
                lostCreates.add(undecided.sent.id().text());
            case Operation.OnIncarnation operation
            when outcome instanceof Outcome.OtherIncarnation ->
                execution.sentWithLoser |=
                        lostCreates.contains(operation.incarnation().id());
            case Operation _ -> {}
        }
        if (outcome instanceof Outcome.Accepted) {
            execution.taken = Optional.of(outcome);
            if (execution.sentWithLoser && execution.command instanceof Command.Append) {
                world.count("append of a losing create taken by the winner");
            }
        }
        execution.course.onSettled(outcome);
        wake(new Waiting(execution, execution.step));
    }

    private void wakeAll(@Nullable List<Waiting> waiting) {
        if (waiting != null) {
            waiting.forEach(this::wake);
        }
    }

    /** The producer that sent what is in flight is gone. Returns what that was. */
    Collection<Execution> onProducerLost() {
        Collection<Execution> lost = undecided();
        if (world.trap == Trap.LOST_KEPT_IN_FLIGHT) {
            own.clear();
            return lost;
        }
        for (Sent sent : replica.abandonInFlight()) {
            own.remove(sent.id());
            wakeAll(waitingForSettled.remove(sent.id()));
        }
        return lost;
    }

    /** Hears the replay; what it brings is dealt with once a record is done. */
    private final class Hearing implements ReplayListener {

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            data.put(offset, new String(payload.value(), UTF_8));
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {
            changed.add(path);
        }

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            settled.add(new Settled(id, outcome));
        }

        @Override
        public void onOddRecord(long offset, String what) {
            world.trace(life + " finds at " + offset + " " + what);
        }
    }
}
