package io.millrace.mapping.simulation.checkpoint;

import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.replay.Dead;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checkpoint in the making, or a thinning: one step after the other, while the world goes on. */
abstract sealed class Upkeep {

    /** So many records must have followed the last checkpoint. */
    private static final int CHECKPOINT_RECORDS = 25;

    private static final int THINNING_RECORDS = 15;

    final World world;
    final Gateway gateway;
    final Gateway.Copy copy;

    private Upkeep(World world, Gateway gateway, Gateway.Copy copy) {
        this.world = world;
        this.gateway = gateway;
        this.copy = copy;
    }

    /** Does the next thing; false where there is nothing more to do. */
    abstract boolean goesOn();

    /** What is due. */
    static Optional<Upkeep> wanted(World world, Gateway gateway, Gateway.Copy copy) {
        PartitionReplay replay = copy.replay();
        if (replay.olderCheckpoint().isPresent() && replay.dead() > THINNING_RECORDS && world.chance.oneIn(6)) {
            return Optional.of(new Thinning(world, gateway, copy));
        }
        if (world.trap == Trap.WRITES_IN_DOUBT && replay.isDoubtful()) {
            return Optional.of(new Writing(world, gateway, copy));
        }
        long since = replay.newestCheckpoint().map(Operation.Checkpoint::asOf).orElse(0L);
        if (replay.position() - since > CHECKPOINT_RECORDS && world.chance.oneIn(4)) {
            return Optional.of(new Writing(world, gateway, copy));
        }
        return Optional.empty();
    }

    /** As Checkpoints has it. */
    static final class Writing extends Upkeep {
        private final Map<Shelf.Writing, Shelf.Stored> listed;
        private final Gateway.Barrier barrier;
        private final List<byte[]> parts = new ArrayList<>();
        private Optional<Shelf.Writing> writing = Optional.empty();
        private Optional<Snapshot.Facts> facts = Optional.empty();
        private int stored;
        private Optional<OperationId> recorded = Optional.empty();
        private final List<Shelf.Writing> superfluous = new ArrayList<>();

        Writing(World world, Gateway gateway, Gateway.Copy copy) {
            super(world, gateway, copy);
            listed = world.shelf.list();
            barrier = gateway.arrive(copy);
        }

        @Override
        boolean goesOn() {
            if (!superfluous.isEmpty()) {
                Shelf.Writing one = superfluous.removeFirst();
                world.trace("removes parts of " + one);
                world.shelf.remove(one);
                world.count("parts removed");
                return !superfluous.isEmpty();
            }
            if (copy.isDropped()) {
                return false;
            }
            if (writing.isEmpty()) {
                return (!barrier.isPassed() && world.trap != Trap.WRITES_IN_DOUBT) || take();
            }
            if (stored < parts.size()) {
                world.shelf.store(writing.get(), stored, parts.get(stored));
                stored++;
                return !world.chance.oneIn(25);
            }
            if (recorded.isEmpty()) {
                Snapshot.Facts known = facts.orElseThrow();
                CheckpointName name = new CheckpointName(
                        writing.get().asOf(), writing.get().writer(), parts.size(), CheckpointCodec.checksum(parts));
                recorded = Optional.of(gateway.record(
                        RecordCodec.CHECKPOINT_PATH,
                        new Operation.Checkpoint(name, known.logTimeMillis(), 0, known.dead())));
                return true;
            }
            Optional<Outcome> outcome = copy.outcome(recorded.get());
            if (outcome.isEmpty()) {
                return true;
            }
            world.count(outcome.get().getClass().getSimpleName());
            superfluous.addAll(world.shelf.superfluous(
                    copy.replay().newestCheckpoint(), copy.replay().olderCheckpoint()));
            return !superfluous.isEmpty();
        }

        private boolean take() {
            PartitionReplay replay = copy.replay();
            if (replay.isDoubtful() && world.trap != Trap.WRITES_IN_DOUBT) {
                world.count("no checkpoint in doubt");
                return false;
            }
            List<CheckpointName> base =
                    replay.isConfirmed() ? Shelf.base(replay.newestCheckpoint(), listed, world.mostLayers) : List.of();
            long since =
                    base.isEmpty() ? 0 : replay.newestCheckpoint().orElseThrow().asOf();
            Snapshot snapshot = replay.snapshot(since);
            if (since > 0 && world.trap == Trap.RESTS_ON_ANOTHER) {
                base = another(base);
            }
            snapshot = since == 0 && !isOnFacts(world.trap) ? snapshot : faulty(snapshot, base);
            facts = Optional.of(snapshot.facts());
            writing = Optional.of(
                    new Shelf.Writing(snapshot.asOf(), gateway.nextId().text()));
            parts.addAll(cut(CheckpointCodec.encode(snapshot, 0, base)));
            world.trace("takes a checkpoint: " + writing.get() + " since " + snapshot.since());
            return true;
        }

        /** Any other checkpoint that is whole. */
        private List<CheckpointName> another(List<CheckpointName> base) {
            for (Shelf.Candidate candidate : world.shelf.candidates()) {
                if (candidate.layers().isEmpty()
                        && candidate.asOf() < base.getLast().asOf()) {
                    return List.of(world.shelf.restore(candidate).name());
                }
            }
            return base;
        }

        private static boolean isOnFacts(Trap trap) {
            return trap == Trap.COUNTERS_SHUFFLED || trap == Trap.CANCELLED_FORGOTTEN;
        }

        private Snapshot faulty(Snapshot right, List<CheckpointName> base) {
            Snapshot.Facts facts = right.facts();
            return switch (world.trap) {
                case ENDED_FORGOTTEN -> new Snapshot(right.since(), facts, right.streams(), List.of());
                case CHANGE_FORGOTTEN ->
                    new Snapshot(
                            right.since(),
                            facts,
                            right.streams().stream()
                                    .filter(stream ->
                                            stream.from() < stream.index().count())
                                    .toList(),
                            right.ended());
                case RESTS_ON_ANOTHER -> new Snapshot(base.getLast().asOf(), facts, right.streams(), right.ended());
                case LIVES_CONFUSED ->
                    new Snapshot(
                            right.since(),
                            facts,
                            right.streams().stream()
                                    .map(stream -> new Snapshot.Stream(
                                            stream.path(),
                                            stream.state(),
                                            stream.index(),
                                            Math.max(
                                                    stream.from(),
                                                    Math.min(1, stream.index().count()))))
                                    .toList(),
                            right.ended());
                case COUNTERS_SHUFFLED ->
                    new Snapshot(
                            right.since(),
                            facts(
                                    facts,
                                    facts.counters().stream()
                                            .sorted(Comparator.comparing(Snapshot.Counter::gateway))
                                            .toList(),
                                    facts.cancelled()),
                            right.streams(),
                            right.ended());
                case CANCELLED_FORGOTTEN ->
                    new Snapshot(
                            right.since(), facts(facts, facts.counters(), Map.of()), right.streams(), right.ended());
                default -> right;
            };
        }

        private static Snapshot.Facts facts(
                Snapshot.Facts facts, List<Snapshot.Counter> counters, Map<String, Long> cancelled) {
            return new Snapshot.Facts(
                    facts.asOf(),
                    facts.logTimeMillis(),
                    facts.setup(),
                    facts.owner(),
                    counters,
                    cancelled,
                    facts.newest(),
                    facts.older(),
                    facts.thinnedBelow(),
                    facts.dead(),
                    facts.thinned());
        }

        /** What fits into one part, in several, if its head stays in one. */
        private List<byte[]> cut(List<byte[]> whole) {
            byte[] all = whole.getFirst();
            List<byte[]> cut = new ArrayList<>();
            int from = 0;
            while (from < all.length) {
                int to = Math.min(all.length, from + world.chance.between(1_200, 3_000));
                cut.add(Arrays.copyOfRange(all, from, to));
                from = to;
            }
            return cut;
        }
    }

    /** As Thinning has it. */
    static final class Thinning extends Upkeep {
        private Optional<Dead> dead = Optional.empty();
        private Optional<Snapshot> said = Optional.empty();
        private Optional<OperationId> recorded = Optional.empty();
        private boolean allowed;
        private long position;

        Thinning(World world, Gateway gateway, Gateway.Copy copy) {
            super(world, gateway, copy);
        }

        @Override
        boolean goesOn() {
            if (allowed) {
                return remove();
            }
            if (copy.isDropped()) {
                return false;
            }
            if (dead.isEmpty()) {
                return look();
            }
            long below = dead.get().below();
            if (recorded.isEmpty()) {
                if (world.trap == Trap.THINS_UNANNOUNCED || world.trap == Trap.ANNOUNCED_AFTERWARDS) {
                    allowed = true;
                    return true;
                }
                recorded = Optional.of(gateway.record(RecordCodec.THIN_TO_PATH, new Operation.ThinTo(below)));
                return true;
            }
            Optional<Outcome> outcome = copy.outcome(recorded.get());
            outcome.ifPresent(came -> world.count(came.getClass().getSimpleName()));
            allowed = outcome.filter(Outcome.Thinned.class::isInstance).isPresent()
                    || (outcome.isPresent() && world.trap == Trap.THINS_TO_NEWEST);
            return outcome.isEmpty() || allowed;
        }

        private boolean look() {
            Operation.Checkpoint wanted = (world.trap == Trap.THINS_TO_NEWEST
                            ? copy.replay().newestCheckpoint()
                            : copy.replay().olderCheckpoint())
                    .orElseThrow();
            for (Shelf.Candidate candidate : world.shelf.candidates()) {
                if (candidate.asOf() == wanted.asOf()) {
                    try {
                        Shelf.Restored restored = world.shelf.restore(candidate);
                        if (restored.name().equals(wanted.name())) {
                            said = Optional.of(restored.snapshot());
                            dead = Optional.of(new Dead(restored.snapshot()));
                            return true;
                        }
                    } catch (UnusableCheckpoint e) {
                        world.count("checkpoint went while it was read");
                    }
                }
            }
            world.count("thinning without its checkpoint");
            return false;
        }

        private boolean remove() {
            Dead gone = dead.orElseThrow();
            Log.Fetched fetched = world.log.fetch(position, world.chance.between(20, 200));
            for (LogRecord record : fetched.records()) {
                if (record.offset() < gone.below() && isGone(gone, record)) {
                    world.remove(record);
                }
                if (world.chance.oneIn(400)) {
                    world.count("thinning broken off");
                    return false;
                }
            }
            position = fetched.position();
            if (position < gone.below()) {
                return true;
            }
            if (world.trap == Trap.ANNOUNCED_AFTERWARDS) {
                gateway.record(RecordCodec.THIN_TO_PATH, new Operation.ThinTo(gone.below()));
            }
            return false;
        }

        private boolean isGone(Dead gone, LogRecord record) {
            boolean ours = RecordCodec.decode(record) instanceof Decoded.Ours;
            return switch (world.trap) {
                case VISIBLE_REMOVED -> ours && !isSetup(record);
                case SECOND_LANDING_REMOVED -> new Dead(said.orElseThrow()).holds(record);
                case SETUP_REMOVED -> gone.holds(record) || isSetup(record);
                default -> gone.holds(record);
            };
        }

        private static boolean isSetup(LogRecord record) {
            return RecordCodec.decode(record) instanceof Decoded.Ours(var sent)
                    && sent.operation() instanceof Operation.Setup;
        }
    }
}
