package io.millrace.mapping.replay;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Operation;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a partition's log says of itself: its accepted checkpoints, and from where on it is whole. Not safe for use by
 * several threads.
 */
final class LogHistory {

    /*
     * A jump of offsets is harmless where it is a control record, or a record that concerns nobody. It is not where the
     * log was thinned below a point that this replay had not reached: then the records that are missing said something
     * that only a checkpoint still tells. The thin-to that allowed it was in the log before any record went. So a replay
     * that met a jump knows that it was harmless once it has seen all that was in the log after the jump was met, and no
     * thin-to above it; until then it must be doubted.
     */

    private Optional<Operation.Checkpoint> newest = Optional.empty();
    private Optional<Operation.Checkpoint> older = Optional.empty();
    private long thinnedBelow;
    private long thinned;
    private OptionalLong jump = OptionalLong.empty();
    private long jumps;

    /** Nothing said yet. */
    LogHistory() {}

    /** As a checkpoint has it. */
    LogHistory(Snapshot.Facts facts) {
        newest = facts.newest();
        older = facts.older();
        thinnedBelow = facts.thinnedBelow();
        thinned = facts.thinned();
    }

    /** The newest accepted checkpoint. */
    Optional<Operation.Checkpoint> newest() {
        return newest;
    }

    /** The one accepted before it. */
    Optional<Operation.Checkpoint> older() {
        return older;
    }

    /** The Kafka offset below which records may be missing; 0 where the log is whole. */
    long thinnedBelow() {
        return thinnedBelow;
    }

    /** How many records had been of no use below that offset, as far as the checkpoint tells that the thinning went by. */
    long thinned() {
        return thinned;
    }

    /** Judges {@code checkpoint}, whose record stands at {@code offset}. */
    Outcome judge(Operation.Checkpoint checkpoint, long offset) {
        long known = newest.map(Operation.Checkpoint::asOf).orElse(-1L);
        if (checkpoint.asOf() > offset || checkpoint.asOf() <= known) {
            return new Outcome.CheckpointSuperseded();
        }
        older = newest;
        newest = Optional.of(checkpoint);
        return new Outcome.Checkpointed(checkpoint);
    }

    /**
     * Judges {@code thinTo}.
     *
     * @throws PartitionReplay.Thinned where it allowed the removal of records that this replay has not seen
     */
    Outcome judge(Operation.ThinTo thinTo) {
        if (thinTo.below() <= thinnedBelow
                || older.isEmpty()
                || thinTo.below() > older.get().asOf()) {
            return new Outcome.NotThinned();
        }
        if (jump.isPresent() && jump.getAsLong() < thinTo.below()) {
            throw new PartitionReplay.Thinned(jump.getAsLong(), thinTo.below());
        }
        thinnedBelow = thinTo.below();
        if (thinTo.below() == older.get().asOf()) {
            thinned = older.get().dead();
        }
        return new Outcome.Thinned(thinTo.below());
    }

    /** No record stands from {@code offset} on up to the next one. */
    void onJump(long offset) {
        jumps++;
        if (jump.isEmpty()) {
            jump = OptionalLong.of(offset);
        }
    }

    /** How often that was so. */
    long jumps() {
        return jumps;
    }

    /** Whether records may have been missed. */
    boolean isDoubtful() {
        return jump.isPresent();
    }

    /** All was replayed that was in the log after the last jump was met. */
    void verified() {
        jump = OptionalLong.empty();
    }
}
