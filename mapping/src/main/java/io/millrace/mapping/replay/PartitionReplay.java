package io.millrace.mapping.replay;

import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.judge.At;
import io.millrace.mapping.judge.Judge;
import io.millrace.mapping.judge.Judgement;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fold: a partition's records, in log order, into the states of its streams. Live operation and loading run this
 * same code, so two gateways that have read the same records are in the same state. Not safe for use by several threads.
 */
public final class PartitionReplay {

    /** Thrown where a record follows rules that this build does not know; the partition must not be served. */
    public static final class BeyondThisBuild extends RuntimeException {
        private static final long serialVersionUID = 1;

        BeyondThisBuild(long offset, String what) {
            super("record at offset " + offset + " has " + what);
        }
    }

    /** How long a silent gateway's counter is remembered, in log time. Part of format version 1: never change. */
    private static final long COUNTER_MILLIS = Duration.ofHours(24).toMillis();

    /** The last operation of one life of a gateway's producer; kept in the order of their log time. */
    private record Counter(long last, long logTimeMillis) {}

    private final TopicKind kind;
    private final Map<StreamPath, ReplayedStream> streams = new HashMap<>();
    private final Set<StreamPath> mortal = new LinkedHashSet<>();
    private final LinkedHashMap<String, Counter> counters = new LinkedHashMap<>();
    private Optional<Operation.Setup> setup = Optional.empty();
    private @Nullable StreamPath owner;
    private OptionalLong emptiedAt = OptionalLong.empty();
    private long logTimeMillis;
    private long position;

    /** Whether what was replayed rests on nothing before it. */
    private boolean rooted;

    /** Begins at Kafka offset {@code position} with nothing known. */
    public PartitionReplay(TopicKind kind, long position) {
        this.kind = kind;
        this.position = position;
        this.rooted = kind == TopicKind.SHARED || position == 0;
    }

    /** The Kafka offset of the next record to replay. */
    public long position() {
        return position;
    }

    /** Epoch milliseconds: the running maximum of min(broker's timestamp, sender's clock) over our records. */
    public long logTimeMillis() {
        return logTimeMillis;
    }

    /** The topic's setup, where one was replayed. */
    public Optional<Operation.Setup> setup() {
        return setup;
    }

    /** The path that a dedicated topic belongs to while a stream stands in it. */
    public Optional<StreamPath> owner() {
        return Optional.ofNullable(owner);
    }

    /** Where the last stream of a dedicated topic ended: nothing below this offset will be read again. */
    public OptionalLong emptiedAt() {
        return emptiedAt;
    }

    /** The state of the stream at {@code path}. */
    public StreamState state(StreamPath path) {
        ReplayedStream stream = streams.get(path);
        return stream == null ? StreamState.Absent.ABSENT : stream.state();
    }

    /** The stream at {@code path} with its index; empty where nothing stands there. */
    public Optional<ReplayedStream> stream(StreamPath path) {
        return Optional.ofNullable(streams.get(path));
    }

    /** Shows every standing stream. */
    public void forEach(BiConsumer<StreamPath, Standing> action) {
        streams.forEach((path, stream) -> {
            if (stream.state() instanceof Standing standing) {
                action.accept(path, standing);
            }
        });
    }

    /** Streams that stand although their time was over at {@code millis}; at most {@code most}. */
    public List<StreamPath> overdue(long millis, int most) {
        return mortal.stream()
                .filter(path -> state(path) instanceof Standing standing && standing.expiredAt(millis))
                .limit(most)
                .toList();
    }

    /** All that two replicas at the same position must agree on. */
    public Map<String, Object> fingerprint() {
        Map<String, Object> all = new HashMap<>();
        forEach((path, standing) -> all.put("stream " + path.text(), standing));
        counters.forEach((gateway, counter) -> all.put("counter " + gateway, counter));
        all.put("log time", logTimeMillis);
        setup.ifPresent(standing -> all.put("setup", standing));
        return Collections.unmodifiableMap(all);
    }

    /** Passes over offsets that hold no record for us (control records, compaction). */
    public void skipTo(long next) {
        position = Math.max(position, next);
    }

    /**
     * Replays {@code record}, which must not be below {@link #position()}.
     *
     * @throws BeyondThisBuild where the record's rules are not known; nothing has changed then
     */
    public void replay(LogRecord record, ReplayListener listener) {
        switch (RecordCodec.decode(record)) {
            case Decoded.Ours(Sent sent) -> replay(record.offset(), record.timestampMillis(), sent, listener);
            case Decoded.Foreign() -> foreign(record, listener);
            case Decoded.Broken(String reason) -> {
                requireRooted(record.offset(), null);
                listener.onOddRecord(advance(record.offset()), reason);
            }
            case Decoded.Beyond(String what) ->
                throw new BeyondThisBuild(record.offset(), what + ": use a newer gateway");
        }
    }

    /** Replays an operation of ours whose record stands at {@code offset}. */
    public Outcome replay(long offset, long timestampMillis, Sent sent, ReplayListener listener) {
        if (kind == TopicKind.DEDICATED && sent.operation() instanceof Operation.Setup) {
            throw new BeyondThisBuild(offset, "the setup of a shared topic, and a rule calls this topic dedicated");
        }
        requireRooted(offset, sent.operation());
        advance(offset);
        long recordMillis = Math.min(timestampMillis, sent.timeMillis());
        logTimeMillis = Math.max(logTimeMillis, recordMillis);
        Outcome outcome = judge(sent, new At(offset, logTimeMillis), listener);
        if (kind == TopicKind.DEDICATED
                && ends(sent.operation())
                && owner == null
                && !(outcome instanceof Outcome.CounterRegression)) {
            forget(sent.id(), recordMillis);
            emptiedAt = OptionalLong.of(offset);
        }
        listener.onSettled(sent.id(), outcome);
        return outcome;
    }

    private Outcome judge(Sent sent, At at, ReplayListener listener) {
        OperationId id = sent.id();
        while (!counters.isEmpty()
                && counters.firstEntry().getValue().logTimeMillis() + COUNTER_MILLIS < at.logTimeMillis()) {
            counters.pollFirstEntry();
        }
        Counter known = counters.get(id.gateway());
        if (known != null && id.counter() <= known.last()) {
            listener.onOddRecord(
                    at.offset(), "operation " + id + " after operation " + known.last() + " of its gateway");
            return new Outcome.CounterRegression(known.last());
        }
        counters.putLast(id.gateway(), new Counter(id.counter(), at.logTimeMillis()));
        if (sent.operation() instanceof Operation.Setup requested) {
            return setUp(requested);
        }
        if (takenByOther(sent)) {
            return new Outcome.TopicTaken(Objects.requireNonNull(owner));
        }
        StreamState before = state(sent.path());
        Judgement judgement = Judge.judge(before, sent, at);
        if (!judgement.next().equals(before)) {
            become(sent.path(), judgement.next());
            visible(sent, judgement, at.offset(), listener);
            listener.onChanged(sent.path(), Optional.of(id));
        }
        return judgement.outcome();
    }

    private Outcome setUp(Operation.Setup requested) {
        if (setup.isPresent()) {
            return new Outcome.SetUpBefore(setup.get().equals(requested));
        }
        setup = Optional.of(requested);
        return new Outcome.SetUp();
    }

    private boolean takenByOther(Sent sent) {
        return kind == TopicKind.DEDICATED && owner != null && !owner.equals(sent.path());
    }

    private void become(StreamPath path, StreamState next) {
        switch (next) {
            case StreamState.Absent() -> {
                streams.remove(path);
                mortal.remove(path);
                owner = null;
            }
            case Standing standing -> {
                streams.computeIfAbsent(path, _ -> new ReplayedStream()).become(standing);
                owner = kind == TopicKind.DEDICATED ? path : null;
                if (standing.configuration().expiry() instanceof Expiry.Never) {
                    mortal.remove(path);
                } else {
                    mortal.add(path);
                }
            }
        }
    }

    private void visible(Sent sent, Judgement judgement, long offset, ReplayListener listener) {
        if (!(judgement.outcome() instanceof Outcome.Accepted) || !(judgement.next() instanceof Standing standing)) {
            return;
        }
        Payload payload =
                switch (sent.operation()) {
                    case Operation.Create create -> create.payload();
                    case Operation.Append append -> append.payload();
                    case Operation.Setup _,
                            Operation.Close _,
                            Operation.Delete _,
                            Operation.Expire _,
                            Operation.Touch _ -> Payload.NONE;
                };
        if (!payload.isEmpty()) {
            show(sent.path(), standing, offset, payload, listener);
        }
    }

    private void show(StreamPath path, Standing standing, long offset, Payload payload, ReplayListener listener) {
        ReplayedStream stream = Objects.requireNonNull(streams.get(path));
        stream.index().add(offset, payload.value().length);
        listener.onVisible(path, standing, offset, payload);
    }

    private static boolean ends(Operation operation) {
        return operation instanceof Operation.Delete || operation instanceof Operation.Expire;
    }

    /*
     * Records below the end of a dedicated stream are removed for good, so a gateway that loads later begins at the
     * end record. It must come out as one that has seen everything: all that was remembered is dropped here, and the
     * end record's own traces are the only ones left.
     */
    private void forget(OperationId end, long recordMillis) {
        counters.clear();
        counters.put(end.gateway(), new Counter(end.counter(), recordMillis));
        logTimeMillis = recordMillis;
    }

    /**
     * Refuses a log whose first records are missing although it holds none yet that could show it: what is written there
     * next would have nothing to rest on.
     *
     * @throws BeyondThisBuild where that is so
     */
    public void requireRooted() {
        requireRooted(position, null);
    }

    /**
     * A dedicated log whose beginning was removed must begin where we had it removed to, at the end of a stream;
     * anything else means that retention, or an operator, took records that the states rest on.
     */
    private void requireRooted(long offset, @Nullable Operation operation) {
        rooted |= operation != null && ends(operation);
        if (!rooted) {
            throw new BeyondThisBuild(offset, "lost the records before it, which what it means may rest on");
        }
    }

    private void foreign(LogRecord record, ReplayListener listener) {
        requireRooted(record.offset(), null);
        advance(record.offset());
        byte[] value = record.value();
        if (kind == TopicKind.SHARED) {
            if (value != null) {
                listener.onOddRecord(record.offset(), "no Millrace headers in a shared topic");
            }
            return;
        }
        if (owner == null || value == null) {
            listener.onOddRecord(record.offset(), value == null ? "a null value" : "data without a stream");
            return;
        }
        long millis = Math.min(record.timestampMillis(), RecordCodec.LAST_MILLIS);
        At at = new At(record.offset(), Math.max(logTimeMillis, millis));
        StreamState before = state(owner);
        boolean json = before instanceof Standing standing
                && standing.configuration().contentType().isJson();
        StreamState after =
                Judge.nativeData(before, () -> value.length > 0 && (!json || JsonMessages.isValid(value)), at);
        if (after.equals(before) || !(after instanceof Standing standing)) {
            listener.onOddRecord(record.offset(), "data that the stream cannot take");
            return;
        }
        StreamPath path = owner;
        become(path, after);
        show(path, standing, record.offset(), Payload.of(value), listener);
        listener.onChanged(path, Optional.empty());
    }

    private long advance(long offset) {
        if (offset < position) {
            throw new IllegalArgumentException("offset " + offset + " was replayed, position is " + position);
        }
        position = offset + 1;
        return offset;
    }
}
