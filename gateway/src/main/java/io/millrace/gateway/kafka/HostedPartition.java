package io.millrace.gateway.kafka;

import io.millrace.gateway.kafka.AwaitedBarriers.Passage;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Judge;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.ReadPlan;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.Attempt;
import io.millrace.mapping.replay.Attempt.Step;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.PartitionReplica;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.replay.ReplayedStream;
import io.millrace.mapping.replay.Snapshot;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
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
    private static final Duration BARRIER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration UNSERVED_FOR = Duration.ofSeconds(60);

    /** References to streams that have ended may make other partitions be loaded so often. */
    private static final Duration THOROUGH_EVERY = Duration.ofSeconds(30);

    /** Records that nobody will read again are left for so long, for other gateways' followers to pass them. */
    private static final Duration EMPTIED_FOR = Duration.ofSeconds(10);

    /** Records of one read that memory does not hold: each may cost a fetch of its own. */
    private static final int MOST_FETCHED = 10_000;

    /** What Kafka writes before the record of a batch of one, in bytes. */
    private static final int BATCH_HEADER = 61;

    /** Readers whose waking takes less than a hand-over to another thread. */
    private static final int MOST_WOKEN_AT_ONCE = 8;

    /** So few users that no more can bring it to 0. */
    private static final int UNLOADED = Integer.MIN_VALUE / 2;

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

    private final Place place;
    private final TopicPartition partition;
    private final Uuid topicId;
    private final LogSettings settings;
    private final Surroundings surroundings;
    private final Waiting waiting;
    private final RecordFetches fetches;

    private final long beganAt;
    private final ReentrantLock lock = new ReentrantLock();
    private final PartitionReplica replica;
    private final AwaitedBarriers barriers = new AwaitedBarriers();
    private final Undecided undecided = new Undecided();

    /** What news have decided, to be told when the lock is free. */
    private final List<Undecided.Settled> settled = new ArrayList<>();

    private final StreamTails tails;
    private final StateBudget states;
    private long heldBytes;
    private long heldStreams;

    /** Requests that use this copy now, and at first who loads it; far below 0 once it is ended because there are none. */
    private final AtomicInteger users = new AtomicInteger(1);

    private volatile long usedNanos = System.nanoTime();
    private final Set<StreamPath> changed = new HashSet<>();
    private final Set<StreamPath> touching = new HashSet<>();
    private long oddRecords;
    private long emptiedBelow;
    private long emptiedNanos;
    private long removedBelow;
    private OptionalLong thoroughNanos = OptionalLong.empty();
    private final List<AwaitedFetch> awaitedFetches = new ArrayList<>();
    private Optional<Integer> leaderEpoch;
    private boolean thinned;
    private boolean proven;
    private int maxMessageBytes;
    private volatile @Nullable String dropped;
    private @Nullable String unserved;
    private volatile long unservedNanos;

    /** That the follower brings all that is below an offset, and how who waits for it learns Kafka's leader epoch there. */
    private record AwaitedFetch(long offset, CompletableFuture<Integer> leaderEpoch) {}

    /**
     * A copy that has what {@code begun} has; {@link #onFetched} brings the rest.
     *
     * @param leaderEpoch     Kafka's leader epoch of the record before that
     * @param maxMessageBytes the largest record that its topic takes
     * @param proven whether the partition is known to take records; if not, the first is sent alone
     */
    HostedPartition(
            TopicPartition partition,
            Uuid topicId,
            PartitionReplay begun,
            Optional<Integer> leaderEpoch,
            int maxMessageBytes,
            boolean proven,
            LogSettings settings,
            Consumers consumers,
            Waiting waiting,
            TailBudget budget,
            StateBudget states,
            Surroundings surroundings) {
        this.place = new Place(partition, begun.kind());
        this.partition = partition;
        this.topicId = topicId;
        this.settings = settings;
        this.waiting = waiting;
        this.fetches = new RecordFetches(partition, consumers, settings.bounds().readers(), waiting);
        this.surroundings = surroundings;
        this.maxMessageBytes = maxMessageBytes;
        this.proven = proven;
        this.leaderEpoch = leaderEpoch;
        this.replica = new PartitionReplica(begun, new Effects());
        this.beganAt = begun.position();
        this.emptiedBelow = beganAt;
        this.removedBelow = beganAt;
        this.tails = new StreamTails(budget);
        this.states = states;
        account(begun.bytes(), begun.streams());
    }

    @Override
    public TopicPartition topicPartition() {
        return partition;
    }

    Uuid topicId() {
        return topicId;
    }

    Place place() {
        return place;
    }

    // ---- use

    /** A request begins to use this copy, which is not unloaded before it {@link #leave}s. */
    void enter() throws Dropped {
        hold();
    }

    /** A request, or who has loaded it, is done. */
    void leave() {
        usedNanos = System.nanoTime();
        release();
    }

    /** What somebody begins, who does not do it for a request, is not cut off before they {@link #release} this copy. */
    void hold() throws Dropped {
        String why = dropped;
        if (why != null) {
            throw new Dropped(why);
        }
        if (users.incrementAndGet() < 0) {
            throw new Dropped("it was unloaded");
        }
    }

    void release() {
        users.decrementAndGet();
        states.stir();
    }

    /** When it was last used. */
    long usedNanos() {
        return usedNanos;
    }

    /** Ends this copy unless somebody uses it, listens to it, waits for it, or has something in flight here. */
    boolean dropIfUnused(String why) {
        Optional<Ending> ending;
        lock.lock();
        try {
            boolean unused = !isUsed() && users.compareAndSet(0, UNLOADED);
            ending = unused ? end(why) : Optional.empty();
        } finally {
            lock.unlock();
        }
        ending.ifPresent(this::announce);
        return ending.isPresent();
    }

    private boolean isUsed() {
        return !undecided.isEmpty()
                || replica.inFlight() > 0
                || !barriers.isEmpty()
                || !awaitedFetches.isEmpty()
                || !touching.isEmpty()
                || tails.listening() > 0
                || emptiedBelow != removedBelow;
    }

    /** When the first of its streams ends by itself, epoch milliseconds; empty where none does. */
    OptionalLong dueMillis() {
        lock.lock();
        try {
            return replica.replay().dueMillis();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the budget what this copy takes now; under the lock. */
    private void account(long bytes, long streams) {
        if (bytes != heldBytes || streams != heldStreams) {
            states.change(bytes - heldBytes, streams - heldStreams);
            heldBytes = bytes;
            heldStreams = streams;
        }
    }

    /** The Kafka offset of the first record that this copy replayed itself: what came before is a checkpoint's. */
    long beganAt() {
        return beganAt;
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
                requireServing();
                wait = switch (attempt.next(replica, System.currentTimeMillis())) {
                    case Step.Answer(Outcome outcome) -> new Wait.Over(outcome);
                    case Step.Send(Operation operation) -> send(command.path(), operation, deadline);
                    case Step.AwaitSettled(OperationId id) -> new Wait.Other(undecided.of(id));
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
                case Wait.Own(CompletableFuture<Outcome> future) -> {
                    Outcome outcome = awaitOwn(future);
                    attempt.onSettled(outcome);
                    if (attempt.isAccepted()) {
                        return outcome;
                    }
                }
                case Wait.Other(CompletableFuture<Outcome> future) -> awaitOther(future, deadline);
                case Wait.Fresh(AwaitedBarriers.Awaited barrier) -> {
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
        record Fresh(AwaitedBarriers.Awaited barrier) implements Wait {}

        /** Its predecessor arrives, or the time for that is over; then it is judged again. */
        record Hold(Signal signal) implements Wait {}
    }

    /** Writes the topic's setup unless one stands; returns the one that stands. */
    Operation.Setup setUp(Operation.Setup wanted) throws LogFailure, Dropped, InterruptedException {
        while (true) {
            Optional<Operation.Setup> standing = setup();
            if (standing.isPresent()) {
                return standing.get();
            }
            record(RecordCodec.SETUP_PATH, wanted);
        }
    }

    /** Writes an operation that concerns the partition, whatever it will come to. */
    Outcome record(StreamPath path, Operation.OnPartition operation) throws LogFailure, Dropped, InterruptedException {
        long deadline = System.nanoTime() + settings.appendTimeout().toNanos();
        while (true) {
            Wait wait;
            lock.lock();
            try {
                requireServing();
                wait = send(path, operation, deadline);
            } finally {
                lock.unlock();
            }
            switch (wait) {
                case Wait.Own(CompletableFuture<Outcome> future) -> {
                    return awaitOwn(future);
                }
                case Wait.Other(CompletableFuture<Outcome> future) -> awaitOther(future, deadline);
                case Wait.Over _, Wait.Fresh _, Wait.Hold _ -> throw new AssertionError(wait);
            }
        }
    }

    private Wait send(StreamPath path, Operation operation, long deadlineNanos) throws LogFailure {
        if (!proven && replica.inFlight() > 0) {
            // A partition that was just created may not be led yet, and a pipeline into it can end in expiries.
            return new Wait.Other(undecided.oldest());
        }
        long now = System.currentTimeMillis();
        Optional<Long> oldest = replica.oldestInFlightMillis();
        if (oldest.isPresent() && now - oldest.get() > settings.appendTimeout().toMillis() / 2) {
            barriers.arriveUnawaited(); // is the topic still there? If not, the answer ends this copy
            surroundings.askEnd(this);
            throw new LogFailure.Unavailable("Kafka has not acknowledged earlier appends; try again", RETRY_AFTER);
        }
        ManagedProducer.Life producer = surroundings.producer();
        Sent sent = new Sent(path, producer.nextId(), replica.timeMillis(operation, now), operation);
        RecordCodec.Encoded record = RecordCodec.encode(sent);
        requireRoomFor(record);
        replica.sending(sent);
        Undecided.Decision decision = undecided.add(sent.id(), deadlineNanos);
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
        return new Wait.Own(decision.own());
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

    private Outcome awaitOwn(CompletableFuture<Outcome> future) throws LogFailure {
        try {
            return future.get(); // not for ever: its deadline is looked after
        } catch (InterruptedException e) {
            // The gateway shuts down, and this request ends with its answer: it was handed over, so it is not a
            // refusal.
            throw new LogFailure.Undecided(
                    "the gateway shut down before Kafka confirmed this; it may have taken effect."
                            + " Repeat it with the same producer headers, or look");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new LogFailure.Undecided("Kafka has not confirmed this within "
                        + settings.appendTimeout().toSeconds()
                        + " s; it may still take effect. Repeat it with the same producer headers, or look");
            }
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

    // ---- upkeep

    /** What the partition's log says of itself. */
    record Condition(
            long position,
            Optional<Operation.Checkpoint> newest,
            Optional<Operation.Checkpoint> older,
            long thinnedBelow,
            long dead) {}

    Condition condition() {
        lock.lock();
        try {
            PartitionReplay replay = replica.replay();
            return new Condition(
                    replay.position(),
                    replay.newestCheckpoint(),
                    replay.olderCheckpoint(),
                    replay.thinnedBelow(),
                    replay.dead());
        } finally {
            lock.unlock();
        }
    }

    /** What a checkpoint is to hold, what it rests on, and who writes it. */
    record Taken(Snapshot snapshot, List<CheckpointName> base, String writer) {}

    /** Takes what a checkpoint is to hold; {@code basing} says what it may rest on, given the newest accepted one. */
    Taken take(Function<Optional<Operation.Checkpoint>, List<CheckpointName>> basing)
            throws LogFailure, Dropped, InterruptedException {
        passBarrier();
        lock.lock();
        try {
            requireServing();
            PartitionReplay replay = replica.replay();
            if (replay.isDoubtful()) {
                throw new LogFailure.Unavailable("records may be missing; try again", RETRY_AFTER);
            }
            Optional<Operation.Checkpoint> newest = replay.newestCheckpoint();
            List<CheckpointName> base = basing.apply(newest);
            long since = base.isEmpty() ? 0 : newest.orElseThrow().asOf();
            return new Taken(
                    replay.snapshot(since),
                    base,
                    surroundings.producer().nextId().text());
        } finally {
            lock.unlock();
        }
    }

    /** All that was replayed, after a barrier. */
    Snapshot snapshot() throws LogFailure, Dropped, InterruptedException {
        return take(_ -> List.of()).snapshot();
    }

    /** Waits until Kafka has brought all records below {@code offset}; returns its leader epoch then. */
    int awaitFetched(long offset) throws LogFailure, Dropped, InterruptedException {
        AwaitedFetch awaited = new AwaitedFetch(offset, new CompletableFuture<>());
        lock.lock();
        try {
            requireServing();
            awaitedFetches.add(awaited);
            passFetches();
            surroundings.hurry(this);
        } finally {
            lock.unlock();
        }
        try {
            return awaited.leaderEpoch().get(BARRIER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LogFailure.Unavailable("Kafka does not bring what it has; try again", RETRY_AFTER);
        } catch (ExecutionException e) {
            throw new Dropped("it was dropped before Kafka had brought what it has");
        } finally {
            lock.lock();
            try {
                awaitedFetches.remove(awaited);
            } finally {
                lock.unlock();
            }
        }
    }

    private void passFetches() {
        if (leaderEpoch.isPresent()) {
            awaitedFetches.stream()
                    .filter(awaited -> awaited.offset() <= replica.fetchedTo())
                    .forEach(awaited -> awaited.leaderEpoch().complete(leaderEpoch.get()));
        }
    }

    /** Kafka's leader epoch of the last record that it brought, or of the one that this copy began after. */
    Optional<Integer> leaderEpoch() {
        lock.lock();
        try {
            return leaderEpoch;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the log was thinned in front of this copy, which is of no use then. */
    boolean isThinned() {
        lock.lock();
        try {
            return thinned;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the log has accepted the checkpoint that this copy began with. */
    boolean isConfirmed() {
        lock.lock();
        try {
            return replica.replay().isConfirmed();
        } finally {
            lock.unlock();
        }
    }

    // ---- barriers

    private AwaitedBarriers.Awaited arrive() {
        AwaitedBarriers.Awaited awaited = barriers.arrive();
        surroundings.askEnd(this);
        return awaited;
    }

    private Passage passage(AwaitedBarriers.Awaited awaited) throws LogFailure, Dropped, InterruptedException {
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
                return barriers.giveUp(awaited);
            } finally {
                lock.unlock();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void await(AwaitedBarriers.Awaited awaited) throws LogFailure, Dropped, InterruptedException {
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
            if (barriers.awaitRecords()) {
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
        if (!barriers.isEmpty()) {
            surroundings.askEnd(this);
        }
    }

    private void passBarriers() {
        if (barriers.pass(replica.replay())) {
            surroundings.askEnd(this);
        }
    }

    // ---- reads

    /** The stream as of now; this is no access. */
    StreamState find(StreamPath path) throws LogFailure, Dropped, InterruptedException {
        passBarrier();
        return replayed(path);
    }

    /** The stream as far as it was replayed, by this gateway's clock. */
    StreamState replayed(StreamPath path) throws LogFailure, Dropped {
        lock.lock();
        try {
            requireServing();
            return Judge.live(replica.replay().state(path), System.currentTimeMillis());
        } finally {
            lock.unlock();
        }
    }

    /** Reads about {@code bytes} from {@code from}; without records where the reader {@code has} them. */
    Piece read(StreamPath path, RequestedOffset from, Freshness freshness, long bytes, Predicate<Chunk> has)
            throws LogFailure, Dropped, InterruptedException {
        boolean fresh = freshness == Freshness.REPLAYED;
        boolean trusted = false;
        while (true) {
            Planned planned = plan(path, fresh, stream -> ReadPlan.of(stream, from, bytes, System.currentTimeMillis()));
            boolean stale = barriers.isStale();
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
            if (planned.plan() instanceof ReadPlan.Range range
                    && range.stream() instanceof Standing stream
                    && has.test(new Chunk(stream, range.start(), range.end(), List.of()))) {
                return new Piece.Records(stream, range.start(), range.end(), List.of());
            }
            Optional<Piece> piece = piece(planned, from);
            if (piece.isPresent()) {
                return piece.get();
            }
            drop("Kafka has not all of its records any more");
        }
    }

    /** Reads about {@code bytes}, below {@code limit}, of what a fork inherits from the life {@code source}. */
    Piece readSource(StreamPath path, Incarnation source, RequestedOffset from, long limit, long bytes)
            throws LogFailure, Dropped, InterruptedException {
        boolean fresh = false;
        while (true) {
            Planned planned = plan(path, true, stream -> ReadPlan.ofSource(stream, source, from, limit, bytes));
            if (!reaches(planned.plan(), limit)) {
                if (!fresh) {
                    passBarrier();
                    fresh = true;
                    continue;
                }
                if (planned.plan() instanceof ReadPlan.Range || planned.plan() instanceof ReadPlan.Passed) {
                    return new Piece.Refused(new ReadAnswer.NoSuchStream()); // what the fork saw is not there any more
                }
            }
            Optional<Piece> piece = piece(planned, from);
            if (piece.isPresent()) {
                return piece.get();
            }
            drop("Kafka has not all of its records any more");
        }
    }

    /** Whether the source's records up to {@code limit}, which its fork saw, were replayed here. */
    private static boolean reaches(ReadPlan plan, long limit) {
        return switch (plan) {
            case ReadPlan.Range range -> range.stream().tail() >= limit;
            case ReadPlan.Passed passed -> passed.stream().tail() >= limit;
            case ReadPlan.Inherited _ -> true;
            case ReadPlan.AtTail _, ReadPlan.NoSuchStream _, ReadPlan.Ended _, ReadPlan.BeyondTail _, ReadPlan.Gone _ ->
                false;
        };
    }

    /** What {@code planned} comes to; empty where its records are not in Kafka any more. */
    private Optional<Piece> piece(Planned planned, RequestedOffset from) throws LogFailure, InterruptedException {
        return switch (planned.plan()) {
            case ReadPlan.NoSuchStream() -> refused(new ReadAnswer.NoSuchStream());
            case ReadPlan.Ended() -> refused(new ReadAnswer.SoftDeleted());
            case ReadPlan.BeyondTail beyond -> refused(new ReadAnswer.BeyondTail(beyond.tail()));
            case ReadPlan.Gone gone -> refused(new ReadAnswer.Gone(gone.earliest()));
            case ReadPlan.Inherited(Retained stream, ForkOrigin origin) ->
                Optional.of(new Piece.Inherited(stream, origin));
            case ReadPlan.AtTail(Retained stream) ->
                Optional.of(new Piece.Records(stream, ReadPlan.start(from, stream), stream.tail(), List.of()));
            case ReadPlan.Passed(Retained stream, long start, long end) ->
                Optional.of(new Piece.Records(stream, start, end, List.of()));
            case ReadPlan.Range range -> {
                List<WireRecord> records = planned.recent().isEmpty()
                        ? fetches.fetch(range.stream(), planned.offsets())
                        : planned.recent();
                yield records.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Piece.Records(range.stream(), range.start(), end(range, records), records));
            }
        };
    }

    private static Optional<Piece> refused(ReadAnswer answer) {
        return Optional.of(new Piece.Refused(answer));
    }

    /** The plan's end, or where the records that were got of it end. */
    private static long end(ReadPlan.Range range, List<WireRecord> records) {
        return records.size() == range.to() - range.from()
                ? range.end()
                : records.getLast().end();
    }

    /** A plan, with the records where memory has them, and else their offsets. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one read
    private record Planned(ReadPlan plan, List<WireRecord> recent, long[] offsets) {
        static Planned without(ReadPlan plan) {
            return new Planned(plan, List.of(), new long[0]);
        }
    }

    /** Without records where the plan is not {@code fresh} and needs a barrier: it is made again after that. */
    private Planned plan(StreamPath path, boolean fresh, Function<Optional<ReplayedStream>, ReadPlan> planning)
            throws LogFailure, Dropped, InterruptedException {
        while (true) {
            lock.lock();
            try {
                requireServing();
                if (!replica.replay().isDoubtful()) {
                    Optional<ReplayedStream> stream = replica.replay().stream(path);
                    ReadPlan plan = planning.apply(stream);
                    return fresh || !plan.needsBarrier() ? planned(path, stream, plan) : Planned.without(plan);
                }
            } finally {
                lock.unlock();
            }
            passBarrier(); // records may be missing here that Kafka had: nothing may be told yet
        }
    }

    private Planned planned(StreamPath path, Optional<ReplayedStream> stream, ReadPlan plan) {
        if (!(plan instanceof ReadPlan.Range range) || stream.isEmpty()) {
            return Planned.without(plan);
        }
        OffsetIndex index = stream.get().index();
        Retained holder = range.stream();
        List<WireRecord> recent = tails.recent(
                path,
                holder.incarnation(),
                holder.position(index.offset(range.from())),
                holder.position(index.offset(range.to() - 1)));
        if (!recent.isEmpty()) {
            return new Planned(plan, recent, new long[0]);
        }
        int to = Math.min(range.to(), range.from() + MOST_FETCHED);
        return new Planned(plan, List.of(), index.offsets(range.from(), to));
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

    private AwaitedBarriers.Awaited arriveServing() throws LogFailure, Dropped {
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
        return dropped != null;
    }

    /** Raises {@code signal} at every change of the stream from now on. */
    void listen(StreamPath path, Signal signal) throws LogFailure, Dropped {
        lock.lock();
        try {
            requireServing();
            tails.listen(path, signal);
        } finally {
            lock.unlock();
        }
    }

    void unlisten(StreamPath path, Signal signal) {
        lock.lock();
        try {
            tails.unlisten(path, signal);
            usedNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    private Signal listen(StreamPath path) {
        Signal signal = new Signal();
        tails.listen(path, signal);
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

    /**
     * A reference to a life that has ended.
     *
     * @param source      the stream that has ended, and which of its lives
     * @param id          names the reference
     * @param reference   the fork that it was made for
     */
    record Dangling(StreamPath source, Incarnation incarnation, String id, ForkReference reference) {}

    /** The references that keep the records of streams that have ended and were made before {@code millis}, in any order. */
    List<Dangling> referencesToEnded(long millis) {
        lock.lock();
        try {
            if (dropped != null) {
                return List.of();
            }
            List<Dangling> all = new ArrayList<>();
            for (StreamPath path : replica.replay().softDeleted()) {
                if (replica.replay().state(path) instanceof StreamState.SoftDeleted ended) {
                    ended.references().forEach((id, reference) -> {
                        if (reference.timeMillis() < millis) {
                            all.add(new Dangling(path, ended.incarnation(), id, reference));
                        }
                    });
                }
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Whether partitions may be loaded to look after the references that {@link #referencesToEnded} shows. */
    boolean beginsThoroughLook() {
        lock.lock();
        try {
            long now = System.nanoTime();
            if (thoroughNanos.isPresent() && now - thoroughNanos.getAsLong() < THOROUGH_EVERY.toNanos()) {
                return false;
            }
            thoroughNanos = OptionalLong.of(now);
            return true;
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
            tails.trim();
        } finally {
            lock.unlock();
        }
    }

    // ---- what Kafka brings

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
            barriers.freshAsOf(nanos);
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
            if (!records.isEmpty()) {
                leaderEpoch = records.getLast().leaderEpoch().or(() -> leaderEpoch);
            }
            passFetches();
        });
    }

    /**
     * The acknowledgement of a record that this gateway sent here, on a thread of Kafka's that others need: returns false,
     * and does nothing, where that thread would wait for another one, or would have many readers to wake.
     */
    boolean onAcknowledgedNow(ManagedProducer.Acknowledgement acknowledgement) {
        if (!lock.tryLock()) {
            return false;
        }
        if (tails.listening() > MOST_WOKEN_AT_ONCE) {
            lock.unlock();
            return false;
        }
        workAndUnlock(() -> acknowledge(List.of(acknowledgement)));
        return true;
    }

    /** Acknowledgements of records that this gateway sent here. */
    void onAcknowledged(List<ManagedProducer.Acknowledgement> acknowledgements) {
        work(() -> acknowledge(acknowledgements));
    }

    private void acknowledge(List<ManagedProducer.Acknowledgement> acknowledgements) {
        boolean somewhere = false;
        for (ManagedProducer.Acknowledgement acknowledgement : acknowledgements) {
            proven = true;
            if (acknowledgement.offset() >= 0) {
                replica.onAcknowledged(
                        acknowledgement.id(), acknowledgement.offset(), acknowledgement.timestampMillis());
            } else {
                somewhere = true;
            }
        }
        // Outcomes of operations that Kafka has may depend on what the follower brings.
        if (somewhere || replica.awaitsFollower()) {
            surroundings.hurry(this);
        }
    }

    /** Tells requests that have waited for Kafka until {@code nowNanos} that their time is over. */
    void expire(long nowNanos) {
        if (!undecided.isAwaited()) {
            return;
        }
        lock.lock();
        try {
            undecided.expire(nowNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Kafka refused the record of {@code id}; whether an earlier try of it was written is not known. */
    void onRefused(OperationId id, String why, boolean tooLarge) {
        lock.lock();
        try {
            replica.abandon(id);
            undecided.remove(id).ifPresent(decision -> decision.fail(new RefusedByKafka(why)));
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
        ending.wake().addAll(tails.listeners());
        tails.leave();
        account(0, 0);
        return Optional.of(ending);
    }

    /** Without the lock. */
    private void announce(Ending ending) {
        LOG.info("event=partition-dropped partition={} why=\"{}\"", partition, ending.why());
        surroundings.onDropped(this, ending.operationsLost());
        ending.wake().forEach(Signal::raise);
    }

    private void failBarriers() {
        barriers.abandon();
        awaitedFetches.forEach(
                awaited -> awaited.leaderEpoch().completeExceptionally(new IllegalStateException("not served")));
        awaitedFetches.clear();
    }

    private void abandonUndecided() {
        List<Undecided.Decision> abandoned = undecided.removeAll();
        barriers.abandonDoubtful().forEach(doubtful -> abandoned.add(doubtful.decision()));
        abandoned.forEach(decision -> decision.fail(new IllegalStateException("undecided")));
    }

    /** Lets Kafka's news work on the replica, and tells those who wait for it. */
    private void work(Runnable news) {
        lock.lock();
        workAndUnlock(news);
    }

    private void workAndUnlock(Runnable news) {
        List<Signal> wake = new ArrayList<>();
        List<Undecided.Settled> tell;
        Optional<Ending> ending = Optional.empty();
        try {
            if (dropped != null || unserved != null) {
                return;
            }
            try {
                news.run();
                barriers.moved(replica.replay());
                if (barriers.areInDoubt()) {
                    arrive(); // whoever waits for these operations waits for it
                }
                passBarriers();
            } catch (PartitionReplay.Thinned e) {
                LOG.warn("event=replica-thinned partition={} why=\"{}\"", partition, e.getMessage());
                thinned = true;
                ending = end("the log was thinned in front of it");
            } catch (PartitionReplay.BeyondThisBuild e) {
                unserved = e.getMessage();
                unservedNanos = System.nanoTime();
                LOG.error("event=partition-unserved partition={} why=\"{}\"", partition, unserved);
                abandonUndecided();
                failBarriers();
                wake.addAll(tails.listeners());
            } catch (PartitionReplica.Diverged e) {
                LOG.error("event=replica-diverged partition={} why=\"{}\"", partition, e.getMessage());
                ending = end("it diverged from the log");
            } catch (RuntimeException e) {
                // The replay stopped half-way through a record: this copy is no copy any more.
                LOG.error("event=replay-failed partition={}", partition, e);
                ending = end("its replay failed");
            }
            for (StreamPath path : changed) {
                wake.addAll(tails.listeners(path));
            }
            changed.clear();
            if (ending.isEmpty()) {
                account(replica.replay().bytes(), replica.replay().streams());
            }
            OptionalLong emptiedAt = replica.replay().emptiedAt();
            if (ending.isEmpty() && emptiedAt.isPresent() && emptiedAt.getAsLong() > emptiedBelow) {
                emptiedBelow = emptiedAt.getAsLong();
                emptiedNanos = System.nanoTime();
            }
            tell = List.copyOf(settled);
            settled.clear();
        } finally {
            lock.unlock();
        }
        tell.forEach(Undecided.Settled::tell);
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

    /** What the replay comes to, as this gateway feels it; called under the lock. */
    private final class Effects implements ReplayListener {

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            tails.keep(
                    path,
                    standing.incarnation(),
                    standing.configuration().contentType(),
                    new WireRecord(standing.position(offset), payload));
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {
            changed.add(path);
            if (replica.replay().state(path) instanceof StreamState.Absent) {
                tails.onEnded(path);
            }
        }

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            undecided
                    .remove(id)
                    .map(decision -> new Undecided.Settled(decision, outcome))
                    .ifPresent(known -> {
                        if (replica.replay().isDoubtful()) {
                            barriers.hold(known);
                        } else {
                            settled.add(known);
                        }
                    });
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
