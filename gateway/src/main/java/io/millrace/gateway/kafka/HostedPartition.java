package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.ReadPlan;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.Attempt;
import io.millrace.mapping.replay.Attempt.Step;
import io.millrace.mapping.replay.Barriers;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.PartitionReplica;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.replay.ReplayedStream;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of a managed topic as this gateway serves it: the replica, under one lock, and around it whoever waits
 * for an outcome, a barrier or a change.
 */
final class HostedPartition implements Followed, EndAsker {

    /*
     * The lock covers the replica and everything beside it, and is held for computation only: handing a record to the
     * producer does not block (ManagedProducer.Life.prepare), waiting and fetching happen outside. Judging and sending
     * under one hold of the lock is what makes log order = speculation order.
     *
     * A partition is dropped, never repaired: what waits is told, and the next request loads it anew.
     */

    private static final Logger LOG = LoggerFactory.getLogger(HostedPartition.class);
    private static final Duration HOLD = Duration.ofMillis(75);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration FRESH_WITHIN = Duration.ofSeconds(1);
    private static final Duration BARRIER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FETCH_PATIENCE = Duration.ofSeconds(5);
    private static final Duration UNSERVED_FOR = Duration.ofSeconds(60);

    /** Records that nobody will read again are left for so long, for other gateways' followers to pass them. */
    private static final Duration EMPTIED_FOR = Duration.ofSeconds(10);

    private static final int RECORD_OVERHEAD = 96;

    /** Records of one read that memory does not hold: each may cost a fetch of its own. */
    private static final int MOST_FETCHED = 10_000;

    /** What Kafka writes before the record of a batch of one, in bytes. */
    private static final int BATCH_HEADER = 61;

    /** Thrown where the partition was dropped: look it up again. */
    static final class Dropped extends Exception {
        private static final long serialVersionUID = 1;

        Dropped(String why) {
            super(why, null, false, false);
        }
    }

    /** What ends an operation that Kafka refused. */
    private static final class RefusedByKafka extends Exception {
        private static final long serialVersionUID = 1;

        RefusedByKafka(String why) {
            super(why, null, false, false);
        }
    }

    /** What a hosted partition needs of its gateway. */
    interface Surroundings {
        /** The producer to send with. */
        ManagedProducer.Life producer();

        /** Barriers of {@code partition} need the log's end. */
        void askEnd(HostedPartition partition);

        /** Somebody waits for what the follower of {@code partition} brings. Does not block. */
        void hurry(HostedPartition partition);

        /** The topic of {@code partition} takes smaller records than it did. */
        void askLimit(HostedPartition partition);

        /** {@code partition} is of no use any more; {@code operationsLost} where some of its operations were in flight. */
        void onDropped(HostedPartition partition, boolean operationsLost);
    }

    private final TopicPartition partition;
    private final Uuid topicId;
    private final LogSettings settings;
    private final Surroundings surroundings;
    private final Consumers consumers;
    private final Waiting waiting;
    private final Semaphore fetches;
    private final TailBudget budget;

    private final ReentrantLock lock = new ReentrantLock();
    private final PartitionReplica replica;
    private final Barriers barriers = new Barriers();
    private final List<AwaitedBarrier> awaitedBarriers = new ArrayList<>();
    private final Map<OperationId, CompletableFuture<Outcome>> undecided = new HashMap<>();
    private final Map<StreamPath, StreamTail> tails = new HashMap<>();
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private final Set<StreamPath> changed = new HashSet<>();
    private final Set<StreamPath> touching = new HashSet<>();
    private long keptBytes;
    private long oddRecords;
    private long emptiedBelow;
    private long emptiedNanos;
    private long removedBelow;
    private boolean proven;
    private int maxMessageBytes;
    private @Nullable String dropped;
    private @Nullable String unserved;
    private volatile long unservedNanos;

    /** At this time, or later, the replay was not behind the log. */
    private volatile long freshNanos = System.nanoTime() - FRESH_WITHIN.toNanos() - 1;

    /** A barrier that arrived at a time, and how who waits for it learns what became of it. */
    private record AwaitedBarrier(Barriers.Barrier barrier, long arrivedNanos, CompletableFuture<Passage> passage) {}

    /** What became of a barrier. */
    private enum Passage {
        /** The replay has seen all that was in the log when it arrived. */
        PASSED,

        /** Kafka did not say where the log ends. */
        UNREACHABLE,

        /** Kafka did, and did not bring the records up to there in time. */
        BEHIND
    }

    /** A record whose bytes are kept, the tail that they are kept in, and how much memory they take. */
    private record Kept(StreamTail tail, WireRecord record, long bytes) {}

    /**
     * An empty copy that begins at {@code begin}; {@link #onFetched} fills it.
     *
     * @param maxMessageBytes the largest record that its topic takes
     * @param proven whether the partition is known to take records; if not, the first is sent alone
     */
    HostedPartition(
            TopicPartition partition,
            Uuid topicId,
            TopicKind kind,
            int maxMessageBytes,
            long begin,
            boolean proven,
            LogSettings settings,
            Consumers consumers,
            Waiting waiting,
            TailBudget budget,
            Surroundings surroundings) {
        this.partition = partition;
        this.topicId = topicId;
        this.settings = settings;
        this.consumers = consumers;
        this.waiting = waiting;
        this.fetches = new Semaphore(Math.max(1, settings.bounds().readers() / 2), true);
        this.budget = budget;
        this.surroundings = surroundings;
        this.maxMessageBytes = maxMessageBytes;
        this.proven = proven;
        this.replica = new PartitionReplica(new PartitionReplay(kind, begin), new Effects());
        this.emptiedBelow = begin;
        this.removedBelow = begin;
        budget.join();
    }

    @Override
    public TopicPartition topicPartition() {
        return partition;
    }

    Uuid topicId() {
        return topicId;
    }

    /** The Kafka offset of the next record to replay. */
    long position() {
        lock.lock();
        try {
            return replica.replay().position();
        } finally {
            lock.unlock();
        }
    }

    /** The topic's setup as this partition has it. */
    Optional<Operation.Setup> setup() {
        lock.lock();
        try {
            return replica.replay().setup();
        } finally {
            lock.unlock();
        }
    }

    // ---- commands

    /** Executes {@code command}: decides, writes, waits for the log's word. */
    Outcome execute(Command command) throws LogFailure, Dropped, InterruptedException {
        try (Waiting.Place _ = waiting.enter(partition)) {
            return decide(command);
        }
    }

    private Outcome decide(Command command) throws LogFailure, Dropped, InterruptedException {
        Attempt attempt = new Attempt(command);
        long deadline = System.nanoTime() + settings.appendTimeout().toNanos();
        OptionalLong heldUntil = OptionalLong.empty();
        while (true) {
            Wait wait;
            lock.lock();
            try {
                if (!attempt.isAccepted()) {
                    requireServing();
                }
                wait = switch (attempt.next(replica, System.currentTimeMillis())) {
                    case Step.Answer(Outcome outcome) -> new Wait.Over(outcome);
                    case Step.Send(Operation operation) -> send(command.path(), operation);
                    case Step.AwaitSettled(OperationId id) -> new Wait.Other(future(id));
                    case Step.AwaitBarrier() -> new Wait.Fresh(arrive());
                    case Step.Hold() -> new Wait.Hold(listen(command.path()));
                };
            } finally {
                lock.unlock();
            }
            switch (wait) {
                case Wait.Over(Outcome outcome) -> {
                    return outcome;
                }
                case Wait.Own(CompletableFuture<Outcome> future) -> attempt.onSettled(awaitOwn(future, deadline));
                case Wait.Other(CompletableFuture<Outcome> future) -> awaitOther(future, deadline);
                case Wait.Fresh(AwaitedBarrier barrier) -> {
                    await(barrier);
                    attempt.onBarrierPassed();
                }
                case Wait.Hold(Signal signal) -> {
                    long now = System.nanoTime();
                    heldUntil = OptionalLong.of(heldUntil.orElse(now + HOLD.toNanos()));
                    try {
                        // What came may be the predecessor's predecessor: judge again, and hold for what time is left.
                        if (!signal.await(Duration.ofNanos(heldUntil.getAsLong() - now))) {
                            attempt.onHeld();
                        }
                    } finally {
                        unlisten(command.path(), signal);
                    }
                }
            }
        }
    }

    /** What must happen before an operation can be answered. */
    private sealed interface Wait {
        /** Nothing: this is its outcome. */
        record Over(Outcome outcome) implements Wait {}

        /** Its own record comes back. */
        record Own(CompletableFuture<Outcome> future) implements Wait {}

        /** Somebody else's record, in flight from here, settles; then it is judged again. */
        record Other(CompletableFuture<Outcome> future) implements Wait {}

        /** The replay is not behind the log; then it is judged again. */
        record Fresh(AwaitedBarrier barrier) implements Wait {}

        /** Its predecessor arrives, or the time for that is over; then it is judged again. */
        record Hold(Signal signal) implements Wait {}
    }

    /** Writes the topic's setup unless one stands; returns the one that stands. */
    Operation.Setup setUp(Operation.Setup wanted) throws LogFailure, Dropped, InterruptedException {
        long deadline = System.nanoTime() + settings.appendTimeout().toNanos();
        while (true) {
            Wait wait;
            lock.lock();
            try {
                requireServing();
                Optional<Operation.Setup> standing = replica.replay().setup();
                if (standing.isPresent()) {
                    return standing.get();
                }
                wait = send(RecordCodec.SETUP_PATH, wanted);
            } finally {
                lock.unlock();
            }
            switch (wait) {
                case Wait.Own(CompletableFuture<Outcome> future) -> awaitOwn(future, deadline);
                case Wait.Other(CompletableFuture<Outcome> future) -> awaitOther(future, deadline);
                case Wait.Over _, Wait.Fresh _, Wait.Hold _ -> throw new AssertionError(wait);
            }
        }
    }

    private Wait send(StreamPath path, Operation operation) throws LogFailure {
        if (!proven && replica.inFlight() > 0) {
            // A partition that was just created may not be led yet, and a pipeline into it can end in expiries.
            return new Wait.Other(undecided.values().iterator().next());
        }
        long now = System.currentTimeMillis();
        Optional<Long> oldest = replica.oldestInFlightMillis();
        if (oldest.isPresent() && now - oldest.get() > settings.appendTimeout().toMillis() / 2) {
            barriers.arrive(); // is the topic still there? Nobody waits for it, but the answer may end this copy
            surroundings.askEnd(this);
            throw new LogFailure.Unavailable("Kafka has not acknowledged earlier appends; try again", RETRY_AFTER);
        }
        ManagedProducer.Life producer = surroundings.producer();
        Sent sent = new Sent(path, producer.nextId(), now, operation);
        RecordCodec.Encoded record = RecordCodec.encode(sent);
        requireRoomFor(record);
        CompletableFuture<Outcome> future = new CompletableFuture<>();
        replica.sending(sent);
        undecided.put(sent.id(), future);
        boolean handedOver = false;
        try {
            producer.send(partition, sent.id(), record);
            handedOver = true;
        } finally {
            if (!handedOver) {
                undecided.remove(sent.id());
                replica.notSent(sent);
            }
        }
        return new Wait.Own(future);
    }

    private void requireRoomFor(RecordCodec.Encoded record) throws LogFailure.TooLarge {
        int size = record.size() + BATCH_HEADER;
        if (size > ClientProperties.maxRecordBytes(settings)) {
            throw new LogFailure.TooLarge("with its headers the append is larger than " + settings.appendLimitBytes()
                    + " bytes (streams.append-limit)");
        }
        if (size > maxMessageBytes) {
            throw new LogFailure.TooLarge("the Kafka topic " + partition.topic() + " takes records of "
                    + maxMessageBytes + " bytes at most (its max.message.bytes), and with its headers this one has "
                    + size);
        }
    }

    private CompletableFuture<Outcome> future(OperationId id) {
        CompletableFuture<Outcome> future = undecided.get(id);
        if (future == null) {
            throw new IllegalStateException("operation " + id + " is in flight and nobody waits for it");
        }
        return future;
    }

    private Outcome awaitOwn(CompletableFuture<Outcome> future, long deadline) throws LogFailure {
        try {
            return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LogFailure.Undecided("Kafka has not confirmed this within "
                    + settings.appendTimeout().toSeconds()
                    + " s; it may still take effect. Repeat it with the same producer headers, or look");
        } catch (InterruptedException e) {
            // The gateway shuts down, and this request ends with its answer: it was handed over, so it is not a
            // refusal.
            throw new LogFailure.Undecided(
                    "the gateway shut down before Kafka confirmed this; it may have taken effect."
                            + " Repeat it with the same producer headers, or look");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedByKafka refused) {
                throw new LogFailure.Undecided("Kafka refused this: " + refused.getMessage());
            }
            throw new LogFailure.Undecided("the connection to Kafka was lost before this was confirmed; it may have"
                    + " taken effect. Repeat it with the same producer headers, or look");
        }
    }

    private void awaitOther(CompletableFuture<Outcome> future, long deadline) throws LogFailure, InterruptedException {
        try {
            future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LogFailure.Unavailable(
                    "Kafka has not acknowledged earlier operations on this stream; try again", RETRY_AFTER);
        } catch (ExecutionException e) {
            // whatever became of it: judge again
        }
    }

    // ---- barriers

    private AwaitedBarrier arrive() {
        AwaitedBarrier awaited = new AwaitedBarrier(barriers.arrive(), System.nanoTime(), new CompletableFuture<>());
        awaitedBarriers.add(awaited);
        surroundings.askEnd(this);
        return awaited;
    }

    private Passage passage(AwaitedBarrier awaited) throws LogFailure, Dropped, InterruptedException {
        try {
            Passage passage = awaited.passage().get(BARRIER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (passage != Passage.PASSED) {
                lock.lock();
                try {
                    requireServing();
                } finally {
                    lock.unlock();
                }
            }
            return passage;
        } catch (TimeoutException e) {
            lock.lock();
            try {
                awaitedBarriers.remove(awaited);
                return awaited.barrier().answered() ? Passage.BEHIND : Passage.UNREACHABLE;
            } finally {
                lock.unlock();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void await(AwaitedBarrier awaited) throws LogFailure, Dropped, InterruptedException {
        require(passage(awaited));
    }

    private static void require(Passage passage) throws LogFailure.Unavailable {
        switch (passage) {
            case PASSED -> {}
            case UNREACHABLE ->
                throw new LogFailure.Unavailable("Kafka does not say where the log ends; try again", RETRY_AFTER);
            case BEHIND ->
                throw new LogFailure.Unavailable("Kafka does not bring the log's end; try again", RETRY_AFTER);
        }
    }

    /** Whether to ask Kafka for the log's end now; if so the question counts as sent. */
    @Override
    public boolean sendsQuestion() {
        lock.lock();
        try {
            return dropped == null && barriers.send();
        } finally {
            lock.unlock();
        }
    }

    /** Kafka's answer: the topic has this id, and the partition ended at {@code end}. */
    @Override
    public void onEnd(Topics.Topic current, long end) {
        if (!current.id().equals(topicId)) {
            drop("the topic was deleted and made again");
            return;
        }
        lock.lock();
        try {
            barriers.answered(end);
            passBarriers();
            if (awaitedBarriers.stream().anyMatch(awaited -> awaited.barrier().answered())) {
                surroundings.hurry(this);
            }
            askAgain();
        } finally {
            lock.unlock();
        }
    }

    /** Kafka did not answer. */
    @Override
    public void onEndUnknown(Throwable failure) {
        if (failure instanceof UnknownTopicOrPartitionException) {
            drop("the topic is gone");
            return;
        }
        LOG.debug("event=end-unknown partition={} cause=\"{}\"", partition, failure.toString());
        lock.lock();
        try {
            barriers.failed();
            passBarriers();
            askAgain();
        } finally {
            lock.unlock();
        }
    }

    /** Barriers that came while a question was under way want one of their own. */
    private void askAgain() {
        if (!awaitedBarriers.isEmpty()) {
            surroundings.askEnd(this);
        }
    }

    private void passBarriers() {
        long position = replica.replay().position();
        awaitedBarriers.removeIf(awaited -> {
            if (awaited.barrier().failed()) {
                awaited.passage().complete(Passage.UNREACHABLE);
                return true;
            }
            if (awaited.barrier().passedAt(position)) {
                freshAsOf(awaited.arrivedNanos());
                awaited.passage().complete(Passage.PASSED);
                return true;
            }
            return false;
        });
    }

    // ---- reads

    /** The stream as of now; {@code path} is accessed only if {@link #read} says so. */
    Optional<Standing> find(StreamPath path) throws LogFailure, Dropped, InterruptedException {
        passBarrier();
        lock.lock();
        try {
            requireServing();
            return replica.replay().state(path) instanceof Standing standing
                            && !standing.expiredAt(System.currentTimeMillis())
                    ? Optional.of(standing)
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Reads up to a chunk from {@code from}. */
    ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness)
            throws LogFailure, Dropped, InterruptedException {
        boolean fresh = freshness == Freshness.REPLAYED;
        boolean trusted = false;
        while (true) {
            Planned planned;
            lock.lock();
            try {
                requireServing();
                planned = plan(path, from);
            } finally {
                lock.unlock();
            }
            boolean stale = System.nanoTime() - freshNanos > FRESH_WITHIN.toNanos();
            if (!fresh && planned.plan().needsBarrier()) {
                passBarrier();
                fresh = true;
                continue;
            }
            if (!fresh && !trusted && stale) {
                switch (passage()) {
                    case PASSED -> fresh = true;
                    // A range below the tail does not change; without Kafka, that its stream stands is taken on trust.
                    case UNREACHABLE -> trusted = true;
                    case BEHIND -> require(Passage.BEHIND);
                }
                continue;
            }
            Optional<ReadAnswer> answer = answer(planned, from);
            if (answer.isPresent()) {
                return answer.get();
            }
            drop("Kafka has not all of its records any more");
        }
    }

    /** What {@code planned} comes to; empty where its records are not in Kafka any more. */
    private Optional<ReadAnswer> answer(Planned planned, RequestedOffset from) throws LogFailure, InterruptedException {
        return switch (planned.plan()) {
            case ReadPlan.NoSuchStream() -> Optional.of(new ReadAnswer.NoSuchStream());
            case ReadPlan.BeyondTail beyond -> Optional.of(new ReadAnswer.BeyondTail(beyond.tail()));
            case ReadPlan.Gone gone -> Optional.of(new ReadAnswer.Gone(gone.earliest()));
            case ReadPlan.AtTail(Standing stream) ->
                Optional.of(new ReadAnswer.Chunk(stream, start(stream, from), stream.tail(), List.of()));
            case ReadPlan.Range range -> {
                List<WireRecord> records = planned.recent().isEmpty() ? fetch(planned.offsets()) : planned.recent();
                yield records.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ReadAnswer.Chunk(
                                range.stream(), range.start(), records.getLast().end(), records));
            }
        };
    }

    /** A plan, with the records where memory has them, and else their offsets. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one read
    private record Planned(ReadPlan plan, List<WireRecord> recent, long[] offsets) {}

    private Planned plan(StreamPath path, RequestedOffset from) {
        Optional<ReplayedStream> stream = replica.replay().stream(path);
        ReadPlan plan = ReadPlan.of(stream, from, settings.chunkBytes(), System.currentTimeMillis());
        if (!(plan instanceof ReadPlan.Range range) || stream.isEmpty()) {
            return new Planned(plan, List.of(), new long[0]);
        }
        OffsetIndex index = stream.get().index();
        StreamTail tail = tails.get(path);
        List<WireRecord> recent = tail == null
                ? List.of()
                : tail.recentOf(range.stream().incarnation())
                        .between(index.offset(range.from()), index.offset(range.to() - 1));
        if (!recent.isEmpty()) {
            return new Planned(plan, recent, new long[0]);
        }
        long[] offsets = new long[Math.min(range.to() - range.from(), MOST_FETCHED)];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = index.offset(range.from() + i);
        }
        return new Planned(plan, List.of(), offsets);
    }

    private static long start(Standing stream, RequestedOffset from) {
        return from instanceof RequestedOffset.At(var token) ? token.position() : stream.tail();
    }

    private List<WireRecord> fetch(long[] offsets) throws LogFailure, InterruptedException {
        try (Waiting.Place _ = waiting.enter(partition)) {
            // A partition that nobody serves keeps a consumer until its time is over: it gets half of them.
            if (!fetches.tryAcquire(FETCH_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LogFailure.Unavailable(
                        "half of the readers of the log are busy with this partition (kafka.max-readers); try again",
                        RETRY_AFTER);
            }
            try {
                List<WireRecord> records = new ArrayList<>(offsets.length);
                for (LogRecord record : consumers.fetch(partition, offsets)) {
                    records.add(new WireRecord(record.offset(), payload(record)));
                }
                return records;
            } finally {
                fetches.release();
            }
        }
    }

    private static Payload payload(LogRecord record) {
        if (RecordCodec.decode(record) instanceof Decoded.Ours(Sent sent)) {
            return switch (sent.operation()) {
                case Operation.Append append -> append.payload();
                case Operation.Create create -> create.payload();
                case Operation.Setup _, Operation.Close _, Operation.Delete _, Operation.Expire _, Operation.Touch _ ->
                    throw new IllegalStateException("offset " + record.offset() + " holds no data");
            };
        }
        byte[] value = record.value();
        return value == null ? Payload.NONE : Payload.of(value);
    }

    private void passBarrier() throws LogFailure, Dropped, InterruptedException {
        require(passage());
    }

    /** What becomes of a barrier that arrives now. */
    private Passage passage() throws LogFailure, Dropped, InterruptedException {
        try (Waiting.Place _ = waiting.enter(partition)) {
            return passage(arriveServing());
        }
    }

    private AwaitedBarrier arriveServing() throws LogFailure, Dropped {
        lock.lock();
        try {
            requireServing();
            return arrive();
        } finally {
            lock.unlock();
        }
    }

    // ---- listening

    @Override
    public boolean isDropped() {
        lock.lock();
        try {
            return dropped != null;
        } finally {
            lock.unlock();
        }
    }

    /** Raises {@code signal} at every change of the stream from now on. */
    void listen(StreamPath path, Signal signal) throws LogFailure, Dropped {
        lock.lock();
        try {
            requireServing();
            tails.computeIfAbsent(path, StreamTail::new).listen(signal);
        } finally {
            lock.unlock();
        }
    }

    void unlisten(StreamPath path, Signal signal) {
        lock.lock();
        try {
            StreamTail tail = tails.get(path);
            if (tail != null) {
                tail.unlisten(signal);
                forgetIfIdle(tail);
            }
        } finally {
            lock.unlock();
        }
    }

    private Signal listen(StreamPath path) {
        Signal signal = new Signal();
        tails.computeIfAbsent(path, StreamTail::new).listen(signal);
        return signal;
    }

    // ---- time

    /**
     * Whether the caller should log an access to the stream's TTL now; true for one caller at a time, who calls {@link
     * #touched} afterwards.
     */
    boolean beginsTouch(StreamPath path) {
        lock.lock();
        try {
            long now = System.currentTimeMillis();
            return dropped == null
                    && replica.speculated(path) instanceof Standing standing
                    && standing.wantsTouch(now)
                    && !standing.expiredAt(now)
                    && touching.add(path);
        } finally {
            lock.unlock();
        }
    }

    void touched(StreamPath path) {
        lock.lock();
        try {
            touching.remove(path);
        } finally {
            lock.unlock();
        }
    }

    /** Streams whose time is over by this gateway's clock and that nobody has ended yet, at most {@code most}. */
    List<StreamPath> overdue(int most) {
        lock.lock();
        try {
            if (dropped != null) {
                return List.of();
            }
            return replica.replay().overdue(System.currentTimeMillis(), most);
        } finally {
            lock.unlock();
        }
    }

    /** Why this partition is not served; empty where it is. */
    Optional<String> unserved() {
        lock.lock();
        try {
            return Optional.ofNullable(unserved);
        } finally {
            lock.unlock();
        }
    }

    /** Ends this copy where it has not been served for a while: what stood in the way may be gone. */
    void dropIfLongUnserved() {
        if (unserved().isPresent() && System.nanoTime() - unservedNanos > UNSERVED_FOR.toNanos()) {
            drop("it is not served, and is looked at again");
        }
    }

    /**
     * The offset below which the records of this dedicated topic are to be removed now; empty where there is nothing to
     * remove. An offset is named once.
     */
    OptionalLong removable() {
        lock.lock();
        try {
            if (emptiedBelow == removedBelow || System.nanoTime() - emptiedNanos < EMPTIED_FOR.toNanos()) {
                return OptionalLong.empty();
            }
            removedBelow = emptiedBelow;
            return OptionalLong.of(removedBelow);
        } finally {
            lock.unlock();
        }
    }

    /** Gives memory back where this partition keeps more than its share. */
    void trim() {
        lock.lock();
        try {
            dropOldest();
        } finally {
            lock.unlock();
        }
    }

    // ---- what Kafka brings

    /** Nothing was in the log at {@code nanos} that the replay has not seen by now. */
    private void freshAsOf(long nanos) {
        if (nanos - freshNanos > 0) {
            freshNanos = nanos;
        }
    }

    /** Replayed up to what was the end when the load began. */
    void onLoaded() {
        work(() -> replica.replay().requireRooted());
    }

    /** {@link #onFollowed}, where that is all that was in the log at {@code nanos}. */
    @Override
    public boolean onCaughtUp(List<ConsumerRecord<byte[], byte[]>> records, long position, long nanos) {
        boolean news = onFollowed(records, position);
        lock.lock();
        try {
            freshAsOf(nanos);
        } finally {
            lock.unlock();
        }
        return news;
    }

    /**
     * Records that were written since this copy was loaded. If their time is not the broker's, the topic was altered: it
     * is looked at again before anything else is written.
     *
     * @return whether there was anything among them that had not been replayed from memory
     */
    @Override
    public boolean onFollowed(List<ConsumerRecord<byte[], byte[]>> records, long position) {
        long before = position();
        onFetched(records, position);
        if (records.stream().anyMatch(record -> record.timestampType() != TimestampType.LOG_APPEND_TIME)) {
            drop("its records do not carry the broker's time");
        }
        return position > before;
    }

    /** Records of this partition, in order, and where the consumer stands after them. */
    void onFetched(List<ConsumerRecord<byte[], byte[]>> records, long position) {
        work(() -> {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                replica.onFetched(Consumers.logRecord(record));
            }
            replica.onPosition(position);
        });
    }

    /** Acknowledgements of records that this gateway sent here. */
    void onAcknowledged(List<ManagedProducer.Acknowledgement> acknowledgements) {
        work(() -> {
            for (ManagedProducer.Acknowledgement acknowledgement : acknowledgements) {
                proven = true;
                if (acknowledgement.offset() >= 0) {
                    replica.onAcknowledged(
                            acknowledgement.id(), acknowledgement.offset(), acknowledgement.timestampMillis());
                }
            }
            // Outcomes of operations that Kafka has may depend on what the follower brings.
            if (replica.awaitsFollower()
                    || acknowledgements.stream().anyMatch(acknowledgement -> acknowledgement.offset() < 0)) {
                surroundings.hurry(this);
            }
        });
    }

    /** Kafka refused the record of {@code id}; whether an earlier try of it was written is not known. */
    void onRefused(OperationId id, String why, boolean tooLarge) {
        lock.lock();
        try {
            replica.abandon(id);
            CompletableFuture<Outcome> future = undecided.remove(id);
            if (future != null) {
                future.completeExceptionally(new RefusedByKafka(why));
            }
        } finally {
            lock.unlock();
        }
        if (tooLarge) {
            surroundings.askLimit(this);
        }
    }

    /** The topic takes records of so many bytes now. */
    void onLimit(int bytes) {
        lock.lock();
        try {
            maxMessageBytes = bytes;
        } finally {
            lock.unlock();
        }
    }

    /** The producer that sent what is in flight is gone. */
    void onProducerLost() {
        lock.lock();
        try {
            replica.abandonInFlight();
            abandonUndecided();
            proven = false; // to the next producer: where it is why the last one was given up, one record waits there
        } finally {
            lock.unlock();
        }
    }

    /** Ends this copy; what waits for it is told, and the next request loads another. */
    @Override
    public void drop(String why) {
        Optional<Ending> ending;
        lock.lock();
        try {
            ending = end(why);
        } finally {
            lock.unlock();
        }
        ending.ifPresent(this::announce);
    }

    /** What is told when a copy ends: why, to whom, and whether operations were in flight. */
    private record Ending(String why, List<Signal> wake, boolean operationsLost) {}

    /** Under the lock: from here on nobody is answered from this copy. Empty where it had ended before. */
    private Optional<Ending> end(String why) {
        if (dropped != null) {
            return Optional.empty();
        }
        dropped = why;
        Ending ending = new Ending(why, new ArrayList<>(), !undecided.isEmpty());
        abandonUndecided();
        failBarriers();
        tails.values().forEach(tail -> ending.wake().addAll(tail.listeners()));
        budget.leave(keptBytes);
        kept.clear();
        keptBytes = 0;
        return Optional.of(ending);
    }

    /** Without the lock. */
    private void announce(Ending ending) {
        LOG.info("event=partition-dropped partition={} why=\"{}\"", partition, ending.why());
        surroundings.onDropped(this, ending.operationsLost());
        ending.wake().forEach(Signal::raise);
    }

    private void failBarriers() {
        awaitedBarriers.forEach(awaited -> awaited.passage().complete(Passage.UNREACHABLE));
        awaitedBarriers.clear();
    }

    private void abandonUndecided() {
        List<CompletableFuture<Outcome>> abandoned = List.copyOf(undecided.values());
        undecided.clear();
        abandoned.forEach(future -> future.completeExceptionally(new IllegalStateException("undecided")));
    }

    /** Lets Kafka's news work on the replica, and tells those who wait for it. */
    private void work(Runnable news) {
        List<Signal> wake = new ArrayList<>();
        Optional<Ending> ending = Optional.empty();
        lock.lock();
        try {
            if (dropped != null || unserved != null) {
                return;
            }
            try {
                news.run();
                passBarriers();
            } catch (PartitionReplay.BeyondThisBuild e) {
                unserved = e.getMessage();
                unservedNanos = System.nanoTime();
                LOG.error("event=partition-unserved partition={} why=\"{}\"", partition, unserved);
                abandonUndecided();
                failBarriers();
                tails.values().forEach(tail -> wake.addAll(tail.listeners()));
            } catch (PartitionReplica.Diverged e) {
                LOG.error("event=replica-diverged partition={} why=\"{}\"", partition, e.getMessage());
                ending = end("it diverged from the log");
            } catch (RuntimeException e) {
                // The replay stopped half-way through a record: this copy is no copy any more.
                LOG.error("event=replay-failed partition={}", partition, e);
                ending = end("its replay failed");
            }
            for (StreamPath path : changed) {
                StreamTail tail = tails.get(path);
                if (tail != null) {
                    wake.addAll(tail.listeners());
                }
            }
            changed.clear();
            OptionalLong emptiedAt = replica.replay().emptiedAt();
            if (ending.isEmpty() && emptiedAt.isPresent() && emptiedAt.getAsLong() > emptiedBelow) {
                emptiedBelow = emptiedAt.getAsLong();
                emptiedNanos = System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
        wake.forEach(Signal::raise);
        ending.ifPresent(this::announce);
    }

    private void requireServing() throws LogFailure, Dropped {
        if (dropped != null) {
            throw new Dropped(dropped);
        }
        if (unserved != null) {
            throw new LogFailure.Unavailable("this partition is not served, because its " + unserved, UNSERVED_FOR);
        }
    }

    private void keep(StreamTail tail, RecentRecords recent, WireRecord record, MediaType type) {
        Kept newest = new Kept(tail, record, record.bytes(type) + RECORD_OVERHEAD);
        recent.add(record);
        kept.add(newest);
        keptBytes += newest.bytes();
        budget.take(newest.bytes());
        dropOldest();
    }

    private void dropOldest() {
        while (!kept.isEmpty() && budget.exceededBy(keptBytes)) {
            Kept oldest = kept.remove();
            oldest.tail().recent().dropOldest(oldest.record());
            forgetIfIdle(oldest.tail());
            keptBytes -= oldest.bytes();
            budget.giveBack(oldest.bytes());
        }
    }

    private void forgetIfIdle(StreamTail tail) {
        if (tail.isIdle()) {
            tails.remove(tail.path(), tail);
        }
    }

    /** What the replay comes to, as this gateway feels it; called under the lock. */
    private final class Effects implements ReplayListener {

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            StreamTail tail = tails.computeIfAbsent(path, StreamTail::new);
            MediaType type = standing.configuration().contentType();
            keep(tail, tail.recentOf(standing.incarnation()), new WireRecord(offset, payload), type);
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {
            changed.add(path);
            if (replica.replay().state(path) instanceof StreamState.Absent) {
                StreamTail tail = tails.get(path);
                if (tail != null) {
                    tail.recent().clear();
                    forgetIfIdle(tail);
                }
            }
        }

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            CompletableFuture<Outcome> future = undecided.remove(id);
            if (future != null) {
                future.complete(outcome);
            }
        }

        @Override
        public void onOddRecord(long offset, String what) {
            oddRecords++;
            if (oddRecords == 1) {
                LOG.warn(
                        "event=odd-record partition={} offset={} what=\"{}\" (further ones are only counted)",
                        partition,
                        offset,
                        what);
            }
        }
    }
}
