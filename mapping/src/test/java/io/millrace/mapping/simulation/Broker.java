package io.millrace.mapping.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Kafka: takes records in the order in which they come, and dates them by a clock of its own. */
final class Broker {

    final SimulatedLog log = new SimulatedLog();
    private final World world;
    private final boolean duplicates;
    private long skewMillis;
    private long redelivered;

    Broker(World world, boolean duplicates) {
        this.world = world;
        this.duplicates = duplicates;
    }

    /** A record of a gateway arrives. Returns what is in the log then. */
    LogRecord append(Sent sent) {
        LogRecord record = write(sent, sent.id());
        if (duplicates && !world.calm() && world.chance.oneIn(25)) {
            world.timeline.after(world.chance.delay(), () -> {
                if (isForgotten(sent, record)) {
                    return;
                }
                world.trace("broker: " + sent.id() + " once more");
                world.count("record delivered twice, " + world.kind);
                write(sent, uncounted(sent.id()));
            });
        }
        return record;
    }

    /**
     * A dedicated partition forgets its counters with its stream (docs/adr/0001, "Reset of a dedicated partition"). What
     * comes again afterwards is void all the same, as it is meant for a life that is over; only a create is not.
     */
    private boolean isForgotten(Sent sent, LogRecord record) {
        return sent.operation() instanceof Operation.Create && world.witness.emptiedAt() > record.offset();
    }

    /** Without the counter check, a record that comes twice is as good as one of another gateway. */
    private OperationId uncounted(OperationId id) {
        return world.trap == Trap.COUNTER_UNCHECKED ? new OperationId("again" + ++redelivered, 1) : id;
    }

    private LogRecord write(Sent sent, OperationId as) {
        RecordCodec.Encoded encoded =
                RecordCodec.encode(new Sent(sent.path(), as, sent.timeMillis(), sent.operation()));
        List<Header> headers = encoded.headers();
        if (world.trap == Trap.INCARNATION_UNCHECKED && world.witness.state(sent.path()) instanceof Standing standing) {
            headers = headers.stream()
                    .map(header -> header.name().equals("ds-inc")
                            ? new Header("ds-inc", standing.incarnation().id().getBytes(UTF_8))
                            : header)
                    .toList();
        }
        return write(encoded.key(), headers, encoded.value(), Optional.of(sent.id()));
    }

    /** A record of somebody else arrives. */
    void appendForeign(byte @Nullable [] key, byte @Nullable [] value) {
        write(key, List.of(), value, Optional.empty());
    }

    private LogRecord write(
            byte @Nullable [] key, List<Header> headers, byte @Nullable [] value, Optional<OperationId> sentAs) {
        if (world.chance.oneIn(200)) {
            skewMillis = world.chance.between(-world.skew(), world.skew());
        }
        LogRecord record = log.append(World.EPOCH + world.timeline.now() + skewMillis, key, headers, value);
        world.trace(
                "log: " + record.offset() + " " + sentAs.map(OperationId::text).orElse("foreign"));
        world.witness.onAppended(record, sentAs, world.timeline.now());
        return record;
    }

    void appendControlRecord() {
        world.trace("log: " + log.end() + " control");
        log.appendControlRecord();
        world.witness.onControlRecord(world.timeline.now());
    }
}
