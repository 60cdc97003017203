package io.millrace.mapping.replay;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;

/** Hears, in log order, what the replay of a partition comes to. It may look at the replay, and must not change it. */
public interface ReplayListener {

    /** A record is visible to readers of the stream that stands at {@code path}. */
    void onVisible(StreamPath path, Standing standing, long offset, Payload payload);

    /**
     * The stream at {@code path} is not as it was: it grew, was closed, opened or ended.
     *
     * @param by the operation that changed it; empty for a native producer's record
     */
    void onChanged(StreamPath path, Optional<OperationId> by);

    /** An operation that this gateway has in flight is decided. */
    void onSettled(OperationId id, Outcome outcome);

    /** A record that no correct writer wrote was met and is void. */
    void onOddRecord(long offset, String what);
}
