package io.millrace.mapping.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.Samples;
import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.CheckpointName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A replay that begins with a checkpoint is one that has seen everything. */
class RestoredReplayTest {

    private static final int PARTITIONS = 200;
    private static final int RECORDS = 120;

    @Test
    void goesOnAsTheOneThatHasSeenEverything() {
        for (int seed = 1; seed <= PARTITIONS; seed++) {
            RandomPartition partition = new RandomPartition(seed, 1 + seed % 7).grow(seed % RECORDS);
            PartitionReplay replay = partition.replay();
            List<byte[]> parts = CheckpointCodec.encode(replay.snapshot(0), 3, List.of());
            CheckpointName name = partition.name(parts);
            long asOf = replay.position();
            PartitionReplay restored =
                    new PartitionReplay(TopicKind.SHARED, name, CheckpointCodec.decode(List.of(parts)));
            assertSame(seed, restored, replay);
            partition.grow(5);
            partition.accept(name);
            partition.grow(RECORDS);
            Samples.Heard all = new Samples.Heard();
            Samples.Heard rest = new Samples.Heard();
            PartitionReplay again = new PartitionReplay(TopicKind.SHARED, 0);
            partition.log().forEach(record -> {
                if (record.offset() == asOf) {
                    all.visible.clear();
                    all.outcomes.clear();
                    all.changed.clear();
                }
                again.replay(record, all);
                if (record.offset() >= asOf) {
                    restored.replay(record, rest);
                }
            });
            assertThat(rest.outcomes).as("seed %d", seed).isEqualTo(all.outcomes);
            assertThat(rest.visible).as("seed %d", seed).isEqualTo(all.visible);
            assertThat(rest.changed).as("seed %d", seed).isEqualTo(all.changed);
            assertThat(restored.isConfirmed()).isTrue();
            assertSame(seed, restored, replay);
            assertThat(increment(restored, asOf)).isEqualTo(increment(replay, asOf));
        }
    }

    private static void assertSame(int seed, PartitionReplay one, PartitionReplay other) {
        assertThat(one.fingerprint()).as("seed %d", seed).isEqualTo(other.fingerprint());
        assertThat(CheckpointCodec.stateHash(one.snapshot(0)))
                .as("seed %d", seed)
                .isEqualTo(CheckpointCodec.stateHash(other.snapshot(0)));
        assertThat(one.softDeleted()).isEqualTo(other.softDeleted());
        assertThat(one.dueMillis()).isEqualTo(other.dueMillis());
        assertThat(new HashSet<>(one.overdue(Long.MAX_VALUE, 100)))
                .isEqualTo(new HashSet<>(other.overdue(Long.MAX_VALUE, 100)));
        assertThat(one.dead()).isEqualTo(other.dead());
        assertThat(one.streams()).isEqualTo(other.streams());
        assertThat(one.thinnedBelow()).isEqualTo(other.thinnedBelow());
    }

    /** What a checkpoint that rests on another would hold, the order aside. */
    private static Map<String, Object> increment(PartitionReplay replay, long since) {
        Snapshot snapshot = replay.snapshot(since);
        Map<String, Object> all = new HashMap<>();
        snapshot.streams().forEach(stream -> all.put(stream.path().text(), Map.of(stream.state(), stream.from())));
        all.put("facts", snapshot.facts());
        all.put("ended", Set.copyOf(snapshot.ended()));
        return all;
    }

    @Test
    void countsOnlyWhenTheLogHasAcceptedJustThis() {
        RandomPartition partition = new RandomPartition(1, 3).grow(50);
        List<byte[]> parts = CheckpointCodec.encode(partition.replay().snapshot(0), 3, List.of());
        CheckpointName name = partition.name(parts);
        CheckpointName other = new CheckpointName(name.asOf(), "other.1", name.parts(), name.checksum());
        CheckpointName damaged = new CheckpointName(name.asOf(), name.writer(), name.parts(), "f".repeat(64));
        PartitionReplay taken = restored(name, parts);
        PartitionReplay notTaken = restored(other, parts);
        PartitionReplay notWhatWasWritten = restored(damaged, parts);
        partition.accept(name);
        assertThat(partition.accept(other)).isInstanceOf(Outcome.CheckpointSuperseded.class);

        for (PartitionReplay replay : List.of(taken, notTaken, notWhatWasWritten)) {
            assertThat(replay.isConfirmed()).isFalse();
            partition.log().stream()
                    .filter(record -> record.offset() >= name.asOf())
                    .forEach(record -> replay.replay(record, new Samples.Heard()));
        }

        assertThat(taken.isConfirmed()).isTrue();
        assertThat(notTaken.isConfirmed()).isFalse();
        assertThat(notWhatWasWritten.isConfirmed()).isFalse();
    }

    @Test
    void whatHasChangedIsKnownSinceTheNewestOnly() {
        RandomPartition partition = new RandomPartition(1, 3).grow(50);
        CheckpointName first =
                partition.name(CheckpointCodec.encode(partition.replay().snapshot(0), 3, List.of()));
        partition.accept(first);
        partition.grow(20);
        partition.replay().snapshot(first.asOf());
        CheckpointName second =
                partition.name(CheckpointCodec.encode(partition.replay().snapshot(first.asOf()), 3, List.of(first)));
        partition.accept(second);

        partition.replay().snapshot(second.asOf());
        for (long since : List.of(first.asOf(), second.asOf() - 1, second.asOf() + 1)) {
            assertThatThrownBy(() -> partition.replay().snapshot(since)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Before its record was met, what a checkpoint began with may not even be the log's. */
    @Test
    void nothingRestsOnWhatIsNotConfirmed() {
        RandomPartition partition = new RandomPartition(1, 3).grow(50);
        List<byte[]> parts = CheckpointCodec.encode(partition.replay().snapshot(0), 3, List.of());
        CheckpointName name = partition.name(parts);

        assertThatThrownBy(() -> restored(name, parts).snapshot(name.asOf()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Compaction leaves a log's beginning where it was; what does not begin there has lost what nobody can tell. */
    @Test
    void sharedLogThatDoesNotBeginAtZeroNeedsACheckpoint() {
        RandomPartition partition = new RandomPartition(1, 3).grow(50);
        List<byte[]> parts = CheckpointCodec.encode(partition.replay().snapshot(0), 3, List.of());
        CheckpointName name = partition.name(parts);
        PartitionReplay beheaded = new PartitionReplay(TopicKind.SHARED, name.asOf());

        assertThatThrownBy(beheaded::requireRooted).isInstanceOf(PartitionReplay.BeyondThisBuild.class);
        for (int i = 0; i < 30; i++) {
            partition.grow(1);
            assertThatThrownBy(() -> beheaded.replay(partition.log().getLast(), new Samples.Heard()))
                    .isInstanceOf(PartitionReplay.BeyondThisBuild.class);
        }
        restored(name, parts).requireRooted();
    }

    private static PartitionReplay restored(CheckpointName name, List<byte[]> parts) {
        return new PartitionReplay(TopicKind.SHARED, name, CheckpointCodec.decode(List.of(parts)));
    }
}
