package io.millrace.mapping.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.At;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Judge;
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
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.PartitionReplica;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.simulation.Call.Visible;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A gateway: the core, driven as a real shell drives it, one step at a time. */
final class Gateway {

    private static final long DEADLINE_MILLIS = 2_500;
    private static final long OLDEST_IN_FLIGHT_MILLIS = 1_500;
    private static final long FRESH_MILLIS = 1_000;
    private static final int CHUNK_BYTES = 200;

    /** How often one command may be written before it looks as if it went round in circles. */
    private static final int MOST_SENDS = 12;

    private final World world;
    private final int number;
    private int lives;
    private @Nullable Life life;

    Gateway(World world, int number) {
        this.world = world;
        this.number = number;
    }

    void start() {
        life = new Life();
    }

    /** All that was in memory is lost; after a while it starts again. */
    void crash() {
        Life dying = life;
        if (dying == null) {
            return;
        }
        world.trace(this + " crashes");
        world.count("crash");
        life = null;
        dying.end();
        world.timeline.after(world.chance.between(10, 1_500), this::start);
    }

    void replaceProducer() {
        if (life != null) {
            life.replaceProducer();
        }
    }

    void onCall(Call call) {
        if (life == null) {
            world.timeline.after(world.chance.delay(), () -> call.answer(new Reply.Undecided()));
            return;
        }
        life.onCall(call);
    }

    OptionalLong emptiedAt() {
        return life == null ? OptionalLong.empty() : life.replica.replay().emptiedAt();
    }

    void checkAtEnd(long end) {
        if (life == null || life.replica.replay().position() != end) {
            throw new Violation(this + " has not reached the end of the log");
        }
        world.witness.checkIndexes(toString(), life.replica.replay());
    }

    @Override
    public String toString() {
        return "gateway " + number;
    }

    /** A request in the works. */
    private abstract static sealed class Work {
        final Call call;
        final long clockMin;

        /** Rises with every step, so that what was to come after an earlier one does not. */
        int step;

        boolean done;

        Work(Call call, long clockMin) {
            this.call = call;
            this.clockMin = clockMin;
        }
    }

    private static final class Execution extends Work {
        final Command command;
        final Course course;
        int sends;
        Optional<OperationId> sent = Optional.empty();
        Optional<Speculated> speculated = Optional.empty();

        Execution(Call call, long clockMin, Command command, Course course) {
            super(call, clockMin);
            this.command = command;
            this.course = course;
        }
    }

    /** What a gateway believed when it sent. */
    private record Speculated(StreamState state, Sent sent) {

        Outcome at(long offset, long timestampMillis) {
            return Judge.judge(state, sent, new At(offset, timestampMillis)).outcome();
        }
    }

    private static final class Reading extends Work {
        boolean fresh;

        Reading(Call call, long clockMin) {
            super(call, clockMin);
        }
    }

    private record Waiting(Questions.Wait barrier, Work work, int step) {}

    private record Undecided(Execution execution, Call call) {}

    private record Settled(OperationId id, Outcome outcome) {}

    /** What a gateway is from one start to its next crash. */
    private final class Life {
        final long skew = world.chance.between(-world.skew(), world.skew());
        final PartitionReplica replica;
        final Questions questions =
                world.trap == Trap.BARRIER_JOINS_SENT_QUESTION ? new Questions.Joining() : Questions.right();
        final List<Waiting> barrierWaits = new ArrayList<>();
        final Map<OperationId, Undecided> own = new LinkedHashMap<>();
        final Map<OperationId, List<Work>> settleWaits = new HashMap<>();
        final List<Work> works = new ArrayList<>();
        final Map<Long, String> data = new HashMap<>();
        final List<Settled> settled = new ArrayList<>();
        String id = "";
        long counter;
        KafkaProducer producer;
        long followerPosition;
        long lastRecordEnd;
        long loadedAt = -1;
        boolean loaded;
        long freshMillis = Long.MIN_VALUE / 2;
        boolean over;
        long checkedPosition = -1;
        int checks;
        long slowUntilMillis;

        Life() {
            followerPosition = world.broker.log.start();
            replica = new PartitionReplica(new PartitionReplay(world.kind, followerPosition), new Hearing());
            newId();
            producer = new KafkaProducer(world, this::onAcknowledged);
            loadedAt = world.broker.log.end();
            loaded = followerPosition >= loadedAt;
            world.timeline.after(world.chance.delay(), this::fetch);
        }

        void newId() {
            id = "g" + number + "x" + ++lives;
            counter = 0;
        }

        long clock() {
            return World.EPOCH + world.timeline.now() + skew;
        }

        /** The gateway's idea of the time: its clock, but never behind what the log has shown already. */
        long nowMillis() {
            return Math.max(clock(), replica.replay().logTimeMillis());
        }

        void end() {
            over = true;
            producer.giveUp();
            for (Work work : List.copyOf(works)) {
                work.done = true;
                if (work.call.number > 0) {
                    world.timeline.after(world.chance.delay(), () -> work.call.answer(new Reply.Undecided()));
                }
            }
        }

        void later(long millis, Runnable action) {
            world.timeline.after(millis, () -> {
                if (!over) {
                    action.run();
                }
            });
        }

        // ---- requests

        void onCall(Call call) {
            if (!loaded) {
                world.answer(call, new Reply.Unavailable());
                return;
            }
            begin(
                    switch (call.request) {
                        case Request.Execute(Command command) ->
                            new Execution(call, clock(), command, Course.of(command, world.trap));
                        case Request.Find _, Request.Read _ -> new Reading(call, clock());
                    });
        }

        void begin(Work work) {
            works.add(work);
            later(DEADLINE_MILLIS, () -> expire(work));
            advance(work);
        }

        /** What the gateway does for itself; nobody is answered. */
        void execute(Command command) {
            Call call =
                    new Call(0, new Request.Execute(command), world.broker.log.end(), world.timeline.now(), _ -> {});
            begin(new Execution(call, clock(), command, Course.of(command, Trap.NONE)));
        }

        void expire(Work work) {
            if (!work.done) {
                boolean mayBeWritten = work instanceof Execution execution
                        && execution.sent.isPresent()
                        && own.containsKey(execution.sent.get());
                answer(work, mayBeWritten ? new Reply.Undecided() : new Reply.Unavailable());
            }
        }

        void answer(Work work, Reply reply) {
            work.done = true;
            works.remove(work);
            if (work.call.number > 0) {
                world.count(
                        reply instanceof Reply.Decided(Outcome outcome)
                                ? outcome.getClass().getSimpleName()
                                : reply.getClass().getSimpleName());
                world.answer(work.call, reply);
            }
        }

        void wake(Work work, int step) {
            later(world.chance.between(0, 2), () -> {
                if (!work.done && work.step == step) {
                    advance(work);
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

        void advance(Execution execution) {
            switch (execution.course.next(replica, nowMillis())) {
                case Step.Send(Operation operation) -> send(execution, operation);
                case Step.AwaitSettled(OperationId awaited) ->
                    settleWaits.computeIfAbsent(awaited, _ -> new ArrayList<>()).add(execution);
                case Step.AwaitBarrier() -> awaitBarrier(execution);
                case Step.Hold() -> {
                    int step = execution.step;
                    later(world.chance.between(50, 100), () -> {
                        if (!execution.done && execution.step == step) {
                            execution.course.onHeld();
                            advance(execution);
                        }
                    });
                }
                case Step.Answer(Outcome outcome) -> decided(execution, outcome);
            }
        }

        void decided(Execution execution, Outcome outcome) {
            if (execution.call.number > 0) {
                world.witness.checkOutcome(
                        execution.call, execution.command, outcome, execution.sent, execution.clockMin, nowMillis());
            }
            answer(execution, new Reply.Decided(outcome));
            if (outcome instanceof Outcome.Duplicate) {
                touch(execution.command.path());
            }
        }

        void send(Execution execution, Operation operation) {
            Optional<Long> oldest = replica.oldestInFlightMillis();
            if (oldest.isPresent() && clock() - oldest.get() > OLDEST_IN_FLIGHT_MILLIS) {
                answer(execution, new Reply.Unavailable());
                return;
            }
            if (++execution.sends > MOST_SENDS) {
                throw new Violation(execution.call + " goes round in circles");
            }
            Sent sent = new Sent(execution.command.path(), new OperationId(id, ++counter), clock(), operation);
            world.trace(Gateway.this + " sends " + sent.id() + " for " + execution.call + " "
                    + operation.getClass().getSimpleName());
            if (world.trap == Trap.ANSWERS_WHEN_ACKNOWLEDGED) {
                execution.speculated = Optional.of(new Speculated(replica.speculated(sent.path()), sent));
            }
            replica.sending(sent);
            if (!world.calm() && world.chance.oneIn(300)) {
                replica.notSent(sent);
                answer(execution, new Reply.Unavailable());
                return;
            }
            execution.sent = Optional.of(sent.id());
            own.put(sent.id(), new Undecided(execution, execution.call));
            producer.send(sent);
        }

        /** Logs an access; one that is in flight counts, so that many readers at once make one touch. */
        void touch(StreamPath path) {
            if (replica.speculated(path) instanceof Standing stream && stream.wantsTouch(nowMillis())) {
                execute(new Command.Touch(path));
            }
        }

        // ---- reads

        void advance(Reading reading) {
            StreamPath path = reading.call.request.path();
            RequestedOffset from =
                    switch (reading.call.request) {
                        case Request.Read(StreamPath _, RequestedOffset requested) -> believed(path, requested);
                        case Request.Find _, Request.Execute _ -> new RequestedOffset.Now();
                    };
            ReadPlan plan = ReadPlan.of(replica.replay().stream(path), from, CHUNK_BYTES, nowMillis());
            boolean head = reading.call.request instanceof Request.Find;
            boolean barrier = (head || plan.needsBarrier())
                    ? world.trap != Trap.READS_WITHOUT_BARRIER
                    : world.trap != Trap.SERVES_STALE_DATA && world.timeline.now() - freshMillis > FRESH_MILLIS;
            if (barrier && !reading.fresh) {
                awaitBarrier(reading);
                return;
            }
            Reply reply =
                    switch (plan) {
                        case ReadPlan.NoSuchStream() -> {
                            if (replica.replay().state(path) instanceof Standing && world.chance.oneIn(2)) {
                                execute(new Command.Expire(path));
                            }
                            yield new Reply.Found(Optional.empty());
                        }
                        case ReadPlan.AtTail(Standing stream) ->
                            head
                                    ? new Reply.Found(Optional.of(stream))
                                    : new Reply.Chunk(stream, stream.tail(), stream.tail(), List.of());
                        case ReadPlan.Range range -> chunk(path, range);
                        case ReadPlan.BeyondTail(OffsetToken tail) -> new Reply.BeyondTail(tail);
                        case ReadPlan.Gone(OffsetToken earliest) -> new Reply.Gone(earliest);
                    };
            world.witness.checkRead(
                    reading.call, reply, world.timeline.now(), reading.clockMin, nowMillis(), FRESH_MILLIS);
            answer(reading, reply);
            if (!head) {
                touch(path);
            }
        }

        RequestedOffset believed(StreamPath path, RequestedOffset requested) {
            return world.trap == Trap.FOREIGN_TAG_ACCEPTED
                            && requested instanceof RequestedOffset.At(OffsetToken token)
                            && replica.replay().state(path) instanceof Standing stream
                    ? new RequestedOffset.At(ReadPlan.token(stream, Math.max(token.position(), stream.begin())))
                    : requested;
        }

        Reply chunk(StreamPath path, ReadPlan.Range range) {
            List<Visible> records = new ArrayList<>();
            var index = replica.replay().stream(path).orElseThrow().index();
            for (int i = range.from(); i < range.to(); i++) {
                long offset = index.offset(i);
                records.add(new Visible(offset, data.getOrDefault(offset, "nothing")));
            }
            return new Reply.Chunk(range.stream(), range.start(), range.end(), records);
        }

        // ---- barriers

        void awaitBarrier(Work work) {
            barrierWaits.add(new Waiting(questions.arrive(), work, work.step));
            ask();
        }

        void ask() {
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

        void passBarriers() {
            long position = world.trap == Trap.BARRIER_AWAITS_LAST_RECORD
                    ? lastRecordEnd
                    : replica.replay().position();
            for (Waiting waiting : List.copyOf(barrierWaits)) {
                if (waiting.barrier.failed()) {
                    barrierWaits.remove(waiting);
                    if (!waiting.work.done) {
                        answer(waiting.work, new Reply.Unavailable());
                    }
                } else if (waiting.barrier.passedAt(position)) {
                    barrierWaits.remove(waiting);
                    switch (waiting.work) {
                        case Execution execution -> execution.course.onBarrierPassed();
                        case Reading reading -> reading.fresh = true;
                    }
                    wake(waiting.work, waiting.step);
                }
            }
        }

        // ---- what Kafka tells

        void onAcknowledged(KafkaProducer by, OperationId acknowledged, long offset, long timestampMillis) {
            if (over || by != producer) {
                return;
            }
            Undecided undecided = own.get(acknowledged);
            if (world.trap == Trap.ANSWERS_WHEN_ACKNOWLEDGED && undecided != null && !undecided.execution.done) {
                decided(
                        undecided.execution,
                        undecided.execution.speculated.orElseThrow().at(offset, timestampMillis));
            }
            long time = world.trap == Trap.JUDGES_BY_OWN_CLOCK ? clock() : timestampMillis;
            long before = replica.replay().position();
            replica.onAcknowledged(acknowledged, offset, time);
            if (replica.replay().position() > before) {
                world.count("replayed from memory");
            }
            replayed();
        }

        void fetch() {
            Optional<SimulatedLog.Fetched> fetched = world.broker.log.fetch(followerPosition, slow() ? 1 : 50);
            long askedMillis = world.timeline.now();
            if (fetched.isEmpty()) {
                world.trace(Gateway.this + " is out of range at " + followerPosition);
                crash();
                return;
            }
            later(world.chance.delay(), () -> {
                onFetched(fetched.get(), askedMillis);
                later(pause(), this::fetch);
            });
        }

        boolean slow() {
            return !world.calm() && world.timeline.now() < slowUntilMillis;
        }

        /** Mostly none to speak of; sometimes nothing is heard for seconds, or too little to keep up. */
        long pause() {
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

        void onFetched(SimulatedLog.Fetched fetched, long askedMillis) {
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
            loaded |= fetched.position() >= loadedAt;
            replayed();
        }

        LogRecord dated(LogRecord record) {
            List<Header> headers = record.headers().stream()
                    .map(header -> header.name().equals("ds-time")
                            ? new Header("ds-time", Long.toString(clock()).getBytes(UTF_8))
                            : header)
                    .toList();
            return new LogRecord(record.offset(), clock(), record.key(), headers, record.value());
        }

        /** The replay may have moved on. */
        void replayed() {
            for (Settled decided : List.copyOf(settled)) {
                settled.remove(decided);
                Undecided undecided = own.remove(decided.id);
                if (undecided != null && !undecided.execution.done) {
                    undecided.execution.course.onSettled(decided.outcome);
                    wake(undecided.execution, undecided.execution.step);
                }
                wakeWaitersFor(decided.id);
            }
            if (replica.replay().position() != checkedPosition) {
                checkedPosition = replica.replay().position();
                world.witness.checkReplica(Gateway.this.toString(), replica.replay());
            }
            if (++checks % 64 == 0) {
                world.witness.checkIndexes(Gateway.this.toString(), replica.replay());
            }
            passBarriers();
        }

        void wakeWaitersFor(OperationId decided) {
            List<Work> waiters = settleWaits.remove(decided);
            if (waiters != null) {
                waiters.forEach(work -> wake(work, work.step));
            }
        }

        void replaceProducer() {
            world.trace(Gateway.this + " replaces its producer");
            world.count("producer replaced");
            producer.giveUp();
            Collection<Sent> abandoned = replica.abandonInFlight();
            newId();
            producer = new KafkaProducer(world, this::onAcknowledged);
            for (Sent sent : abandoned) {
                Undecided undecided = own.remove(sent.id());
                if (undecided != null && !undecided.execution.done) {
                    answer(undecided.execution, new Reply.Undecided());
                }
                wakeWaitersFor(sent.id());
            }
        }

        private final class Hearing implements ReplayListener {

            @Override
            public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
                data.put(offset, new String(payload.value(), UTF_8));
            }

            @Override
            public void onChanged(StreamPath path, Optional<OperationId> by) {}

            @Override
            public void onSettled(OperationId id, Outcome outcome) {
                settled.add(new Settled(id, outcome));
            }

            @Override
            public void onOddRecord(long offset, String what) {
                world.trace(Gateway.this + " finds at " + offset + " " + what);
            }
        }
    }
}
