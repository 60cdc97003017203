package io.millrace.mapping.simulation.checkpoint;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A gateway that has the partition: it loads, follows, keeps the log short, sleeps and crashes. */
final class Gateway {

    private final World world;
    private final String name;
    private String life;
    private final int speed;
    private long counter;
    private long pausedFor;
    private Load load;
    private Optional<Copy> copy = Optional.empty();
    private Optional<Upkeep> upkeep = Optional.empty();

    Gateway(World world, int number) {
        this.world = world;
        this.name = "gateway " + number;
        this.life = world.newLife();
        this.speed = world.chance.pick(List.of(4, 20, 80));
        this.load = new Load(world, name);
    }

    /** A replica, and what was fetched for it and is not replayed yet. */
    static final class Copy {
        private final PartitionReplay replay;
        private final List<Barrier> barriers = new ArrayList<>();
        private final Map<OperationId, Outcome> settled = new HashMap<>();
        private final ReplayListener listener = Following.hearing(settled::put);
        private Optional<Log.Fetched> fetched = Optional.empty();
        private boolean dropped;

        Copy(PartitionReplay replay) {
            this.replay = replay;
        }

        PartitionReplay replay() {
            return replay;
        }

        boolean isDropped() {
            return dropped;
        }

        /** What {@code id} came to, once its record was replayed. */
        Optional<Outcome> outcome(OperationId id) {
            return Optional.ofNullable(settled.get(id));
        }
    }

    /**
     * Passed once the replay has come to where the log ended when it arrived, and has not missed anything: if it may have,
     * because offsets were jumped over since, the log is asked anew.
     */
    static final class Barrier {
        private long end;
        private long jumps;
        private boolean passed;

        private void ask(long logEnd, long seen) {
            end = logEnd;
            jumps = seen;
        }

        boolean isPassed() {
            return passed;
        }
    }

    /** Somebody wants to know all that is in the log by now. */
    Barrier arrive(Copy asked) {
        Barrier barrier = new Barrier();
        barrier.ask(world.log.end(), asked.replay.jumps());
        asked.barriers.add(barrier);
        return barrier;
    }

    OperationId nextId() {
        return new OperationId(life, ++counter);
    }

    /** Writes an operation that concerns the partition. */
    OperationId record(StreamPath path, Operation.OnPartition operation) {
        OperationId id = nextId();
        world.append(new Sent(path, id, world.millis(), operation));
        return id;
    }

    void step() {
        if (pausedFor > 0) {
            pausedFor--;
            return;
        }
        if (world.chance.oneIn(60)) {
            pausedFor = world.chance.between(10, world.chance.oneIn(3) ? 200 : 50);
            world.trace(name + " sleeps for " + pausedFor);
        }
        if (world.chance.oneIn(150)) {
            crash();
        }
        if (copy.isEmpty()) {
            load();
            return;
        }
        follow(copy.get());
        if (copy.isPresent() && world.chance.oneIn(15)) {
            arrive(copy.get());
        }
        if (world.chance.oneIn(4)) {
            return; // upkeep is a thread of its own
        }
        upkeep = upkeep.filter(Upkeep::goesOn);
        if (upkeep.isEmpty() && copy.isPresent()) {
            upkeep = Upkeep.wanted(world, this, copy.get());
        }
    }

    private void crash() {
        world.trace(name + " crashes");
        world.count("crash");
        life = world.newLife();
        counter = 0;
        upkeep = Optional.empty();
        drop();
    }

    private void drop() {
        copy.ifPresent(gone -> gone.dropped = true);
        copy = Optional.empty();
        load = new Load(world, name);
    }

    /** The log's end is gone, and what was written there. */
    void onTruncated(long to) {
        boolean beyond = copy.isPresent() && copy.get().replay.position() > to;
        if (beyond || copy.isEmpty()) {
            drop();
        } else {
            copy.get().fetched = Optional.empty();
            copy.get().barriers.clear();
        }
        upkeep = Optional.empty();
    }

    private void load() {
        load.step();
        if (load.hasFailed()) {
            world.count("load gave up");
            load = new Load(world, name);
        }
        copy = load.loaded().map(Copy::new);
    }

    private void follow(Copy following) {
        try {
            if (following.fetched.isPresent()) {
                Log.Fetched fetched = following.fetched.get();
                following.fetched = Optional.empty();
                boolean doubted = following.replay.isDoubtful();
                Following.deliver(world, name, following.replay, fetched, following.listener);
                if (!doubted && following.replay.isDoubtful()) {
                    world.count("doubt");
                }
            } else if (world.chance.oneIn(2)) {
                following.fetched =
                        Optional.of(world.log.fetch(following.replay.position(), world.chance.between(1, speed)));
            }
            passBarriers(following);
        } catch (PartitionReplay.Thinned e) {
            world.trace(name + " has slept: " + e.getMessage());
            world.count("replica thinned");
            drop();
        }
    }

    private void passBarriers(Copy asked) {
        PartitionReplay replay = asked.replay;
        asked.barriers.removeIf(barrier -> {
            if (replay.position() < barrier.end) {
                return false;
            }
            boolean since = barrier.jumps == replay.jumps() || world.trap == Trap.CLEARED_BY_EARLIER_BARRIER;
            if (since && replay.isDoubtful()) {
                world.count("doubt cleared");
                replay.verified();
                world.check(name, replay);
            }
            if (replay.isDoubtful() && world.trap != Trap.ANSWERS_IN_DOUBT) {
                world.count("barrier asked anew");
                barrier.ask(world.log.end(), replay.jumps());
                return false;
            }
            world.checkAnswer(name, replay);
            barrier.passed = true;
            return true;
        });
    }
}
