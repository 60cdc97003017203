package io.millrace.mapping.replay;

import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.judge.At;
import io.millrace.mapping.judge.Judge;
import io.millrace.mapping.judge.Judgement;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.ArrayList;
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

    /**
     * Thrown where records are missing that this replay needed: the log was thinned before it came there. It is of no use
     * any more; a checkpoint has what it missed.
     */
    public static final class Thinned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Thinned(long at, long below) {
            super("records from offset " + at + " on are missing, and the log was thinned below " + below);
        }
    }

    /** How long a silent gateway's counter is remembered, in log time. Part of format version 1: never change. */
    private static final long COUNTER_MILLIS = Duration.ofHours(24).toMillis();

    /** The last operation of one life of a gateway's producer; kept in the order of their log time. */
    private record Counter(long last, long logTimeMillis) {}

    private final TopicKind kind;
    private final Map<StreamPath, ReplayedStream> streams = new HashMap<>();
    private final Set<StreamPath> mortal = new LinkedHashSet<>();
    private final Set<StreamPath> softDeleted = new LinkedHashSet<>();
    private final LinkedHashMap<String, Counter> counters = new LinkedHashMap<>();
    private final Map<String, Long> cancelled = new HashMap<>();
    private long oldestCancelledMillis = Long.MAX_VALUE;
    private Optional<Operation.Setup> setup = Optional.empty();
    private LogHistory history = new LogHistory();
    private final Map<StreamPath, Long> ended = new HashMap<>();
    private long dead;
    private Optional<CheckpointName> unconfirmed = Optional.empty();
    private @Nullable StreamPath owner;
    private OptionalLong emptiedAt = OptionalLong.empty();
    private long logTimeMillis;
    private long position;
    private long streamBytes;

    /** Whether what was replayed rests on nothing before it. */
    private boolean rooted;

    /** Begins at Kafka offset {@code position} with nothing known. */
    public PartitionReplay(TopicKind kind, long position) {
        this.kind = kind;
        this.position = position;
        this.rooted = position == 0;
    }

    /**
     * Begins where {@code checkpoint} was taken, with what it holds, which is {@code snapshot}. It counts once its record
     * was replayed and is accepted: see {@link #isConfirmed()}.
     *
     * @throws IllegalArgumentException where the snapshot is not all of that
     */
    public PartitionReplay(TopicKind kind, CheckpointName checkpoint, Snapshot snapshot) {
        if (snapshot.since() != 0 || snapshot.asOf() != checkpoint.asOf()) {
            throw new IllegalArgumentException("no snapshot as of " + checkpoint.asOf());
        }
        this.kind = kind;
        this.rooted = true;
        this.unconfirmed = Optional.of(checkpoint);
        Snapshot.Facts facts = snapshot.facts();
        this.position = facts.asOf();
        this.logTimeMillis = facts.logTimeMillis();
        this.setup = facts.setup();
        this.history = new LogHistory(facts);
        this.dead = facts.dead();
        facts.counters()
                .forEach(counter ->
                        counters.putLast(counter.gateway(), new Counter(counter.last(), counter.logTimeMillis())));
        cancelled.putAll(facts.cancelled());
        oldestCancelledMillis = cancelled.isEmpty() ? Long.MAX_VALUE : Collections.min(cancelled.values());
        for (Snapshot.Stream stream : snapshot.streams()) {
            ReplayedStream restored = new ReplayedStream(stream.state(), stream.index());
            streams.put(stream.path(), restored);
            streamBytes += Footprint.change(stream.path(), null, stream.state()) + restored.indexBytes();
            sort(stream.path(), stream.state());
        }
        this.owner = facts.owner().orElse(null);
    }

    /** What it makes of records of others, and of the end of a stream. */
    public TopicKind kind() {
        return kind;
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

    /** The newest accepted checkpoint. */
    public Optional<Operation.Checkpoint> newestCheckpoint() {
        return history.newest();
    }

    /** The checkpoint that was accepted before the newest. */
    public Optional<Operation.Checkpoint> olderCheckpoint() {
        return history.older();
    }

    /** Below this Kafka offset records may be missing that no stream needs any more; 0 where the log is whole. */
    public long thinnedBelow() {
        return history.thinnedBelow();
    }

    /** How many records are of no use any more, those aside that the last thinning removed. */
    public long dead() {
        return dead - history.thinned();
    }

    /** Whether the checkpoint that this began with, if it did, is one that the log has accepted. */
    public boolean isConfirmed() {
        return unconfirmed.isEmpty();
    }

    /**
     * Whether offsets were jumped over since {@link #verified()}: this may have missed what was thinned. What it knows
     * must not be told, nor written to a checkpoint, until all was replayed that is in the log now.
     */
    public boolean isDoubtful() {
        return history.isDoubtful();
    }

    /** How often offsets were jumped over. */
    public long jumps() {
        return history.jumps();
    }

    /** All was replayed that was in the log after the last jump of offsets was met. */
    public void verified() {
        history.verified();
    }

    /**
     * What the records below {@link #position()} came to, as far as it changed at Kafka offset {@code since} or later;
     * all of it for 0. What ended is known since the as-of of the newest checkpoint only.
     *
     * @throws IllegalArgumentException where that is not known
     */
    public Snapshot snapshot(long since) {
        boolean known = isConfirmed()
                && since == history.newest().map(Operation.Checkpoint::asOf).orElse(0L);
        if (since != 0 && !known) {
            throw new IllegalArgumentException("what has changed since " + since + " is not known");
        }
        List<Snapshot.Stream> changed = new ArrayList<>();
        streams.forEach((path, stream) -> {
            if (stream.changedAt() >= since && stream.state() instanceof Retained retained) {
                OffsetIndex index = stream.index().snapshot();
                changed.add(new Snapshot.Stream(path, retained, index, index.from(since)));
            }
        });
        return new Snapshot(since, facts(), changed, since == 0 ? List.of() : List.copyOf(ended.keySet()));
    }

    private Snapshot.Facts facts() {
        List<Snapshot.Counter> known = new ArrayList<>();
        counters.forEach((gateway, counter) ->
                known.add(new Snapshot.Counter(gateway, counter.last(), counter.logTimeMillis())));
        return new Snapshot.Facts(
                position,
                logTimeMillis,
                setup,
                owner(),
                known,
                cancelled,
                history.newest(),
                history.older(),
                history.thinnedBelow(),
                dead,
                history.thinned());
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

    /** Shows every stream that stands or is kept for forks. */
    public void forEach(BiConsumer<StreamPath, Retained> action) {
        streams.forEach((path, stream) -> {
            if (stream.state() instanceof Retained retained) {
                action.accept(path, retained);
            }
        });
    }

    /** How many streams stand or are kept for forks. */
    public int streams() {
        return streams.size();
    }

    /** About how much memory the states and indexes take, in bytes. */
    public long bytes() {
        return streamBytes
                + (long) Footprint.LISTED * mortal.size()
                + (long) Footprint.LISTED_APART * (softDeleted.size() + ended.size())
                + (long) Footprint.COUNTER * counters.size()
                + (long) Footprint.CANCELLED * cancelled.size();
    }

    /** Streams that have ended and are kept for forks. */
    public Set<StreamPath> softDeleted() {
        return Collections.unmodifiableSet(softDeleted);
    }

    /** Whether no fork can be created with {@code reference} in this partition. */
    public boolean isCancelled(ForkOrigin.Reference reference) {
        return cancelled.containsKey(reference.id());
    }

    /** Whether {@code fork} cannot be created any more: its reference was cancelled. */
    boolean isCancelled(StreamConfiguration fork) {
        return fork.reference().filter(this::isCancelled).isPresent();
    }

    /** Streams that stand although their time was over at {@code millis}; at most {@code most}. */
    public List<StreamPath> overdue(long millis, int most) {
        return mortal.stream()
                .filter(path -> state(path) instanceof Standing standing && standing.expiredAt(millis))
                .limit(most)
                .toList();
    }

    /** When the first of the streams that stand ends by itself, epoch milliseconds; empty where none does. */
    public OptionalLong dueMillis() {
        return mortal.stream()
                .map(this::state)
                .filter(Standing.class::isInstance)
                .map(Standing.class::cast)
                .mapToLong(standing -> standing.configuration().expiry().deadlineMillis(standing.lastAccessMillis()))
                .min();
    }

    /** All that two replicas at the same position must agree on. */
    public Map<String, Object> fingerprint() {
        Map<String, Object> all = new HashMap<>();
        forEach((path, stream) -> all.put("stream " + path.text(), stream));
        counters.forEach((gateway, counter) -> all.put("counter " + gateway, counter));
        cancelled.forEach((reference, timeMillis) -> all.put("cancelled " + reference, timeMillis));
        all.put("log time", logTimeMillis);
        history.newest().ifPresent(newest -> all.put("newest checkpoint", newest));
        history.older().ifPresent(older -> all.put("older checkpoint", older));
        setup.ifPresent(standing -> all.put("setup", standing));
        return Collections.unmodifiableMap(all);
    }

    /** Passes over offsets that hold no record for us (control records, compaction). */
    public void skipTo(long next) {
        noteJump(next);
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
                && cancelled.isEmpty()
                && recordMillis == logTimeMillis
                && !(outcome instanceof Outcome.CounterRegression)) {
            forget(sent.id());
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
        forgetCancelled(at.logTimeMillis());
        Counter known = counters.get(id.gateway());
        if (known != null && id.counter() <= known.last()) {
            listener.onOddRecord(
                    at.offset(), "operation " + id + " after operation " + known.last() + " of its gateway");
            dead++;
            return new Outcome.CounterRegression(known.last());
        }
        counters.putLast(id.gateway(), new Counter(id.counter(), at.logTimeMillis()));
        if (sent.operation() instanceof Operation.OnPartition operation) {
            dead++;
            return onPartition(operation, at);
        }
        if (takenByOther(sent)) {
            dead++;
            return new Outcome.TopicTaken(Objects.requireNonNull(owner));
        }
        StreamState before = state(sent.path());
        Judgement judgement = Judge.judge(before, sent, at);
        if (judgement.outcome() instanceof Outcome.Created(Standing created, Outcome.Release _)
                && isCancelled(created.configuration())) {
            dead++;
            return new Outcome.ReferenceVoid();
        }
        if (sent.operation() instanceof Operation.ForkCancel cancel
                && judgement.outcome() instanceof Outcome.ReferenceCancelled) {
            cancel(cancel, at);
        }
        boolean visible = false;
        if (!judgement.next().equals(before)) {
            become(sent.path(), judgement.next(), at.offset());
            visible = visible(sent, judgement, at.offset(), listener);
            listener.onChanged(sent.path(), Optional.of(id));
        }
        dead += visible ? 0 : 1;
        return judgement.outcome();
    }

    private Outcome onPartition(Operation.OnPartition operation, At at) {
        return switch (operation) {
            case Operation.Setup requested -> setUp(requested);
            case Operation.Checkpoint checkpoint -> {
                Outcome outcome = history.judge(checkpoint, at.offset());
                if (outcome instanceof Outcome.Checkpointed) {
                    ended.values().removeIf(offset -> offset < checkpoint.asOf());
                    unconfirmed = unconfirmed.filter(mine -> !mine.equals(checkpoint.name()));
                }
                yield outcome;
            }
            case Operation.ThinTo thinTo -> kind == TopicKind.SHARED ? history.judge(thinTo) : new Outcome.NotThinned();
        };
    }

    private Outcome setUp(Operation.Setup requested) {
        if (setup.isPresent()) {
            return new Outcome.SetUpBefore(setup.get().equals(requested));
        }
        setup = Optional.of(requested);
        return new Outcome.SetUp();
    }

    private boolean takenByOther(Sent sent) {
        return kind == TopicKind.DEDICATED
                && owner != null
                && !owner.equals(sent.path())
                && !(sent.operation() instanceof Operation.ForkCancel);
    }

    /** Drops cancelled references with which a create comes too late by itself. */
    private void forgetCancelled(long millis) {
        if (oldestCancelledMillis < millis - ForkOrigin.REFERENCE_MILLIS) {
            cancelled.values().removeIf(timeMillis -> millis - timeMillis > ForkOrigin.REFERENCE_MILLIS);
            oldestCancelledMillis = cancelled.isEmpty() ? Long.MAX_VALUE : Collections.min(cancelled.values());
        }
    }

    private void cancel(Operation.ForkCancel cancel, At at) {
        // One whose time is over need not be remembered: a create with it comes too late by itself.
        if (at.logTimeMillis() - cancel.timeMillis() <= ForkOrigin.REFERENCE_MILLIS) {
            cancelled.put(cancel.reference(), cancel.timeMillis());
            oldestCancelledMillis = Math.min(oldestCancelledMillis, cancel.timeMillis());
        }
    }

    private void become(StreamPath path, StreamState next, long offset) {
        streamBytes += Footprint.change(path, streams.get(path), next);
        switch (next) {
            case StreamState.Absent() -> {
                ReplayedStream left = streams.remove(path);
                dead += left == null ? 0 : left.index().count();
                mortal.remove(path);
                softDeleted.remove(path);
                owner = null;
                if (kind == TopicKind.SHARED) {
                    ended.put(path, offset);
                }
            }
            case Retained retained -> {
                dead += streams.computeIfAbsent(path, _ -> new ReplayedStream()).become(retained, offset);
                ended.remove(path);
                sort(path, retained);
            }
        }
    }

    private void sort(StreamPath path, Retained state) {
        switch (state) {
            case StreamState.SoftDeleted _ -> {
                mortal.remove(path);
                softDeleted.add(path);
            }
            case Standing standing -> {
                owner = kind == TopicKind.DEDICATED ? path : null;
                if (standing.configuration().expiry() instanceof Expiry.Never) {
                    mortal.remove(path);
                } else {
                    mortal.add(path);
                }
            }
        }
    }

    private boolean visible(Sent sent, Judgement judgement, long offset, ReplayListener listener) {
        if (!(judgement.outcome() instanceof Outcome.Accepted) || !(judgement.next() instanceof Standing standing)) {
            return false;
        }
        Payload payload = sent.operation().payload();
        if (payload.isEmpty()) {
            return false;
        }
        show(sent.path(), standing, offset, payload, listener);
        return true;
    }

    private void show(StreamPath path, Standing standing, long offset, Payload payload, ReplayListener listener) {
        ReplayedStream stream = Objects.requireNonNull(streams.get(path));
        streamBytes += stream.show(offset, payload.value().length);
        listener.onVisible(path, standing, offset, payload);
    }

    /** Whether {@code operation} may end a stream for good. */
    static boolean ends(Operation operation) {
        return operation instanceof Operation.Delete
                || operation instanceof Operation.Expire
                || operation instanceof Operation.ForkUnref;
    }

    /*
     * Records below the end of a dedicated stream are removed for good, so a gateway that loads later begins at the
     * end record. It must come out as one that has seen everything: all that was remembered is dropped here, and the
     * end record's own traces are the only ones left. Where they do not say enough, because the time that they name is
     * behind the log's, or a fork may still be created that must not be, nothing is dropped and no record removed.
     */
    private void forget(OperationId end) {
        history = new LogHistory();
        dead = 0;
        counters.clear();
        counters.put(end.gateway(), new Counter(end.counter(), logTimeMillis));
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
     * A dedicated log whose beginning was removed must begin where we had it removed to, at the end of a stream; that of
     * a shared topic is never removed, for compaction does not move it. Anything else means that retention, or an
     * operator, took records that the states rest on.
     */
    private void requireRooted(long offset, @Nullable Operation operation) {
        rooted |= kind == TopicKind.DEDICATED && operation != null && ends(operation);
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
        become(path, after, record.offset());
        show(path, standing, record.offset(), Payload.of(value), listener);
        listener.onChanged(path, Optional.empty());
    }

    private long advance(long offset) {
        if (offset < position) {
            throw new IllegalArgumentException("offset " + offset + " was replayed, position is " + position);
        }
        noteJump(offset);
        position = offset + 1;
        return offset;
    }

    private void noteJump(long to) {
        if (kind == TopicKind.SHARED && to > position) {
            history.onJump(position);
        }
    }
}
