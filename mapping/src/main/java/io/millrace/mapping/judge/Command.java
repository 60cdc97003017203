package io.millrace.mapping.judge;

import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;
import java.util.function.Function;

/** What a client (or the gateway itself) wants of a stream, before any belief about the stream is consulted. */
public sealed interface Command {

    /** The stream it concerns. */
    StreamPath path();

    /** PUT. */
    record Create(StreamPath path, StreamConfiguration configuration, Payload payload, boolean closed)
            implements Command {}

    /** POST with a body. */
    record Append(
            StreamPath path,
            MediaType contentType,
            Body body,
            Optional<ProducerStamp> producer,
            Optional<String> streamSeq,
            boolean closes)
            implements Command {

        private Operation.Append on(Standing stream, Payload payload) {
            return new Operation.Append(stream.incarnation(), payload, producer, streamSeq, closes);
        }
    }

    /** POST that closes and brings nothing. */
    record Close(StreamPath path, Optional<ProducerStamp> producer) implements Command {}

    /** DELETE. */
    record Delete(StreamPath path) implements Command {}

    /** The stream was read at a time that its TTL should know of. */
    record Touch(StreamPath path) implements Command {}

    /** The stream's time seems to be over. */
    record Expire(StreamPath path) implements Command {}

    /** Keep the records of a life of the stream for a fork at {@code fork}. */
    record Reference(StreamPath path, Incarnation source, StreamPath fork) implements Command {}

    /** The fork of a reference is no more, or will never be. */
    record Unreference(StreamPath path, Incarnation source, String reference) implements Command {}

    /** Let no fork be created at the path with a reference of {@code timeMillis}. */
    record CancelReference(StreamPath path, String reference, long timeMillis) implements Command {}

    /** An append's body, read by the content type that the request names. */
    sealed interface Body {

        /** Fit to be stored. */
        record Fit(Payload payload) implements Body {}

        /** Not what its content type asks for, and why. */
        record Unfit(String reason) implements Body {}
    }

    /** What a command comes to, against a believed state. */
    sealed interface Decision {

        /** The log shall decide on this. */
        record Send(Operation operation) implements Decision {}

        /** Nothing to write. */
        record Refuse(Outcome.Refused outcome) implements Decision {}
    }

    /**
     * What this command comes to if the stream is in {@code believed}: an operation where the judge would accept it,
     * else the refusal. PROTOCOL.md 5.2, "Error Precedence": closed, then content type, then sequence.
     *
     * @param at the place and time that a record sent now may expect; only the time decides anything
     */
    default Decision against(StreamState believed, At at) {
        return switch (this) {
            case Create create ->
                judged(believed, new Operation.Create(create.configuration, create.payload, create.closed), at);
            case Append append ->
                switch (Judge.live(believed, at.logTimeMillis())) {
                    case Absent() -> new Decision.Refuse(new Outcome.NoSuchStream());
                    case SoftDeleted _ -> new Decision.Refuse(new Outcome.SoftDeleted());
                    case Closed closed -> judged(closed, append.on(closed, Payload.NONE), at);
                    case Open open
                    when !append.contentType.sameAs(open.configuration().contentType()) ->
                        new Decision.Refuse(new Outcome.ContentTypeMismatch(
                                open.configuration().contentType()));
                    case Open open ->
                        switch (append.body) {
                            case Body.Unfit(String reason) -> new Decision.Refuse(new Outcome.BodyRefused(reason));
                            case Body.Fit(Payload payload) -> judged(open, append.on(open, payload), at);
                        };
                };
            case Close close ->
                onStanding(believed, at, standing -> new Operation.Close(standing.incarnation(), close.producer));
            case Delete _ -> onStanding(believed, at, standing -> new Operation.Delete(standing.incarnation()));
            case Touch _ -> onStanding(believed, at, standing -> new Operation.Touch(standing.incarnation()));
            case Expire _ ->
                switch (believed) {
                    case Absent() -> new Decision.Refuse(new Outcome.NoSuchStream());
                    case SoftDeleted _ -> new Decision.Refuse(new Outcome.SoftDeleted());
                    case Standing standing -> judged(standing, new Operation.Expire(standing.incarnation()), at);
                };
            case Reference reference -> judged(believed, new Operation.ForkRef(reference.source, reference.fork), at);
            case Unreference unreference ->
                judged(believed, new Operation.ForkUnref(unreference.source, unreference.reference), at);
            case CancelReference cancel ->
                judged(believed, new Operation.ForkCancel(cancel.reference, cancel.timeMillis), at);
        };
    }

    private Decision onStanding(StreamState believed, At at, Function<Standing, Operation> operation) {
        return switch (Judge.live(believed, at.logTimeMillis())) {
            case Absent() -> new Decision.Refuse(new Outcome.NoSuchStream());
            case SoftDeleted _ -> new Decision.Refuse(new Outcome.SoftDeleted());
            case Standing standing -> judged(standing, operation.apply(standing), at);
        };
    }

    private Decision judged(StreamState believed, Operation operation, At at) {
        Sent sent = new Sent(path(), PROBE, at.logTimeMillis(), operation);
        return switch (Judge.judge(believed, sent, at).outcome()) {
            case Outcome.Accepted _ -> new Decision.Send(operation);
            case Outcome.Refused refusal -> new Decision.Refuse(refusal);
        };
    }

    /** Stands for the operation id that the operation would get; no verdict depends on it. */
    OperationId PROBE = new OperationId("probe", 1);
}
