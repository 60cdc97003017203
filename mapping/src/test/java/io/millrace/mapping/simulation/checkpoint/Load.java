package io.millrace.mapping.simulation.checkpoint;

import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.TopicKind;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A load of the partition, as HostedPartitions has it: step by step, for others do not wait. */
final class Load {

    private static final int MOST_TRIES = 3;

    private final World world;
    private final String who;
    private final Deque<Optional<Shelf.Candidate>> left = new ArrayDeque<>();
    private int tries;
    private Optional<PartitionReplay> begun = Optional.empty();
    private Optional<PartitionReplay> loaded = Optional.empty();
    private long beganAt;
    private long end;

    Load(World world, String who) {
        this.world = world;
        this.who = who;
    }

    /** What has been loaded; empty while it has not. */
    Optional<PartitionReplay> loaded() {
        return loaded;
    }

    /** Whether it was given up. */
    boolean hasFailed() {
        return tries > MOST_TRIES;
    }

    long beganAt() {
        return beganAt;
    }

    /** Goes on. */
    void step() {
        if (begun.isPresent()) {
            read(begun.get());
        } else if (left.isEmpty()) {
            list();
        } else {
            begin(left.remove());
        }
    }

    private void list() {
        tries++;
        if (hasFailed()) {
            return;
        }
        List<Shelf.Candidate> candidates = world.shelf.candidates();
        if (world.trap == Trap.BEGINS_BELOW_BOUND) {
            Collections.reverse(candidates);
        }
        candidates.forEach(candidate -> left.add(Optional.of(candidate)));
        left.add(Optional.empty());
    }

    private void begin(Optional<Shelf.Candidate> candidate) {
        end = world.log.end();
        try {
            PartitionReplay replay = candidate
                    .map(world.shelf::restore)
                    .map(restored -> new PartitionReplay(TopicKind.SHARED, restored.name(), restored.snapshot()))
                    .orElseGet(() -> new PartitionReplay(TopicKind.SHARED, 0));
            if (replay.position() <= end) {
                beganAt = replay.position();
                begun = Optional.of(replay);
            }
        } catch (UnusableCheckpoint e) {
            world.count("checkpoint went while it was read");
        }
    }

    private void read(PartitionReplay replay) {
        try {
            if (replay.position() < end) {
                Following.deliver(
                        world,
                        who,
                        replay,
                        world.log.fetch(replay.position(), world.chance.between(1, 80)),
                        Following.DEAF);
                return;
            }
        } catch (PartitionReplay.Thinned e) {
            world.count("load met a thinned log");
            begun = Optional.empty();
            return;
        }
        begun = Optional.empty();
        if (replay.isConfirmed() || world.trap == Trap.UNCONFIRMED_USED) {
            world.trace(who + " loaded from " + beganAt + " to " + replay.position());
            world.count(beganAt == 0 ? "loaded from the beginning" : "loaded from a checkpoint");
            loaded = Optional.of(replay);
        } else {
            world.count("checkpoint not confirmed");
        }
    }
}
