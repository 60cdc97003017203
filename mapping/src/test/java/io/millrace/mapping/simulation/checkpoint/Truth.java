package io.millrace.mapping.simulation.checkpoint;

import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.replay.ReplayedStream;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A replay that has seen every record as it was appended. */
final class Truth implements ReplayListener {

    private final List<Optional<LogRecord>> all = new ArrayList<>();
    private final List<String> hashes = new ArrayList<>();
    private PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
    private Optional<Outcome> last = Optional.empty();
    private Optional<Long> setUpAt = Optional.empty();

    /** Before the first record. */
    Truth() {
        hashes.add(hash());
    }

    PartitionReplay replay() {
        return replay;
    }

    /** What an operation comes to; empty for what is none. */
    Optional<Outcome> onAppend(LogRecord record) {
        last = Optional.empty();
        replay.replay(record, this);
        all.add(Optional.of(record));
        hashes.add(hash());
        if (setUpAt.isEmpty() && replay.setup().isPresent()) {
            setUpAt = Optional.of(record.offset());
        }
        return last;
    }

    void onNothing() {
        all.add(Optional.empty());
        replay.skipTo(all.size());
        replay.verified();
        hashes.add(hash());
    }

    /** All that comes to at {@code position}. */
    String hash(long position) {
        return hashes.get((int) position);
    }

    private String hash() {
        return CheckpointCodec.stateHash(replay.snapshot(0));
    }

    /** What stood from {@code to} on never was. */
    void truncate(long to) {
        all.subList((int) to, all.size()).clear();
        hashes.subList((int) to + 1, hashes.size()).clear();
        replay = new PartitionReplay(TopicKind.SHARED, 0);
        for (int offset = 0; offset < to; offset++) {
            if (all.get(offset).isPresent()) {
                replay.replay(all.get(offset).get(), this);
            } else {
                replay.skipTo(offset + 1L);
                replay.verified();
            }
        }
        setUpAt = setUpAt.filter(offset -> offset < to);
    }

    /** Whoever reads finds what there is to read. */
    void checkIsReadable(Log log) {
        replay.forEach((path, _) -> {
            OffsetIndex index = replay.stream(path).map(ReplayedStream::index).orElseThrow();
            index.forEach(0, (offset, _) -> {
                if (!log.holds(offset)) {
                    throw new Violation("visible record " + offset + " of " + path.text() + " is gone");
                }
            });
        });
        if (setUpAt.isPresent() && !log.holds(setUpAt.get())) {
            throw new Violation("the setup is gone");
        }
    }

    @Override
    public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {}

    @Override
    public void onChanged(StreamPath path, Optional<OperationId> by) {}

    @Override
    public void onSettled(OperationId id, Outcome outcome) {
        last = Optional.of(outcome);
    }

    @Override
    public void onOddRecord(long offset, String what) {}
}
