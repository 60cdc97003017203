package io.millrace.mapping.replay;

import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.id;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.touch;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.ForkSamples;
import io.millrace.mapping.Samples;
import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/adr/0001, "Partition operations": what may get a tombstone below an accepted thin-to. */
class DeadTest {

    private final PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
    private final List<LogRecord> log = new ArrayList<>();

    private void write(Sent sent) {
        write(record(log.size(), sent));
    }

    private void write(LogRecord record) {
        log.add(record);
        replay.replay(record, new Samples.Heard());
    }

    private void onPartition(String id, Operation.OnPartition operation) {
        write(new Sent(
                operation instanceof Operation.Setup ? RecordCodec.SETUP_PATH : RecordCodec.CHECKPOINT_PATH,
                id(id),
                1_000,
                operation));
    }

    /** The offsets of those that may go, as a thinning asks for them. */
    private List<Long> dead() {
        Dead dead = new Dead(CheckpointCodec.decode(List.of(CheckpointCodec.encode(replay.snapshot(0), 0, List.of()))));
        assertThat(dead.below()).isEqualTo(replay.position());
        return log.stream().filter(dead::holds).map(LogRecord::offset).toList();
    }

    @Test
    void whatIsNotVisibleIsDeadFromTheStart() {
        write(sent("g.1", 1_000, creation())); // 0
        write(sent("g.2", 1_000, append("g.1", "visible"))); // 1
        write(sent("g.3", 1_000, append("x.9", "of another life"))); // 2
        write(sent("g.4", 1_000, touch("g.1"))); // 3
        write(sent("g.5", 1_000, append("g.1", "visible, too"))); // 4

        assertThat(dead()).containsExactly(0L, 2L, 3L);
    }

    @Test
    void whatWasVisibleIsDeadWithItsStream() {
        write(sent("g.1", 1_000, new Operation.Create(Samples.PLAIN, Samples.payload("former"), false))); // 0
        write(sent("g.2", 1_000, append("g.1", "former"))); // 1
        write(sent("g.3", 1_000, delete("g.1"))); // 2
        write(sent("g.4", 1_000, new Operation.Create(Samples.PLAIN, Samples.payload("new"), false))); // 3

        assertThat(dead()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void whatForksInheritIsNotDead() {
        write(sent("g.1", 1_000, new Operation.Create(Samples.PLAIN, Samples.payload("kept"), false))); // 0
        write(sent("g.2", 1_000, ForkSamples.forkRef("g.1", Samples.OTHER_PATH))); // 1
        write(sent("g.3", 1_000, delete("g.1"))); // 2
        assertThat(dead()).containsExactly(1L, 2L);

        write(sent("g.4", 1_000, ForkSamples.forkUnref("g.1", "g.2"))); // 3
        assertThat(dead()).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void theSetupStays() {
        onPartition("g.1", new Operation.Setup(2, "/v1/stream")); // 0
        onPartition("g.2", new Operation.Setup(2, "/v1/stream")); // 1: void, and stays as well
        onPartition("g.3", new Operation.Checkpoint(new CheckpointName(1, "g.9", 1, "0".repeat(64)), 1_000, 0, 0)); // 2

        assertThat(dead()).containsExactly(2L);
    }

    /** Its key is that of the first record: a tombstone would take that, too. */
    @Test
    void aSecondLandingStays() {
        write(sent("g.1", 1_000, creation())); // 0
        Sent twice = sent("g.2", 1_000, append("g.1", "twice"));
        write(twice); // 1
        write(twice); // 2
        write(sent("g.5", 1_000, touch("g.1"))); // 3
        write(sent("g.4", 1_000, touch("g.1"))); // 4: late, which cannot be told from the other

        assertThat(dead()).containsExactly(0L, 3L);
    }

    @Test
    void whatIsNotOursStays() {
        write(Samples.foreign(0, 1_000, "foreign"));
        write(new LogRecord(1, 1_000, "chats/42|g.1".getBytes(UTF_8), List.of(), null));
        write(new LogRecord(
                2,
                1_000,
                "chats/42|g.1".getBytes(UTF_8),
                List.of(new LogRecord.Header("ds-v", "1".getBytes(UTF_8))),
                new byte[0]));

        assertThat(dead()).isEmpty();
    }

    @Test
    void nothingAtTheBoundOrAboveIsDead() {
        write(sent("g.1", 1_000, creation()));
        Dead dead = new Dead(replay.snapshot(0));
        write(sent("g.2", 1_000, touch("g.1")));

        assertThat(dead.holds(log.get(0))).isTrue();
        assertThat(dead.holds(log.get(1))).isFalse();
    }

    @Test
    void anIncrementDoesNotTellWhatIsDead() {
        write(sent("g.1", 1_000, creation()));
        onPartition("g.2", new Operation.Checkpoint(new CheckpointName(1, "g.9", 1, "0".repeat(64)), 1_000, 0, 0));
        Snapshot increment = replay.snapshot(1);

        assertThatThrownBy(() -> new Dead(increment)).isInstanceOf(IllegalArgumentException.class);
    }
}
