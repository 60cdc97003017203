package io.millrace.mapping.replay;

import io.millrace.mapping.judge.At;
import io.millrace.mapping.judge.Command;
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
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One gateway's copy of a partition: the replay, and beside it this gateway's own operations in flight, speculated upon.
 * Answers come from the replay only; speculation merely decides what to send. Not safe for use by several threads.
 */
public final class PartitionReplica {

    /*
     * An operation of this gateway is in exactly one of these states:
     *   sent                   in inFlight
     *   acknowledged at o      in inFlight and acknowledged[o]; o is not replayed yet
     *   settled                in neither
     * It settles when the replay passes its record: fetched by the follower, or, where the acknowledgement names just
     * the offset that comes next, from memory. In the second case the follower will still bring the record, below the
     * position; fromMemory remembers what must be found there then.
     */

    /** Thrown where the log is not what was replayed from memory: this copy is wrong and must be dropped. */
    public static final class Diverged extends RuntimeException {
        private static final long serialVersionUID = 1;

        Diverged(String message) {
            super(message);
        }
    }

    private final PartitionReplay replay;
    private final ReplayListener listener;
    private final Map<OperationId, Sent> inFlight = new LinkedHashMap<>();
    private final Map<StreamPath, Speculation> speculations = new HashMap<>();
    private final TreeMap<Long, Acknowledged> acknowledged = new TreeMap<>();
    private final ArrayDeque<FromMemory> fromMemory = new ArrayDeque<>();

    /** An own record that Kafka acknowledged and the follower has not reached. */
    private record Acknowledged(Sent sent, long timestampMillis) {}

    /** An own record that was replayed from memory, for the follower to confirm when it passes. */
    private record FromMemory(long offset, long timestampMillis, OperationId id) {}

    /** What a stream will be once this gateway's operations in flight on it are in the log as they were sent. */
    private static final class Speculation {
        private final ArrayDeque<Pending> pending = new ArrayDeque<>();
        private StreamState state;

        /** The log brought something else than was speculated upon: {@code state} is to be made anew when it is needed. */
        private boolean stale;

        Speculation(StreamState state) {
            this.state = state;
        }
    }

    /** An operation in flight, and whether speculation took it for accepted. */
    private static final class Pending {
        private final Sent sent;
        private boolean accepted;

        Pending(Sent sent) {
            this.sent = sent;
        }

        OperationId id() {
            return sent.id();
        }
    }

    /** A copy of what {@code replay} has, which is handed over. */
    public PartitionReplica(PartitionReplay replay, ReplayListener listener) {
        this.replay = replay;
        this.listener = new Settling(listener);
    }

    /** The log's part; for reading only. */
    public PartitionReplay replay() {
        return replay;
    }

    /** The Kafka offset up to which Kafka has brought the records, or confirmed what was replayed from memory. */
    public long fetchedTo() {
        return fromMemory.isEmpty() ? replay.position() : fromMemory.getFirst().offset();
    }

    /** Whether operations of this gateway on {@code path} are undecided. */
    public boolean inFlight(StreamPath path) {
        return speculations.containsKey(path);
    }

    /** The latest undecided operation of this gateway on {@code path}. */
    public Optional<OperationId> lastInFlight(StreamPath path) {
        Speculation speculation = speculations.get(path);
        return speculation == null
                ? Optional.empty()
                : Optional.of(speculation.pending.getLast().id());
    }

    /** How many operations of this gateway are undecided. */
    public int inFlight() {
        return inFlight.size();
    }

    /** The send time, epoch milliseconds, of the oldest undecided operation; empty where there is none. */
    public Optional<Long> oldestInFlightMillis() {
        return inFlight.isEmpty()
                ? Optional.empty()
                : Optional.of(inFlight.values().iterator().next().timeMillis());
    }

    /** Whether records are acknowledged that cannot be replayed before the follower brings what is in front of them. */
    public boolean awaitsFollower() {
        return !acknowledged.isEmpty();
    }

    /** What the stream will be once all that is in flight is in the log. */
    public StreamState speculated(StreamPath path) {
        Speculation speculation = speculations.get(path);
        if (speculation == null) {
            return replay.state(path);
        }
        if (speculation.stale) {
            speculation.state = replay.state(path);
            speculation.pending.forEach(pending -> speculate(speculation, pending));
            speculation.stale = false;
        }
        return speculation.state;
    }

    /** What {@code command} comes to on top of all that is in flight. */
    public Command.Decision speculate(Command command, long nowMillis) {
        return decide(command, speculated(command.path()), nowMillis);
    }

    /** What {@code command} comes to on what the log is known to hold. */
    public Command.Decision decide(Command command, long nowMillis) {
        return decide(command, replay.state(command.path()), nowMillis);
    }

    private Command.Decision decide(Command command, StreamState state, long nowMillis) {
        if (command instanceof Command.Create create) {
            Optional<StreamPath> owner = replay.owner();
            if (owner.isPresent() && !owner.get().equals(command.path())) {
                return new Command.Decision.Refuse(new Outcome.TopicTaken(owner.get()));
            }
            Command.Decision decision = command.against(state, expected(nowMillis));
            return decision instanceof Command.Decision.Send && replay.isCancelled(create.configuration())
                    ? new Command.Decision.Refuse(new Outcome.ReferenceVoid())
                    : decision;
        }
        return command.against(state, expected(nowMillis));
    }

    /**
     * The time that {@code operation} is to carry when it is sent at {@code nowMillis}: by the end of a stream a
     * dedicated log begins anew, which it can only where its time does not go back.
     */
    public long timeMillis(Operation operation, long nowMillis) {
        return PartitionReplay.ends(operation) ? Math.max(nowMillis, replay.logTimeMillis()) : nowMillis;
    }

    /** Takes note that {@code sent} is being handed to Kafka, after everything that was sent before. */
    public void sending(Sent sent) {
        inFlight.put(sent.id(), sent);
        if (sent.operation() instanceof Operation.OnPartition) {
            return;
        }
        Speculation speculation =
                speculations.computeIfAbsent(sent.path(), path -> new Speculation(replay.state(path)));
        Pending pending = new Pending(sent);
        speculation.pending.add(pending);
        if (!speculation.stale) {
            speculate(speculation, pending);
        }
    }

    private void speculate(Speculation speculation, Pending pending) {
        Judgement judgement = Judge.judge(speculation.state, pending.sent, expected(pending.sent.timeMillis()));
        pending.accepted = judgement.outcome() instanceof Outcome.Accepted;
        speculation.state = judgement.next();
    }

    /** {@code sent} was not handed to Kafka after all and never will be. */
    public void notSent(Sent sent) {
        settle(sent.id());
        speculateAnew(sent.path());
    }

    /** Nothing will be heard of {@code id} but what the log may bring. */
    public void abandon(OperationId id) {
        Sent sent = inFlight.get(id);
        if (sent != null) {
            settle(id);
            speculateAnew(sent.path());
        }
    }

    /** Kafka has the record of {@code id} at {@code offset}; replays it at once if it comes next. */
    public void onAcknowledged(OperationId id, long offset, long timestampMillis) {
        Sent sent = inFlight.get(id);
        if (sent == null) {
            return; // the follower was faster
        }
        if (offset < replay.position()) {
            throw new Diverged(
                    "operation " + id + " was acknowledged at offset " + offset + ", which the replay passed");
        }
        acknowledged.put(offset, new Acknowledged(sent, timestampMillis));
        drain();
    }

    /** The follower brings {@code record}. */
    public void onFetched(LogRecord record) {
        if (record.offset() < replay.position()) {
            compare(record);
            return;
        }
        requireNothingPassed(record.offset());
        Acknowledged ours = acknowledged.remove(record.offset());
        if (ours != null && !holds(record, ours.sent().id(), ours.timestampMillis())) {
            throw new Diverged("offset " + record.offset() + " does not hold operation "
                    + ours.sent().id());
        }
        replay.replay(record, listener);
        drain();
    }

    /** The follower has seen everything below {@code position}. */
    public void onPosition(long position) {
        requireNothingPassed(position);
        if (position > replay.position()) {
            replay.skipTo(position);
            drain();
        }
    }

    /** All that this gateway knows to be below {@code offset} must have been brought when the follower is there. */
    private void requireNothingPassed(long offset) {
        if (!fromMemory.isEmpty() && fromMemory.getFirst().offset() < offset) {
            throw new Diverged("the follower passed offset "
                    + fromMemory.getFirst().offset() + " without the record replayed from memory");
        }
        if (!acknowledged.isEmpty() && acknowledged.firstKey() < offset) {
            throw new Diverged(
                    "the follower passed offset " + acknowledged.firstKey() + " without the record acknowledged there");
        }
    }

    /** This gateway's producer is gone: whatever was in flight may or may not come. Returns the operations. */
    public Collection<Sent> abandonInFlight() {
        List<Sent> abandoned = List.copyOf(inFlight.values());
        inFlight.clear();
        speculations.clear();
        acknowledged.clear();
        return abandoned;
    }

    private void drain() {
        while (!acknowledged.isEmpty() && acknowledged.firstKey() == replay.position()) {
            Map.Entry<Long, Acknowledged> next = acknowledged.pollFirstEntry();
            Sent sent = next.getValue().sent();
            long timestampMillis = next.getValue().timestampMillis();
            fromMemory.add(new FromMemory(next.getKey(), timestampMillis, sent.id()));
            replay.replay(next.getKey(), timestampMillis, sent, listener);
        }
    }

    private void compare(LogRecord record) {
        FromMemory expected = fromMemory.peek();
        if (expected == null || record.offset() < expected.offset()) {
            return;
        }
        if (record.offset() != expected.offset() || !holds(record, expected.id(), expected.timestampMillis())) {
            throw new Diverged("offset " + expected.offset() + " does not hold operation " + expected.id());
        }
        fromMemory.remove();
    }

    /** Whether the log has what was acknowledged, with the time that was replayed. */
    private static boolean holds(LogRecord record, OperationId id, long timestampMillis) {
        return record.timestampMillis() == timestampMillis
                && RecordCodec.decode(record) instanceof Decoded.Ours(Sent sent)
                && sent.id().equals(id);
    }

    /** The place that a record sent at {@code nowMillis} may expect: only its time is of use. */
    private At expected(long nowMillis) {
        return new At(replay.position(), Math.max(replay.logTimeMillis(), nowMillis));
    }

    /** Takes {@code id} out of flight; true where speculation holds if the log has accepted it. */
    private boolean settle(OperationId id) {
        Sent sent = inFlight.remove(id);
        if (sent == null) {
            return false;
        }
        Speculation speculation = speculations.get(sent.path());
        if (speculation == null) {
            return true;
        }
        Pending oldest = speculation.pending.getFirst();
        boolean inOrder = oldest.id().equals(id);
        if (inOrder) {
            speculation.pending.removeFirst();
        } else {
            speculation.pending.removeIf(pending -> pending.id().equals(id));
        }
        if (speculation.pending.isEmpty()) {
            speculations.remove(sent.path());
        }
        return inOrder && oldest.accepted;
    }

    private void speculateAnew(StreamPath path) {
        Speculation speculation = speculations.get(path);
        if (speculation != null) {
            speculation.stale = true;
        }
    }

    /**
     * Takes what is ours out of flight before the gateway hears of it. Speculation holds as long as the log brings just
     * what was speculated upon: our operations, in the order they were sent, accepted. Anything else, and it is made anew,
     * once, when it is needed next: a batch of another gateway's records costs no more than one of them.
     */
    private final class Settling implements ReplayListener {
        private final ReplayListener next;

        Settling(ReplayListener next) {
            this.next = next;
        }

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            next.onVisible(path, standing, offset, payload);
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {
            Speculation speculation = speculations.get(path);
            boolean foreseen = speculation != null
                    && by.isPresent()
                    && speculation.pending.getFirst().id().equals(by.get());
            if (speculation != null && !foreseen) {
                speculation.stale = true;
            }
            next.onChanged(path, by);
        }

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            Sent sent = inFlight.get(id);
            if (sent == null) {
                return;
            }
            boolean foreseen = settle(id);
            if (!foreseen || outcome instanceof Outcome.Refused) {
                speculateAnew(sent.path());
            }
            next.onSettled(id, outcome);
        }

        @Override
        public void onOddRecord(long offset, String what) {
            next.onOddRecord(offset, what);
        }
    }
}
