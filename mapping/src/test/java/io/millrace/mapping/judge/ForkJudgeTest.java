package io.millrace.mapping.judge;

import static io.millrace.mapping.ForkSamples.SOURCE;
import static io.millrace.mapping.ForkSamples.TAIL;
import static io.millrace.mapping.ForkSamples.configuration;
import static io.millrace.mapping.ForkSamples.forkCreation;
import static io.millrace.mapping.ForkSamples.forkRef;
import static io.millrace.mapping.ForkSamples.forkUnref;
import static io.millrace.mapping.ForkSamples.origin;
import static io.millrace.mapping.ForkSamples.reference;
import static io.millrace.mapping.ForkSamples.requested;
import static io.millrace.mapping.ForkSamples.unheld;
import static io.millrace.mapping.Samples.JSON;
import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.OTHER_PATH;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.TEXT;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.close;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.expire;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.stamp;
import static io.millrace.mapping.Samples.touch;
import static io.millrace.mapping.Samples.until;
import static io.millrace.mapping.stream.StreamState.Absent.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** The judge's table (docs/adr/0001) where forks are concerned: as what is created, and as what others hold on to. */
class ForkJudgeTest {

    private static final String LIFE = "g.1";
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final At AT = new At(20, 1_000);
    private static final ForkReference HELD = new ForkReference(OTHER_PATH, 400);
    private static final PMap<String, ForkReference> ONE = HashTreePMap.singleton("r.1", HELD);
    private static final PMap<String, ForkReference> TWO = ONE.plus("r.2", HELD);
    private static final ForkOrigin ORIGIN = origin(7, reference("r.9", 900));
    private static final Outcome.Release NOTHING = Outcome.Release.NOTHING;
    private static final Outcome.Release RELEASE = new Outcome.Release(Optional.of(ORIGIN));

    private static Open open(StreamConfiguration configuration) {
        return ABSENT.create(Incarnation.of(LIFE), configuration, 10, 500);
    }

    private static Open open() {
        return open(PLAIN);
    }

    private static Closed closed() {
        return open().extended(12).closed(stamp(0, 3));
    }

    private static Open fork(ForkOrigin origin) {
        return open(configuration(origin));
    }

    private static StreamConfiguration mortal(ForkOrigin origin) {
        return new StreamConfiguration(TEXT, until(999).expiry(), Optional.of(origin));
    }

    private static SoftDeleted softDeleted(Standing standing, PMap<String, ForkReference> references) {
        return new SoftDeleted(standing.life(), standing.tail(), references);
    }

    private static Judgement refused(StreamState state, Outcome.Refused outcome) {
        return new Judgement(state, outcome);
    }

    private static Arguments row(String name, StreamState state, Operation operation, Judgement expected) {
        return argumentSet(name, state, operation, expected);
    }

    private static Arguments void_(String name, StreamState state, Operation operation, Outcome.Refused outcome) {
        return row(name, state, operation, refused(state, outcome));
    }

    private static Judgement judge(StreamState state, Operation operation, At at) {
        return Judge.judge(state, sent("g.7", 1_000, operation), at);
    }

    // ---- create of a fork

    private static Judgement created(Standing stream) {
        return new Judgement(stream, new Outcome.Created(stream, Outcome.Release.NOTHING));
    }

    static Stream<Arguments> createOfAFork() {
        Incarnation next = Incarnation.of("g.7");
        Open begun = ABSENT.create(next, configuration(ORIGIN), 20, 1_000);
        Operation.Create empty = forkCreation(ORIGIN);
        Operation.Create filled = new Operation.Create(configuration(ORIGIN), payload("x"), false);
        Operation.Create shut = new Operation.Create(configuration(ORIGIN), Payload.NONE, true);
        Operation.Create elsewhere = forkCreation(origin(8, reference("r.9", 900)));
        Closed closedFork = fork(ORIGIN).closed(NOBODY);
        Open expiredWithRefs = open(until(999)).referenced(ONE);
        return Stream.of(
                row("absent", ABSENT, empty, created(begun)),
                row("absent, with data", ABSENT, filled, created(begun.extended(20))),
                row("absent, closed", ABSENT, shut, created(begun.closed(NOBODY))),
                row("expired", open(until(999)), empty, created(begun)),
                row(
                        "an expired fork, which its source still knows",
                        open(mortal(ORIGIN)),
                        empty,
                        new Judgement(begun, new Outcome.Created(begun, new Outcome.Release(Optional.of(ORIGIN))))),
                void_("open, the same fork", fork(ORIGIN), filled, new Outcome.Existing(fork(ORIGIN), true)),
                void_("open, another point", fork(unheldAt7("t")), elsewhere, existing(fork(unheldAt7("t")), false)),
                void_("open, no fork", open(), empty, new Outcome.Existing(open(), false)),
                void_("open, closure asked for", fork(ORIGIN), shut, new Outcome.Existing(fork(ORIGIN), false)),
                void_("open fork, no fork asked for", fork(ORIGIN), creation(), existing(fork(ORIGIN), false)),
                void_("closed, the same fork", closedFork, shut, new Outcome.Existing(closedFork, true)),
                void_("closed, none asked for", closedFork, empty, new Outcome.Existing(closedFork, false)),
                void_("soft-deleted", softDeleted(open(), ONE), empty, new Outcome.PathHeld()),
                void_("soft-deleted, this fork", softDeleted(fork(ORIGIN), ONE), empty, new Outcome.PathHeld()),
                void_("soft-deleted, create of no fork", softDeleted(open(), ONE), creation(), new Outcome.PathHeld()),
                void_("expired with references", expiredWithRefs, empty, new Outcome.PathHeld()),
                void_("expired with references, no fork", expiredWithRefs, creation(), new Outcome.PathHeld()));
    }

    private static ForkOrigin unheldAt7(String offset) {
        return new ForkOrigin(
                SOURCE, Optional.empty(), 7, 1, 0, new ForkOrigin.Requested(Optional.of(offset), 0), false);
    }

    private static Outcome.Existing existing(Standing standing, boolean same) {
        return new Outcome.Existing(standing, same);
    }

    @ParameterizedTest
    @MethodSource
    void createOfAFork(StreamState state, Operation operation, Judgement expected) {
        assertThat(judge(state, operation, AT)).isEqualTo(expected);
    }

    /** A reference is good for an hour: beyond it, its cancellation may be forgotten. The reference is of 900. */
    static Stream<Arguments> lateCreate() {
        Open standing = fork(ORIGIN);
        SoftDeleted held = softDeleted(open(), ONE);
        return Stream.of(
                argumentSet("an hour later", ABSENT, ORIGIN, 900 + HOUR, Outcome.Created.class),
                argumentSet("more than an hour later", ABSENT, ORIGIN, 901 + HOUR, Outcome.ReferenceVoid.class),
                argumentSet("where one expired", open(until(5)), ORIGIN, 901 + HOUR, Outcome.ReferenceVoid.class),
                argumentSet("where it stands", standing, ORIGIN, 901 + HOUR, Outcome.Existing.class),
                argumentSet("where the path is held", held, ORIGIN, 901 + HOUR, Outcome.PathHeld.class),
                argumentSet("without reference", ABSENT, unheld(7), 901 + HOUR, Outcome.Created.class),
                argumentSet("by a log behind the reference", ABSENT, ORIGIN, 0L, Outcome.Created.class));
    }

    @ParameterizedTest
    @MethodSource
    void lateCreate(StreamState state, ForkOrigin origin, long logTimeMillis, Class<? extends Outcome> expected) {
        Judgement judged = judge(state, forkCreation(origin), new At(20, logTimeMillis));

        assertThat(judged.outcome()).isInstanceOf(expected);
        if (judged.outcome() instanceof Outcome.Refused) {
            assertThat(judged.next()).isEqualTo(state);
        }
    }

    /** A fork goes on with its source's positions: record 20 of its own log is what comes at position 7. */
    @Test
    void forkContinuesItsSourcesPositions() {
        Open fork = (Open) judge(ABSENT, new Operation.Create(configuration(ORIGIN), payload("x"), false), AT)
                .next();

        assertThat(fork.begin()).isEqualTo(7);
        assertThat(fork.tail()).isEqualTo(8);
        assertThat(fork.position(20)).isEqualTo(7);
        assertThat(fork.offset(7)).isEqualTo(20);
        assertThat(((Open) judge(fork, append("g.7", "y"), new At(25, 1_001)).next()).tail())
                .isEqualTo(13);
        assertThat(fork.token(7)).isEqualTo(new OffsetToken(7, ORIGIN.tag()));
        assertThat(fork.token(8))
                .isEqualTo(new OffsetToken(8, fork.incarnation().tag()));
        assertThatIllegalArgumentException().isThrownBy(() -> fork.token(6));
    }

    /** PROTOCOL.md 4.2, "Producer state and fork boundaries". */
    @Test
    void forkKnowsNoProducerAndNoStreamSeq() {
        Open fork = (Open) judge(ABSENT, forkCreation(ORIGIN), AT).next();

        assertThat(fork.producers()).isEmpty();
        assertThat(fork.lastStreamSeq()).isEmpty();
        assertThat(fork.references()).isEmpty();
        assertThat(judge(fork, append("g.7", "x", stamp(3, 8)), AT).outcome()).isEqualTo(new Outcome.SequenceGap(0, 8));
        assertThat(judge(fork, append("g.7", "x", stamp(4, 0)), AT).outcome()).isInstanceOf(Outcome.Appended.class);
    }

    // ---- references

    private static Judgement referenced(Standing standing) {
        return new Judgement(
                standing.referenced(standing.references().plus("g.7", new ForkReference(OTHER_PATH, 1_000))),
                new Outcome.Referenced(new ForkOrigin.Reference(Incarnation.of(LIFE), "g.7", 1_000)));
    }

    static Stream<Arguments> forkRefs() {
        Operation.ForkRef ref = forkRef(LIFE, OTHER_PATH);
        Open mortal = open(new StreamConfiguration(TEXT, new Expiry.Sliding(Duration.ofSeconds(10))));
        return Stream.of(
                void_("absent", ABSENT, ref, new Outcome.NoSuchStream()),
                void_("expired", open(until(999)), ref, new Outcome.NoSuchStream()),
                row("open", open(), ref, referenced(open())),
                row("open, with others", open().referenced(TWO), ref, referenced(open().referenced(TWO))),
                row("open, no access", mortal, ref, referenced(mortal)),
                row("closed", closed(), ref, referenced(closed())),
                row("a fork", fork(ORIGIN), ref, referenced(fork(ORIGIN))),
                void_("open, other life", open(), forkRef("g.2", OTHER_PATH), new Outcome.OtherIncarnation()),
                void_("soft-deleted", softDeleted(open(), ONE), ref, new Outcome.SoftDeleted()),
                void_("expired with references", open(until(999)).referenced(ONE), ref, new Outcome.SoftDeleted()));
    }

    @ParameterizedTest
    @MethodSource
    void forkRefs(StreamState state, Operation operation, Judgement expected) {
        assertThat(judge(state, operation, AT)).isEqualTo(expected);
    }

    private static Judgement unreferenced(StreamState next, Outcome.Release release) {
        return new Judgement(next, new Outcome.Unreferenced(release));
    }

    static Stream<Arguments> forkUnrefs() {
        Operation.ForkUnref unref = forkUnref(LIFE, "r.1");
        Operation.ForkUnref unknown = forkUnref(LIFE, "r.3");
        Open expired = open(until(999));
        Open expiredFork = open(mortal(ORIGIN));
        PMap<String, ForkReference> other = TWO.minus("r.1");
        return Stream.of(
                void_("absent", ABSENT, unref, new Outcome.NoSuchStream()),
                void_("expired", expired, unref, new Outcome.NoSuchStream()),
                row("open", open().referenced(ONE), unref, unreferenced(open(), NOTHING)),
                row("open, one of two", open().referenced(TWO), unref, unreferenced(open().referenced(other), NOTHING)),
                row("open fork", fork(ORIGIN).referenced(ONE), unref, unreferenced(fork(ORIGIN), NOTHING)),
                void_("open, none", open(), unref, new Outcome.NoSuchReference()),
                void_("open, another one", open().referenced(ONE), unknown, new Outcome.NoSuchReference()),
                row("closed", closed().referenced(ONE), unref, unreferenced(closed(), NOTHING)),
                void_("closed, none", closed(), unref, new Outcome.NoSuchReference()),
                void_("open, other life", open().referenced(ONE), forkUnref("g.2", "r.1"), otherLife()),
                row("soft-deleted, the last", softDeleted(open(), ONE), unref, unreferenced(ABSENT, NOTHING)),
                row(
                        "soft-deleted, one of two",
                        softDeleted(open(), TWO),
                        unref,
                        unreferenced(softDeleted(open(), other), NOTHING)),
                row(
                        "soft-deleted fork, the last",
                        softDeleted(fork(ORIGIN), ONE),
                        unref,
                        unreferenced(ABSENT, RELEASE)),
                row(
                        "soft-deleted fork of a topic of others",
                        softDeleted(fork(unheld(7)), ONE),
                        unref,
                        unreferenced(ABSENT, NOTHING)),
                void_("soft-deleted, none", softDeleted(open(), ONE), unknown, new Outcome.NoSuchReference()),
                void_("soft-deleted, other life", softDeleted(open(), ONE), forkUnref("g.2", "r.1"), otherLife()),
                row("expired with references, the last", expired.referenced(ONE), unref, unreferenced(ABSENT, NOTHING)),
                row(
                        "expired fork with references, the last",
                        expiredFork.referenced(ONE),
                        unref,
                        unreferenced(ABSENT, RELEASE)),
                row(
                        "expired with references, one of two",
                        expired.referenced(TWO),
                        unref,
                        unreferenced(softDeleted(expired, other), NOTHING)),
                void_(
                        "expired with references, none",
                        expired.referenced(ONE),
                        unknown,
                        new Outcome.NoSuchReference()));
    }

    private static Outcome.Refused otherLife() {
        return new Outcome.OtherIncarnation();
    }

    @ParameterizedTest
    @MethodSource
    void forkUnrefs(StreamState state, Operation operation, Judgement expected) {
        assertThat(judge(state, operation, AT)).isEqualTo(expected);
    }

    private static Arguments cancelled(String name, StreamState state, String reference) {
        return row(
                name,
                state,
                new Operation.ForkCancel(reference, 900),
                new Judgement(state, new Outcome.ReferenceCancelled()));
    }

    private static Arguments stands(String name, StreamState state) {
        return void_(name, state, new Operation.ForkCancel("r.9", 900), new Outcome.ForkStands());
    }

    static Stream<Arguments> forkCancels() {
        Open expiredFork = open(mortal(ORIGIN));
        return Stream.of(
                cancelled("absent", ABSENT, "r.9"),
                cancelled("expired", open(until(999)), "r.9"),
                cancelled("an expired fork of this reference", expiredFork, "r.9"),
                cancelled("open, no fork", open(), "r.9"),
                cancelled("open, no fork, held by that reference", open().referenced(ONE), "r.1"),
                cancelled("open fork of another reference", fork(ORIGIN), "r.8"),
                cancelled("open fork of a topic of others", fork(unheld(7)), "r.9"),
                stands("open fork", fork(ORIGIN)),
                stands("closed fork", fork(ORIGIN).closed(NOBODY)),
                cancelled("closed fork of another reference", fork(ORIGIN).closed(NOBODY), "r.8"),
                stands("soft-deleted fork", softDeleted(fork(ORIGIN), ONE)),
                cancelled("soft-deleted fork of another reference", softDeleted(fork(ORIGIN), ONE), "r.8"),
                stands("expired fork with references", expiredFork.referenced(ONE)));
    }

    @ParameterizedTest
    @MethodSource
    void forkCancels(StreamState state, Operation operation, Judgement expected) {
        assertThat(judge(state, operation, AT)).isEqualTo(expected);
    }

    // ---- all else on streams that forks hold

    static Stream<Arguments> othersOnWhatIsHeld() {
        SoftDeleted held = softDeleted(closed(), ONE);
        Open overdue = open(until(999)).referenced(ONE);
        Closed overdueClosed = overdue.closed(stamp(0, 3));
        Outcome.Refused gone = new Outcome.SoftDeleted();
        return Stream.of(
                void_("append, soft-deleted", held, append(LIFE, "x"), gone),
                void_("append, expired with references", overdue, append(LIFE, "x"), gone),
                void_("closing append again, soft-deleted", held, append(LIFE, "x", stamp(0, 3)), gone),
                void_(
                        "closing append again, expired with references",
                        overdueClosed,
                        append(LIFE, "x", stamp(0, 3)),
                        gone),
                void_("close, soft-deleted", held, close(LIFE, NOBODY), gone),
                void_("close, expired with references", overdue, close(LIFE, NOBODY), gone),
                void_("close again, expired with references", overdueClosed, close(LIFE, NOBODY), gone),
                void_("delete, soft-deleted", held, delete(LIFE), gone),
                void_("delete, expired with references", overdue, delete(LIFE), gone),
                void_("touch, soft-deleted", held, touch(LIFE), gone),
                void_("touch, expired with references", overdue, touch(LIFE), gone),
                void_("expire, soft-deleted", held, expire(LIFE), gone),
                void_("expire, expired with references, other life", overdue, expire("g.2"), otherLife()),
                row(
                        "expire, expired with references",
                        overdue,
                        expire(LIFE),
                        new Judgement(softDeleted(overdue, ONE), new Outcome.Expired(NOTHING))),
                row(
                        "delete, open",
                        open().referenced(TWO),
                        delete(LIFE),
                        new Judgement(softDeleted(open(), TWO), new Outcome.Deleted(NOTHING))),
                row(
                        "delete, closed",
                        closed().referenced(ONE),
                        delete(LIFE),
                        new Judgement(softDeleted(closed(), ONE), new Outcome.Deleted(NOTHING))));
    }

    @ParameterizedTest
    @MethodSource
    void othersOnWhatIsHeld(StreamState state, Operation operation, Judgement expected) {
        assertThat(judge(state, operation, AT)).isEqualTo(expected);
    }

    /** What the end of a fork leaves to do at its source: nothing while forks of its own inherit through it. */
    static Stream<Arguments> ends() {
        Open expired = open(mortal(ORIGIN));
        Outcome deleted = new Outcome.Deleted(RELEASE);
        Outcome kept = new Outcome.Deleted(NOTHING);
        return Stream.of(
                argumentSet("delete of a fork", fork(ORIGIN), delete(LIFE), deleted),
                argumentSet("delete of a closed fork", fork(ORIGIN).closed(NOBODY), delete(LIFE), deleted),
                argumentSet("delete of a fork with forks", fork(ORIGIN).referenced(ONE), delete(LIFE), kept),
                argumentSet("delete of a fork of a topic of others", fork(unheld(7)), delete(LIFE), kept),
                argumentSet("delete of no fork", open(), delete(LIFE), kept),
                argumentSet("expire of a fork", expired, expire(LIFE), new Outcome.Expired(RELEASE)),
                argumentSet(
                        "expire of a fork with forks",
                        expired.referenced(ONE),
                        expire(LIFE),
                        new Outcome.Expired(NOTHING)));
    }

    @ParameterizedTest
    @MethodSource
    void ends(StreamState state, Operation operation, Outcome expected) {
        assertThat(judge(state, operation, AT).outcome()).isEqualTo(expected);
    }

    @Test
    void dataOfOthersNeverReachesAnEndedStream() {
        for (StreamState ended :
                new StreamState[] {softDeleted(open(), ONE), open(until(999)).referenced(ONE), open(until(999)), ABSENT
                }) {
            assertThat(Judge.nativeData(ended, () -> true, AT)).isEqualTo(ended);
        }
    }

    // ---- "the same fork"

    private static ForkOrigin point(long position, long partial, ForkOrigin.Requested requested, boolean inherits) {
        return new ForkOrigin(SOURCE, Optional.empty(), position, 5, partial, requested, inherits);
    }

    private static StreamConfiguration of(String type, Expiry expiry, ForkOrigin origin) {
        return new StreamConfiguration(new MediaType(type), expiry, Optional.of(origin));
    }

    /** docs/adr/0001: what was requested or what it resolved to is the same; expiry omitted twice, or equal. */
    static Stream<Arguments> sameFork() {
        Expiry never = new Expiry.Never();
        Expiry ttl = new Expiry.Sliding(Duration.ofSeconds(9));
        Expiry until = new Expiry.Absolute(Instant.ofEpochSecond(9));
        String text = TEXT.text();
        StreamConfiguration tail = of(text, never, point(7, 0, TAIL, true));
        StreamConfiguration at7 = of(text, never, point(7, 0, requested(7, 0), true));
        StreamConfiguration part = of(text, never, point(7, 2, requested(7, 2), true));
        ForkOrigin other = new ForkOrigin(OTHER_PATH, Optional.empty(), 7, 5, 0, TAIL, true);
        return Stream.of(
                argumentSet("the same", tail, tail, true),
                argumentSet("other references", tail, of(text, never, held(point(7, 0, TAIL, true))), true),
                argumentSet("both at the tail, which grew", tail, of(text, never, point(9, 0, TAIL, true)), true),
                argumentSet("at the tail, and at its offset", tail, at7, true),
                argumentSet("at an offset, and at the tail that it is", at7, tail, true),
                argumentSet(
                        "at an offset, and at a tail that grew", at7, of(text, never, point(9, 0, TAIL, true)), false),
                argumentSet("other offsets", at7, of(text, never, point(8, 0, requested(8, 0), true)), false),
                argumentSet(
                        "a sub-offset to the next offset, and that offset",
                        of(text, never, point(8, 0, requested(7, 3), true)),
                        of(text, never, point(8, 0, requested(8, 0), true)),
                        true),
                argumentSet("a part, and none", part, at7, false),
                argumentSet("other parts", part, of(text, never, point(7, 1, requested(7, 1), true)), false),
                argumentSet(
                        "the same part in other words",
                        part,
                        of(text, never, point(7, 2, new ForkOrigin.Requested(Optional.of("x"), 2), true)),
                        true),
                argumentSet("another source", tail, of(text, never, other), false),
                argumentSet("no fork asked for", tail, new StreamConfiguration(TEXT, never), false),
                argumentSet("no fork there", new StreamConfiguration(TEXT, never), tail, false),
                argumentSet(
                        "expiry inherited twice, though the source's is another by now",
                        of(text, ttl, point(7, 0, TAIL, true)),
                        of(text, until, point(7, 0, TAIL, true)),
                        true),
                argumentSet(
                        "expiry inherited, and the same asked for",
                        of(text, ttl, point(7, 0, TAIL, true)),
                        of(text, ttl, point(7, 0, TAIL, false)),
                        true),
                argumentSet(
                        "expiry asked for, and the same inherited",
                        of(text, until, point(7, 0, TAIL, false)),
                        of(text, until, point(7, 0, TAIL, true)),
                        true),
                argumentSet(
                        "expiry inherited, and another asked for",
                        of(text, ttl, point(7, 0, TAIL, true)),
                        of(text, until, point(7, 0, TAIL, false)),
                        false),
                argumentSet(
                        "expiry asked for, and another inherited",
                        of(text, ttl, point(7, 0, TAIL, false)),
                        of(text, never, point(7, 0, TAIL, true)),
                        false),
                argumentSet(
                        "content type with parameters",
                        tail,
                        of("TEXT/plain;x=1", never, point(7, 0, TAIL, true)),
                        true),
                argumentSet("another content type", tail, of(JSON.text(), never, point(7, 0, TAIL, true)), false));
    }

    private static ForkOrigin held(ForkOrigin origin) {
        return origin.with(Optional.of(reference("r.1", 1)));
    }

    @ParameterizedTest
    @MethodSource
    void sameFork(StreamConfiguration there, StreamConfiguration asked, boolean same) {
        assertThat(there.matches(asked)).isEqualTo(same);
        assertThat(judge(open(there), new Operation.Create(asked, Payload.NONE, false), AT))
                .isEqualTo(refused(open(there), new Outcome.Existing(open(there), same)));
    }

    // ---- as a gateway decides before it writes

    static Stream<Arguments> commands() {
        SoftDeleted held = softDeleted(open(), ONE);
        StreamPath path = PATH;
        Incarnation life = Incarnation.of(LIFE);
        return Stream.of(
                argumentSet(
                        "reference",
                        open(),
                        new Command.Reference(path, life, OTHER_PATH),
                        send(forkRef(LIFE, OTHER_PATH))),
                argumentSet(
                        "reference, none there",
                        ABSENT,
                        new Command.Reference(path, life, OTHER_PATH),
                        refuse(new Outcome.NoSuchStream())),
                argumentSet(
                        "reference, soft-deleted",
                        held,
                        new Command.Reference(path, life, OTHER_PATH),
                        refuse(new Outcome.SoftDeleted())),
                argumentSet(
                        "unreference", held, new Command.Unreference(path, life, "r.1"), send(forkUnref(LIFE, "r.1"))),
                argumentSet(
                        "unreference, none there",
                        held,
                        new Command.Unreference(path, life, "r.2"),
                        refuse(new Outcome.NoSuchReference())),
                argumentSet(
                        "cancellation",
                        ABSENT,
                        new Command.CancelReference(path, "r.9", 5),
                        send(new Operation.ForkCancel("r.9", 5))),
                argumentSet(
                        "cancellation, fork stands",
                        fork(ORIGIN),
                        new Command.CancelReference(path, "r.9", 5),
                        refuse(new Outcome.ForkStands())),
                argumentSet(
                        "append, soft-deleted",
                        held,
                        new Command.Append(path, TEXT, new Command.Body.Unfit("x"), NOBODY, Optional.empty(), false),
                        refuse(new Outcome.SoftDeleted())),
                argumentSet(
                        "close, soft-deleted",
                        held,
                        new Command.Close(path, NOBODY),
                        refuse(new Outcome.SoftDeleted())),
                argumentSet("delete, soft-deleted", held, new Command.Delete(path), refuse(new Outcome.SoftDeleted())),
                argumentSet("touch, soft-deleted", held, new Command.Touch(path), refuse(new Outcome.SoftDeleted())),
                argumentSet("expire, soft-deleted", held, new Command.Expire(path), refuse(new Outcome.SoftDeleted())),
                argumentSet(
                        "delete, expired with references",
                        open(until(999)).referenced(ONE),
                        new Command.Delete(path),
                        refuse(new Outcome.SoftDeleted())),
                argumentSet(
                        "expire, expired with references",
                        open(until(999)).referenced(ONE),
                        new Command.Expire(path),
                        send(expire(LIFE))));
    }

    private static Command.Decision send(Operation operation) {
        return new Command.Decision.Send(operation);
    }

    private static Command.Decision refuse(Outcome.Refused outcome) {
        return new Command.Decision.Refuse(outcome);
    }

    @ParameterizedTest
    @MethodSource
    void commands(StreamState believed, Command command, Command.Decision expected) {
        assertThat(command.against(believed, AT)).isEqualTo(expected);
    }
}
