package io.millrace.mapping.fork;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Command.Body;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;

/**
 * One fork's way to its answer, over two partitions: the target is looked at, then the source; the source's partition
 * takes note of the fork, and only then is it created. The gateway asks for the next step, does it, tells how it went,
 * and asks again.
 *
 * <p>Whatever happens between the steps, a fork that stands has a reference in its source's partition. A reference
 * without a fork may be left behind, by a gateway that dies or does not learn what became of the create; once the source
 * has ended, such references are cancelled in the fork's partition and dropped (docs/adr/0001).
 */
public final class ForkAttempt {

    /** What to do next. */
    public sealed interface Step {

        /** Look what stands at the fork's path, as of now; what {@code abandoned} holds is to be released. */
        record FindTarget(Optional<ForkOrigin> abandoned) implements Step {}

        /** Look at the source at this offset, as of now; with the record that comes next there if it is wanted. */
        record ReadSource(RequestedOffset from, boolean wantsRecord) implements Step {}

        /** Execute this in the source's partition. */
        record Refer(Command.Reference reference) implements Step {}

        /** Execute this in the fork's partition. */
        record Create(Command.Create create) implements Step {}

        /** Answer; what {@code abandoned} holds is not needed, and to be released. */
        record Answer(Outcome outcome, Optional<ForkOrigin> abandoned) implements Step {}

        /** Source or target change too fast: nothing was created; what {@code abandoned} holds is to be released. */
        record GiveUp(Optional<ForkOrigin> abandoned) implements Step {}
    }

    /** How often it begins anew where a source ended, or a reference was cancelled, under its hands. */
    private static final int MOST_ROUNDS = 5;

    private final ForkRequest request;
    private Step next = new Step.FindTarget(Optional.empty());
    private Optional<Standing> standing = Optional.empty();
    private Optional<Resolved> resolved = Optional.empty();
    private Optional<ForkOrigin> created = Optional.empty();
    private int rounds;

    /** What the request comes to: all of the create but the reference. */
    private record Resolved(StreamConfiguration configuration, Payload payload) {

        ForkOrigin origin() {
            return configuration.origin().orElseThrow();
        }
    }

    /** Begins. */
    public ForkAttempt(ForkRequest request) {
        this.request = request;
    }

    /** The next step. */
    public Step next() {
        return next;
    }

    /** The target is in {@code state} as of now. */
    public void onTarget(StreamState state) {
        next = switch (state) {
            case Absent() -> readSource(Optional.empty());
            case SoftDeleted _ -> answer(new Outcome.PathHeld());
            case Standing found -> request.asksFor(found) ? same(found) : readSource(Optional.of(found));
        };
    }

    /** The source is this as of now. */
    public void onSource(SourceRead read) {
        next = switch (read) {
            case SourceRead.Absent() -> refused(new Outcome.NoSuchSource(request.source()));
            case SourceRead.Ended() -> refused(new Outcome.SourceSoftDeleted(request.source()));
            case SourceRead.NoSuchPoint(String reason) -> refused(new Outcome.ForkPointRefused(reason));
            case SourceRead.Found found -> resolve(found);
        };
    }

    /** The source's partition has decided on the reference. */
    public void onReferred(Outcome outcome) {
        next = switch (outcome) {
            case Outcome.Referenced(ForkOrigin.Reference reference) -> create(Optional.of(reference));
            // The source has ended since it was looked at.
            case Outcome _ -> anew();
        };
    }

    /** The fork's partition has decided on the create. */
    public void onCreated(Outcome outcome) {
        next = switch (outcome) {
            case Outcome.Created _ -> answer(outcome);
            case Outcome.ReferenceVoid _ -> anew();
            case Outcome _ -> new Step.Answer(outcome, created);
        };
    }

    private Step readSource(Optional<Standing> found) {
        standing = found;
        return new Step.ReadSource(request.from(), request.wantsPartial());
    }

    private Step anew() {
        Optional<ForkOrigin> abandoned = created;
        created = Optional.empty();
        rounds++;
        return rounds == MOST_ROUNDS ? new Step.GiveUp(abandoned) : new Step.FindTarget(abandoned);
    }

    private static Step answer(Outcome outcome) {
        return new Step.Answer(outcome, Optional.empty());
    }

    /** What is wrong with the source is no news where another stream stands at the path. */
    private Step refused(Outcome outcome) {
        return answer(standing.<Outcome>map(found -> new Outcome.Existing(found, false))
                .orElse(outcome));
    }

    private Step same(Standing found) {
        return answer(
                switch (request.body().apply(found.configuration().contentType())) {
                    case Body.Unfit(String reason) -> new Outcome.BodyRefused(reason);
                    case Body.Fit _ -> new Outcome.Existing(found, true);
                });
    }

    private Step resolve(SourceRead.Found source) {
        MediaType sourceType = source.configuration().contentType();
        MediaType type = request.contentType().orElse(sourceType);
        if (!type.sameAs(sourceType)) {
            return refused(new Outcome.ContentTypeMismatch(sourceType));
        }
        return switch (request.body().apply(type)) {
            case Body.Unfit(String reason) -> answer(new Outcome.BodyRefused(reason));
            case Body.Fit(Payload body) ->
                request.wantsPartial()
                        ? resolvePartial(source, type, body)
                        : resolved(source, type, source.at(), 0, body);
        };
    }

    private Step resolvePartial(SourceRead.Found source, MediaType type, Payload body) {
        long wanted = request.requested().subOffset();
        if (source.next().isEmpty()) {
            return refused(new Outcome.ForkPointRefused(
                    "Stream-Fork-Sub-Offset is " + wanted + ", and the source has nothing at Stream-Fork-Offset"));
        }
        SourceRead.NextRecord record = source.next().get();
        long length = Partial.length(record.payload(), type);
        if (wanted > length) {
            return refused(new Outcome.ForkPointRefused("Stream-Fork-Sub-Offset is " + wanted + ", and there are "
                    + length + (type.isJson() ? " messages" : " bytes")
                    + " from Stream-Fork-Offset to the source's next offset"));
        }
        return wanted == length
                ? resolved(source, type, record.end(), 0, body)
                : resolved(source, type, source.at(), wanted, Partial.before(body, record.payload(), wanted, type));
    }

    private Step resolved(SourceRead.Found source, MediaType type, OffsetToken point, long partial, Payload payload) {
        Expiry expiry = request.expiry().orElse(source.configuration().expiry());
        ForkOrigin origin = new ForkOrigin(
                request.source(),
                Optional.empty(),
                point.position(),
                point.tag(),
                partial,
                request.requested(),
                request.expiry().isEmpty());
        StreamConfiguration configuration = new StreamConfiguration(type, expiry, Optional.of(origin));
        resolved = Optional.of(new Resolved(configuration, payload));
        if (standing.isPresent()) {
            boolean same = standing.get().configuration().matches(configuration)
                    && request.closed() == (standing.get() instanceof Closed);
            return answer(new Outcome.Existing(standing.get(), same));
        }
        return source.life()
                .<Step>map(life -> new Step.Refer(new Command.Reference(request.source(), life, request.path())))
                .orElseGet(() -> create(Optional.empty()));
    }

    private Step create(Optional<ForkOrigin.Reference> reference) {
        Resolved known = resolved.orElseThrow();
        ForkOrigin origin = known.origin().with(reference);
        created = Optional.of(origin);
        return new Step.Create(new Command.Create(
                request.path(), known.configuration().with(origin), known.payload(), request.closed()));
    }
}
