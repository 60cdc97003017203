package io.millrace.mapping.simulation;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.simulation.Work.Execution;
import io.millrace.mapping.simulation.Work.Reading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What a gateway is from one start to its next crash: its requests, a producer, and a copy of the partition. */
final class Life {

    private static final long DEADLINE_MILLIS = 2_500;

    private final World world;
    private final Gateway gateway;
    private final long skew;
    private final List<Work> works = new ArrayList<>();
    private String id;
    private long counter;
    private KafkaProducer producer;
    private Copy copy;
    private boolean over;

    Life(World world, Gateway gateway) {
        this.world = world;
        this.gateway = gateway;
        skew = world.chance.between(-world.skew(), world.skew());
        id = gateway.newId();
        producer = new KafkaProducer(world, this::onAcknowledged);
        copy = new Copy(world, this);
    }

    Copy copy() {
        return copy;
    }

    long clock() {
        return World.EPOCH + world.timeline.now() + skew;
    }

    /** All ends here; what is in flight may still come. */
    void end() {
        over = true;
        copy.drop();
        producer.giveUp();
        for (Work work : List.copyOf(works)) {
            work.done = true;
            if (work.call.number > 0) {
                world.timeline.after(world.chance.delay(), () -> work.call.answer(new Reply.Undecided()));
            }
        }
    }

    private void later(long millis, Runnable action) {
        world.timeline.after(millis, () -> {
            if (!over) {
                action.run();
            }
        });
    }

    // ---- requests

    void onCall(Call call) {
        if (!copy.isLoaded()) {
            world.witness.checkTold(call, new Reply.Unavailable());
            world.answer(call, new Reply.Unavailable());
            return;
        }
        begin(
                switch (call.request) {
                    case Request.Execute(Command command) -> new Execution(call, clock(), command, world.trap);
                    case Request.Find _, Request.Read _, Request.Follow _ -> new Reading(call, clock(), world.trap);
                });
    }

    private void begin(Work work) {
        works.add(work);
        later(DEADLINE_MILLIS, () -> onDeadline(work));
        copy.advance(work);
    }

    /** What the gateway does for itself; nobody is answered. */
    void execute(Command command) {
        Call call = new Call(0, new Request.Execute(command), world.broker.log.end(), world.timeline.now(), _ -> {});
        begin(new Execution(call, clock(), command, Trap.NONE));
    }

    private void onDeadline(Work work) {
        if (work.done) {
            return;
        }
        switch (work) {
            case Execution execution when execution.taken.isPresent() -> decided(execution, execution.taken.get());
            case Execution execution
            when copy.isInFlight(execution) -> inFlight(execution, Trap.UNAVAILABLE_AT_DEADLINE);
            case Reading reading when reading.told -> answer(reading, new Reply.Over());
            case Execution _, Reading _ -> answer(work, new Reply.Unavailable());
        }
    }

    /** Answers what may or may not come. */
    private void inFlight(Execution execution, Trap denying) {
        answer(execution, world.trap == denying ? new Reply.Unavailable() : new Reply.Undecided());
    }

    void decided(Execution execution, Outcome outcome) {
        if (execution.call.number > 0) {
            world.witness.checkOutcome(
                    execution.call, execution.command, outcome, execution.sent, execution.clockMin, copy.nowMillis());
        }
        answer(execution, new Reply.Decided(outcome));
        if (outcome instanceof Outcome.Duplicate) {
            copy.touch(execution.command.path());
        }
    }

    /** Tells a live reader what came; more may follow. */
    void tell(Reading reading, Reply.Chunk chunk) {
        world.count("told live");
        world.tell(reading.call, chunk);
        reading.onTold(chunk);
    }

    void answer(Work work, Reply reply) {
        work.done = true;
        works.remove(work);
        if (work.call.number > 0) {
            world.count(
                    reply instanceof Reply.Decided(Outcome outcome)
                            ? outcome.getClass().getSimpleName()
                            : reply.getClass().getSimpleName());
            world.witness.checkTold(work.call, reply);
            world.answer(work.call, reply);
        }
    }

    // ---- the producer

    OperationId nextId() {
        return new OperationId(id, ++counter);
    }

    void send(Sent sent) {
        KafkaProducer by = producer;
        if (world.trap == Trap.HANDED_OVER_LATE) {
            later(world.chance.between(0, 3), () -> by.send(sent));
        } else {
            by.send(sent);
        }
    }

    private void onAcknowledged(KafkaProducer by, OperationId acknowledged, long offset, long timestampMillis) {
        if (!over && by == producer) {
            copy.onAcknowledged(acknowledged, offset, timestampMillis);
        }
    }

    void replaceProducer() {
        world.trace(gateway + " replaces its producer");
        world.count("producer replaced");
        producer.giveUp();
        Collection<Execution> lost = copy.onProducerLost();
        id = gateway.newId();
        counter = 0;
        producer = new KafkaProducer(world, this::onAcknowledged);
        for (Execution execution : lost) {
            if (world.trap == Trap.LOST_SENT_AGAIN) {
                execution.beginAnew();
                copy.advance(execution);
            } else {
                inFlight(execution, Trap.UNAVAILABLE_AT_LOSS);
            }
        }
    }

    // ---- the copy

    /** The copy is dropped, whatever it was at, and another one is loaded; the producer, and what it has, stays. */
    void reload(String why) {
        world.trace(gateway + " loads its copy anew, " + why);
        world.count("copy dropped");
        Collection<Execution> inFlight = copy.drop();
        if (!inFlight.isEmpty()) {
            world.count("copy dropped with operations in flight");
        }
        if (world.trap == Trap.COUNTER_RESTARTED) {
            counter = 0;
        }
        copy = new Copy(world, this);
        for (Work work : List.copyOf(works)) {
            if (work instanceof Execution execution && inFlight.contains(execution)) {
                if (world.trap != Trap.DROPPED_SENT_AGAIN) {
                    inFlight(execution, Trap.UNAVAILABLE_AT_DROP);
                    continue;
                }
            } else if (work instanceof Execution execution && execution.taken.isPresent()) {
                if (world.trap != Trap.SETTLED_BEGUN_ANEW) {
                    decided(execution, execution.taken.get());
                    continue;
                }
            }
            work.beginAnew();
            copy.resume(work);
        }
    }

    @Override
    public String toString() {
        return gateway.toString();
    }
}
