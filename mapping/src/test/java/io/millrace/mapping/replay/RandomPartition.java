package io.millrace.mapping.replay;

import io.millrace.mapping.Samples;
import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A shared partition with operations of all kinds, and a replay that has seen them all. */
public final class RandomPartition {

    private final Random random;
    private final RandomOperations operations;
    private final PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
    private final Samples.Heard heard = new Samples.Heard();
    private final List<LogRecord> log = new ArrayList<>();
    private final long[] counters = new long[4];
    private long millis = 1_700_000_000_000L;

    /** Of {@code paths} paths; all of it follows from {@code seed}. */
    public RandomPartition(long seed, int paths) {
        random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
        operations = new RandomOperations(
                random,
                IntStream.range(0, paths).mapToObj(i -> StreamPath.of("s/" + i)).toList());
    }

    /** What all of it came to. */
    public PartitionReplay replay() {
        return replay;
    }

    /** All of it. */
    public List<LogRecord> log() {
        return log;
    }

    /** Goes on with so many records. */
    public RandomPartition grow(int records) {
        for (int i = 0; i < records; i++) {
            millis += random.nextInt(random.nextInt(40) == 0 ? 4_000_000 : 200);
            int gateway = random.nextInt(counters.length);
            counters[gateway] += random.nextInt(20) == 0 ? 0 : 1;
            Sent sent =
                    operations.sent(operations.path(), new OperationId("g" + gateway, 1 + counters[gateway]), millis);
            operations.onSettled(sent, append(sent));
        }
        return this;
    }

    /** Goes on with a checkpoint. */
    public Outcome accept(CheckpointName name) {
        counters[0]++;
        return append(new Sent(
                RecordCodec.CHECKPOINT_PATH,
                new OperationId("g0", 1 + counters[0]),
                millis,
                new Operation.Checkpoint(name, replay.logTimeMillis(), 3, replay.dead())));
    }

    /** Goes on with a thin-to. */
    public Outcome thin(long below) {
        counters[0]++;
        return append(new Sent(
                RecordCodec.THIN_TO_PATH, new OperationId("g0", 1 + counters[0]), millis, new Operation.ThinTo(below)));
    }

    private Outcome append(Sent sent) {
        LogRecord record = Samples.record(log.size(), sent);
        log.add(record);
        replay.replay(record, heard);
        return heard.last();
    }

    /** What the checkpoint of {@code parts} as of now is called. */
    public CheckpointName name(List<byte[]> parts) {
        return new CheckpointName(
                replay.position(), "w." + (replay.position() + 1), parts.size(), CheckpointCodec.checksum(parts));
    }
}
