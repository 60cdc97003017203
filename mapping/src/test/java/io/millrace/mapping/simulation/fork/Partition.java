package io.millrace.mapping.simulation.fork;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.simulation.SimulatedLog;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;
import java.util.Optional;

/** A partition of Kafka's: takes records in the order in which they come, and dates them by its broker's clock. */
final class Partition {

    final int number;
    final TopicKind kind;
    final SimulatedLog log = new SimulatedLog();
    private final World world;
    private long skewMillis;
    private int forged;

    Partition(World world, int number, TopicKind kind) {
        this.world = world;
        this.number = number;
        this.kind = kind;
    }

    /** A record of a gateway arrives. Returns what is in the log then. */
    LogRecord append(Sent sent) {
        if (world.trap == Trap.SOURCE_DROPPED
                && sent.operation() instanceof Operation.Delete delete
                && world.witness.state(sent.path()) instanceof Standing stream
                && stream.incarnation().equals(delete.incarnation())) {
            for (String reference : stream.references().keySet()) {
                Operation unref = new Operation.ForkUnref(stream.incarnation(), reference);
                write(new Sent(sent.path(), new OperationId("forged" + number, ++forged), sent.timeMillis(), unref));
            }
        }
        LogRecord record = write(sent);
        if (world.trap == Trap.RESET_FORGETS_CANCELLED && world.witness.wouldForget(this, sent)) {
            log.deleteRecordsBelow(record.offset());
            world.witness.resetAt(this, record);
            world.gateways.forEach(gateway -> gateway.life().reload(this, "reset"));
        }
        return record;
    }

    private LogRecord write(Sent sent) {
        if (world.chance.oneIn(200)) {
            skewMillis = world.chance.between(-world.skew(), world.skew());
        }
        Sent written =
                world.trap == Trap.CANCELLED_NOT_REMEMBERED && sent.operation() instanceof Operation.ForkCancel cancel
                        ? new Sent(sent.path(), sent.id(), sent.timeMillis(), tooOld(cancel))
                        : sent;
        RecordCodec.Encoded encoded = RecordCodec.encode(written);
        LogRecord record = log.append(world.clock() + skewMillis, encoded.key(), encoded.headers(), encoded.value());
        world.trace("log " + number + ": " + record.offset() + " " + sent.id() + " "
                + sent.operation().getClass().getSimpleName() + " " + sent.path());
        world.witness.onAppended(this, record);
        world.gateways.forEach(gateway -> gateway.life().copy(this).follow());
        return record;
    }

    /** A native producer's record arrives; without a text it is one that no consumer is given. */
    void appendNative(Optional<String> text) {
        world.trace("log " + number + ": " + log.end() + " native " + text.orElse("control record"));
        if (text.isPresent()) {
            LogRecord record = log.append(
                    world.clock() + skewMillis, null, List.of(), text.get().getBytes(UTF_8));
            world.witness.onNative(this, record);
        } else {
            log.appendControlRecord();
            world.witness.onControlRecord(this);
        }
        world.gateways.forEach(gateway -> gateway.life().copy(this).follow());
    }

    private static Operation.ForkCancel tooOld(Operation.ForkCancel cancel) {
        return new Operation.ForkCancel(cancel.reference(), cancel.timeMillis() - 3 * ForkOrigin.REFERENCE_MILLIS);
    }

    @Override
    public String toString() {
        return kind + " partition " + number;
    }
}
