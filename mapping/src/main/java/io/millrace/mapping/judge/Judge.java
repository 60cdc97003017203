package io.millrace.mapping.judge;

import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The rules, format version 1. Every gateway puts every record of a partition through them in log order, so they may
 * depend on nothing but their arguments: no clock, no randomness, no configuration.
 */
public final class Judge {

    private Judge() {}

    /** What {@code sent}, standing in the log at {@code at}, makes of a stream in {@code state}. */
    public static Judgement judge(StreamState state, Sent sent, At at) {
        StreamState live = live(state, at.logTimeMillis());
        return switch (sent.operation()) {
            case Operation.OnPartition operation ->
                throw new IllegalArgumentException("this concerns no stream: " + operation);
            case Operation.Create create ->
                create(state, live, Incarnation.of(sent.id().text()), create, at);
            case Operation.Expire expire -> expire(state, expire, at);
            case Operation.ForkCancel cancel ->
                new Judgement(
                        state,
                        live instanceof Retained stream && stream.isForkOf(cancel.reference())
                                ? new Outcome.ForkStands()
                                : new Outcome.ReferenceCancelled());
            case Operation.ForkUnref unref when live instanceof SoftDeleted ended -> unref(state, ended, unref);
            case Operation.OnIncarnation operation ->
                switch (live) {
                    case Absent() -> new Judgement(state, new Outcome.NoSuchStream());
                    case SoftDeleted _ -> new Judgement(state, new Outcome.SoftDeleted());
                    case Standing standing -> {
                        if (!standing.incarnation().equals(operation.incarnation())) {
                            yield new Judgement(state, new Outcome.OtherIncarnation());
                        }
                        yield standing(standing, sent.id(), sent.timeMillis(), operation, at);
                    }
                };
        };
    }

    /**
     * What a native producer's record makes of the stream that owns its dedicated topic: data where it is live and
     * open and the value fits its content type; {@code fits} is asked only then.
     */
    public static StreamState nativeData(StreamState state, BooleanSupplier fits, At at) {
        return live(state, at.logTimeMillis()) instanceof Open open && fits.getAsBoolean()
                ? open.extended(at.offset()).accessed(at.logTimeMillis())
                : state;
    }

    /** The state as a record, or a clock, at {@code millis} finds it: an expired stream has ended. */
    public static StreamState live(StreamState state, long millis) {
        return state instanceof Standing standing && standing.expiredAt(millis) ? standing.ended() : state;
    }

    private static boolean lapsed(Operation.Create create, At at) {
        return create.configuration()
                .reference()
                .filter(reference -> reference.lapsedAt(at.logTimeMillis()))
                .isPresent();
    }

    private static Judgement create(
            StreamState state, StreamState live, Incarnation incarnation, Operation.Create create, At at) {
        return switch (live) {
            case Standing standing ->
                new Judgement(
                        standing,
                        new Outcome.Existing(standing, satisfies(standing, create.configuration(), create.closed())));
            case SoftDeleted _ -> new Judgement(state, new Outcome.PathHeld());
            case Absent _ when lapsed(create, at) -> new Judgement(state, new Outcome.ReferenceVoid());
            case Absent absent -> {
                Open opened = absent.create(incarnation, create.configuration(), at.offset(), at.logTimeMillis());
                Open filled = extended(opened, create.payload(), at);
                Standing created = create.closed() ? filled.closed(Optional.empty()) : filled;
                Outcome.Release release =
                        state instanceof Retained replaced ? release(replaced, absent) : Outcome.Release.NOTHING;
                yield new Judgement(created, new Outcome.Created(created, release));
            }
        };
    }

    /** PROTOCOL.md 5.1: content type, expiry and closure status must all match. */
    private static boolean satisfies(Standing standing, StreamConfiguration requested, boolean closed) {
        return standing.configuration().matches(requested) && closed == (standing instanceof Closed);
    }

    private static Judgement expire(StreamState state, Operation.Expire expire, At at) {
        return switch (state) {
            case Absent() -> new Judgement(state, new Outcome.NoSuchStream());
            case SoftDeleted _ -> new Judgement(state, new Outcome.SoftDeleted());
            case Standing standing
            when !standing.incarnation().equals(expire.incarnation()) ->
                new Judgement(state, new Outcome.OtherIncarnation());
            case Standing standing
            when standing.expiredAt(at.logTimeMillis()) ->
                new Judgement(standing.ended(), new Outcome.Expired(release(standing, standing.ended())));
            case Standing _ -> new Judgement(state, new Outcome.NotExpired());
        };
    }

    /** What is to be done once {@code stream} has become {@code left}. */
    private static Outcome.Release release(Retained stream, StreamState left) {
        return left instanceof Absent
                ? new Outcome.Release(stream.configuration().origin().filter(origin -> origin.reference()
                        .isPresent()))
                : Outcome.Release.NOTHING;
    }

    private static Judgement unref(StreamState state, SoftDeleted ended, Operation.ForkUnref unref) {
        if (!ended.incarnation().equals(unref.incarnation())) {
            return new Judgement(state, new Outcome.OtherIncarnation());
        }
        if (!ended.references().containsKey(unref.reference())) {
            return new Judgement(state, new Outcome.NoSuchReference());
        }
        StreamState left = ended.without(unref.reference());
        return new Judgement(left, new Outcome.Unreferenced(release(ended, left)));
    }

    private static Judgement standing(
            Standing standing, OperationId id, long timeMillis, Operation.OnIncarnation operation, At at) {
        return switch (operation) {
            case Operation.Append append ->
                switch (standing) {
                    case Closed closed -> appendToClosed(closed, append.producer(), at);
                    case Open open -> append(open, append, at);
                };
            case Operation.Close close ->
                switch (standing) {
                    case Closed closed
                    when close.producer().isEmpty() -> {
                        Closed accessed = closed.accessed(at.logTimeMillis());
                        yield new Judgement(accessed, new Outcome.ClosedBefore(accessed));
                    }
                    case Closed closed -> appendToClosed(closed, close.producer(), at);
                    case Open open -> close(open, close.producer(), at);
                };
            case Operation.Delete _ ->
                new Judgement(standing.ended(), new Outcome.Deleted(release(standing, standing.ended())));
            case Operation.Touch _ -> new Judgement(standing.accessed(at.logTimeMillis()), new Outcome.Touched());
            case Operation.Expire expire -> expire(standing, expire, at);
            case Operation.ForkRef(Incarnation source, StreamPath fork) ->
                new Judgement(
                        standing.referenced(standing.references().plus(id.text(), new ForkReference(fork, timeMillis))),
                        new Outcome.Referenced(new ForkOrigin.Reference(source, id.text(), timeMillis)));
            case Operation.ForkUnref(Incarnation _, String reference) ->
                standing.references().containsKey(reference)
                        ? new Judgement(
                                standing.referenced(standing.references().minus(reference)),
                                new Outcome.Unreferenced(Outcome.Release.NOTHING))
                        : new Judgement(standing, new Outcome.NoSuchReference());
        };
    }

    private static Judgement append(Open open, Operation.Append append, At at) {
        Optional<Judgement> refused = append.producer().flatMap(stamp -> refusal(open, stamp, at));
        if (refused.isPresent()) {
            return refused.get();
        }
        if (append.streamSeq().isPresent() && open.lastStreamSeq().isPresent()) {
            String received = append.streamSeq().get();
            String last = open.lastStreamSeq().get();
            if (compareBytes(received, last) <= 0) {
                return new Judgement(open, new Outcome.StreamSeqRegression(last, received));
            }
        }
        Open next = extended(open, append.payload(), at).accessed(at.logTimeMillis());
        if (append.producer().isPresent()) {
            next = next.produced(append.producer().get());
        }
        if (append.streamSeq().isPresent()) {
            next = next.sequenced(append.streamSeq().get());
        }
        Standing appended = append.closes() ? next.closed(append.producer()) : next;
        return new Judgement(appended, new Outcome.Appended(appended, append.producer()));
    }

    private static Judgement close(Open open, Optional<ProducerStamp> producer, At at) {
        Optional<Judgement> refused = producer.flatMap(stamp -> refusal(open, stamp, at));
        if (refused.isPresent()) {
            return refused.get();
        }
        Closed closed = open.accessed(at.logTimeMillis()).closed(producer);
        return new Judgement(closed, new Outcome.ClosedNow(closed, producer));
    }

    /** PROTOCOL.md 5.2.1, "Stream Closure with Idempotent Producers": only the closing request is a duplicate. */
    private static Judgement appendToClosed(Closed closed, Optional<ProducerStamp> producer, At at) {
        if (producer.isPresent() && producer.equals(closed.closedBy())) {
            ProducerStamp stamp = producer.get();
            Closed accessed = closed.accessed(at.logTimeMillis());
            return new Judgement(accessed, new Outcome.Duplicate(accessed, stamp.epoch(), stamp.seq()));
        }
        return new Judgement(closed, new Outcome.AppendToClosed(closed));
    }

    private static Optional<Judgement> refusal(Open open, ProducerStamp stamp, At at) {
        return switch (ProducerVerdict.of(open.producers().get(stamp.id()), stamp)) {
            case ProducerVerdict.Accepted() -> Optional.empty();
            case ProducerVerdict.Duplicate(long epoch, long lastSeq) -> {
                Open accessed = open.accessed(at.logTimeMillis());
                yield Optional.of(new Judgement(accessed, new Outcome.Duplicate(accessed, epoch, lastSeq)));
            }
            case ProducerVerdict.Fenced(long currentEpoch) ->
                Optional.of(new Judgement(open, new Outcome.Fenced(currentEpoch)));
            case ProducerVerdict.EpochNotOpened(long epoch, long seq) ->
                Optional.of(new Judgement(open, new Outcome.EpochNotOpened(epoch, seq)));
            case ProducerVerdict.SequenceGap(long expected, long received) ->
                Optional.of(new Judgement(open, new Outcome.SequenceGap(expected, received)));
        };
    }

    private static Open extended(Open open, Payload payload, At at) {
        return payload.isEmpty() ? open : open.extended(at.offset());
    }

    /** PROTOCOL.md 5.2: Stream-Seq compares byte by byte. */
    private static int compareBytes(String left, String right) {
        return Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
