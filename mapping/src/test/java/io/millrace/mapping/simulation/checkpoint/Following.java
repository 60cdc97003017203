package io.millrace.mapping.simulation.checkpoint;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What a replay makes of what a fetch brought. */
final class Following {

    /** Hears nothing. */
    static final ReplayListener DEAF = hearing((_, _) -> {});

    private static final int CHECKED = 5;

    private Following() {}

    /** {@code replay} sees what was fetched for it. */
    static void deliver(World world, String who, PartitionReplay replay, Log.Fetched fetched, ReplayListener listener) {
        for (LogRecord record : fetched.records()) {
            if (world.trap == Trap.THIN_TO_IGNORED
                    && RecordCodec.decode(record) instanceof Decoded.Ours(Sent sent)
                    && sent.operation() instanceof Operation.ThinTo) {
                replay.verified();
            }
            if (world.trap == Trap.JUMP_UNNOTICED || world.trap == Trap.BEGINS_BELOW_BOUND) {
                replay.verified();
            }
            replay.replay(record, listener);
            if (world.chance.oneIn(CHECKED)) {
                world.check(who, replay);
            }
        }
        replay.skipTo(fetched.position());
        if (world.trap == Trap.JUMP_UNNOTICED) {
            replay.verified();
        }
        world.check(who, replay);
    }

    /** Hears what becomes of operations. */
    static ReplayListener hearing(BiConsumer<OperationId, Outcome> settled) {
        return new ReplayListener() {
            @Override
            public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {}

            @Override
            public void onChanged(StreamPath path, Optional<OperationId> by) {}

            @Override
            public void onSettled(OperationId id, Outcome outcome) {
                settled.accept(id, outcome);
            }

            @Override
            public void onOddRecord(long offset, String what) {}
        };
    }
}
