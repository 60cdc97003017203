package io.millrace.mapping.simulation.fork;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.fork.ForkAttempt;
import io.millrace.mapping.fork.ForkAttempt.Step;
import io.millrace.mapping.fork.SourceRead;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.simulation.fork.Call.Reply;
import io.millrace.mapping.simulation.fork.Call.Request;
import io.millrace.mapping.simulation.fork.Call.Visible;
import io.millrace.mapping.simulation.fork.Execution.Result;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamConfiguration;
import java.util.Optional;

/** One PUT of a fork on its way to its answer, as the shell takes it there. */
final class Forking {

    private static final int MOST_STEPS = 30;
    private static final int MOST_LOOKS = 64;

    private final World world;
    private final Life life;
    private final Call call;
    private final Request.Fork fork;
    private final ForkAttempt attempt;
    private int steps;
    private Runnable referring = () -> {};

    Forking(World world, Life life, Call call, Request.Fork fork) {
        this.world = world;
        this.life = life;
        this.call = call;
        this.fork = fork;
        attempt = new ForkAttempt(fork.request());
    }

    void begin() {
        life.next(this::step);
    }

    private void step() {
        if (++steps > MOST_STEPS) {
            throw new Violation(call + " goes round in circles");
        }
        switch (attempt.next()) {
            case Step.FindTarget(Optional<ForkOrigin> abandoned) -> {
                abandoned.ifPresent(life::release);
                findTarget();
            }
            case Step.ReadSource(RequestedOffset from, boolean wantsRecord) -> readSource(from, wantsRecord);
            case Step.Refer(Command.Reference reference) -> refer(reference);
            case Step.Create(Command.Create create) -> create(create);
            case Step.Answer(Outcome outcome, Optional<ForkOrigin> abandoned) -> {
                abandoned.ifPresent(life::release);
                world.witness.checkAnswer(call, outcome);
                life.answer(call, new Reply.Decided(outcome));
            }
            case Step.GiveUp(Optional<ForkOrigin> abandoned) -> {
                world.count("gave up");
                abandoned.ifPresent(life::release);
                life.answer(call, new Reply.Unavailable());
            }
        }
    }

    private void findTarget() {
        var path = fork.request().path();
        life.copy(path).whenLoaded(() -> {
            if (world.trap == Trap.TARGET_WITHOUT_BARRIER) {
                attempt.onTarget(life.copy(path).replayed(path));
                begin();
                return;
            }
            life.copy(path).awaitBarrier(passed -> {
                if (passed) {
                    attempt.onTarget(life.copy(path).replayed(path));
                    begin();
                } else {
                    life.answer(call, new Reply.Unavailable());
                }
            });
        });
    }

    // ---- the source

    private void readSource(RequestedOffset from, boolean wantsRecord) {
        RequestedOffset asked = world.trap == Trap.FORKED_AT_TAIL ? new RequestedOffset.Now() : from;
        if (world.trap == Trap.SOURCE_WITHOUT_BARRIER) {
            look(asked, wantsRecord, Optional.empty(), 1);
            return;
        }
        var path = fork.request().source();
        life.copy(path).whenLoaded(() -> life.copy(path).awaitBarrier(passed -> {
            if (passed) {
                look(asked, wantsRecord, Optional.empty(), 1);
            } else {
                life.answer(call, new Reply.Unavailable());
            }
        }));
    }

    private void look(RequestedOffset from, boolean wantsRecord, Optional<Reply.Chunk> earlier, int looks) {
        boolean replayed = world.trap == Trap.SOURCE_WITHOUT_BARRIER;
        new Stitching(world, life, fork.request().source(), 1, replayed, reply -> {
                    if (reply instanceof Reply.Chunk chunk) {
                        Reply.Chunk whole = earlier.map(first -> new Reply.Chunk(
                                        chunk.stream(), first.start(), chunk.end(), chunk.records(), chunk.lineage()))
                                .orElse(chunk);
                        if (wantsRecord && chunk.records().isEmpty() && !chunk.upToDate() && looks < MOST_LOOKS) {
                            look(chunk.next(), true, Optional.of(whole), looks + 1);
                        } else {
                            onSource(found(whole));
                        }
                    } else {
                        refused(reply);
                    }
                })
                .begin(from);
    }

    private void refused(Reply reply) {
        switch (reply) {
            case Reply.NoSuchStream() -> onSource(new SourceRead.Absent());
            case Reply.Ended() -> onSource(new SourceRead.Ended());
            case Reply.BeyondTail _ -> onSource(new SourceRead.NoSuchPoint("beyond tail"));
            case Reply.Gone _ -> onSource(new SourceRead.NoSuchPoint("gone"));
            case Reply.Unavailable _, Reply.Undecided _ -> life.answer(call, new Reply.Unavailable());
            case Reply.Decided _, Reply.Chunk _ -> throw new Violation("no refusal: " + reply);
        }
    }

    private static SourceRead found(Reply.Chunk chunk) {
        OffsetToken at = chunk.token(chunk.start());
        return new SourceRead.Found(
                chunk.stream().configuration(),
                Optional.of(chunk.stream().incarnation()),
                at,
                chunk.records().stream().findFirst().map(record -> next(chunk, record)));
    }

    private static SourceRead.NextRecord next(Reply.Chunk chunk, Visible record) {
        return new SourceRead.NextRecord(Payload.of(record.text().getBytes(UTF_8)), chunk.token(record.position() + 1));
    }

    private void onSource(SourceRead read) {
        attempt.onSource(read);
        begin();
    }

    // ---- reference and create

    private void refer(Command.Reference reference) {
        if (world.trap == Trap.CREATES_BEFORE_REFERENCE) {
            OperationId id = new OperationId("early" + call.number, 1);
            long now = life.clock();
            Operation operation = new Operation.ForkRef(reference.source(), reference.fork());
            referring =
                    () -> life.send(world.partition(reference.path()), new Sent(reference.path(), id, now, operation));
            attempt.onReferred(new Outcome.Referenced(new ForkOrigin.Reference(reference.source(), id.text(), now)));
            begin();
            return;
        }
        life.execute(reference, 0, result -> {
            switch (result) {
                case Result.Decided(Outcome outcome) -> {
                    attempt.onReferred(outcome);
                    if (outcome instanceof Outcome.Referenced) {
                        life.later(
                                world.onReferred(
                                        fork.request().source(), fork.request().path()),
                                this::begin);
                    } else {
                        world.count("source ended before the reference");
                        begin();
                    }
                }
                case Result.Unavailable() -> life.answer(call, new Reply.Unavailable());
                case Result.Undecided() -> {
                    world.count("reference undecided");
                    life.answer(call, new Reply.Undecided());
                }
            }
        });
    }

    private void create(Command.Create create) {
        Command.Create sent = world.trap == Trap.REFERENCE_AGE_UNCHECKED ? ageless(create) : create;
        life.execute(sent, call.number, result -> {
            switch (result) {
                case Result.Decided(Outcome outcome) -> {
                    referring.run();
                    if (outcome instanceof Outcome.ReferenceVoid) {
                        world.count("begun anew with another reference");
                        if (create.configuration()
                                .origin()
                                .flatMap(ForkOrigin::reference)
                                .orElseThrow()
                                .lapsedAt(life.clock())) {
                            world.count("reference lapsed");
                        }
                    }
                    attempt.onCreated(
                            outcome instanceof Outcome.Existing lost && world.trap == Trap.LOSER_TOLD_CREATED
                                    ? new Outcome.Existing(lost.stream(), true)
                                    : outcome);
                    begin();
                }
                case Result.Unavailable() -> life.answer(call, new Reply.Unavailable());
                case Result.Undecided() -> {
                    world.count("create undecided");
                    if (world.trap == Trap.RELEASES_UNDECIDED) {
                        create.configuration().origin().ifPresent(life::release);
                    }
                    life.answer(call, new Reply.Undecided());
                }
            }
        });
    }

    private static Command.Create ageless(Command.Create create) {
        ForkOrigin origin = create.configuration().origin().orElseThrow();
        ForkOrigin.Reference reference = origin.reference().orElseThrow();
        StreamConfiguration configuration = create.configuration()
                .with(origin.with(Optional.of(new ForkOrigin.Reference(
                        reference.source(),
                        reference.id(),
                        reference.timeMillis() + 30 * ForkOrigin.REFERENCE_MILLIS))));
        return new Command.Create(create.path(), configuration, create.payload(), create.closed());
    }
}
