package io.millrace.mapping.fork;

import static io.millrace.mapping.ForkSamples.SOURCE;
import static io.millrace.mapping.ForkSamples.SOURCE_LIFE;
import static io.millrace.mapping.ForkSamples.TAIL;
import static io.millrace.mapping.ForkSamples.reference;
import static io.millrace.mapping.ForkSamples.requested;
import static io.millrace.mapping.Samples.JSON;
import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.OTHER_PATH;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.TEXT;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.stream.StreamState.Absent.ABSENT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.fork.ForkAttempt.Step;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Command.Body;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.HashTreePMap;

class ForkAttemptTest {

    private static final Expiry NEVER = new Expiry.Never();
    private static final OffsetToken AT = new OffsetToken(7, SOURCE_LIFE.tag());
    private static final OffsetToken NEXT = new OffsetToken(8, SOURCE_LIFE.tag());
    private static final ForkOrigin.Reference REFERENCE = reference("r.1", 5);
    private static final Step FIND = new Step.FindTarget(Optional.empty());
    private static final Step READ_TAIL = new Step.ReadSource(new RequestedOffset.Now(), false);

    /** A request that says no more than it must; the withers say the rest. */
    record Put(
            ForkOrigin.Requested requested,
            Optional<MediaType> type,
            Optional<Expiry> expiry,
            Function<MediaType, Body> body,
            boolean closed) {

        static final Put TO_TAIL = new Put(TAIL, Optional.empty(), Optional.empty(), ForkAttemptTest::noBody, false);

        Put at(long position, long subOffset) {
            return new Put(ForkAttemptTest.at(position, subOffset), type, expiry, body, closed);
        }

        Put typed(MediaType of) {
            return new Put(requested, Optional.of(of), expiry, body, closed);
        }

        Put expiring(Optional<Expiry> when) {
            return new Put(requested, type, when, body, closed);
        }

        Put with(Function<MediaType, Body> other) {
            return new Put(requested, type, expiry, other, closed);
        }

        Put with(Payload payload) {
            return with(_ -> new Body.Fit(payload));
        }

        Put closing() {
            return new Put(requested, type, expiry, body, true);
        }

        ForkRequest request() {
            RequestedOffset from = requested
                    .offset()
                    .<RequestedOffset>map(text ->
                            new RequestedOffset.At(OffsetToken.parse(text).orElseThrow()))
                    .orElseGet(RequestedOffset.Now::new);
            return new ForkRequest(PATH, SOURCE, from, requested, type, expiry, body, closed);
        }
    }

    private static ForkOrigin.Requested at(long position, long subOffset) {
        return requested(position, subOffset);
    }

    private static Body noBody(MediaType type) {
        return new Body.Fit(Payload.NONE);
    }

    private static Body unfit(MediaType type) {
        return new Body.Unfit("not fit");
    }

    private static SourceRead found(StreamConfiguration source, Optional<SourceRead.NextRecord> next) {
        return new SourceRead.Found(source, Optional.of(SOURCE_LIFE), AT, next);
    }

    private static SourceRead found(StreamConfiguration source) {
        return found(source, Optional.empty());
    }

    private static SourceRead followedBy(MediaType type, Payload next) {
        return found(new StreamConfiguration(type, NEVER), Optional.of(new SourceRead.NextRecord(next, NEXT)));
    }

    private static Open open(StreamConfiguration configuration) {
        return ABSENT.create(Incarnation.of("g.1"), configuration, 30, 500);
    }

    /** The fork that {@code put} creates where the source is plain text and ends at 7. */
    private static Open forked(Put put) {
        return open(created(put, found(PLAIN)).configuration());
    }

    /** Runs an attempt to its create. */
    private static Command.Create created(Put put, SourceRead source) {
        ForkAttempt attempt = referring(put, source);
        attempt.onReferred(new Outcome.Referenced(REFERENCE));
        assertThat(attempt.next()).isInstanceOf(Step.Create.class);
        return ((Step.Create) attempt.next()).create();
    }

    private static ForkAttempt referring(Put put, SourceRead source) {
        ForkAttempt attempt = new ForkAttempt(put.request());
        attempt.onTarget(ABSENT);
        attempt.onSource(source);
        assertThat(attempt.next()).isEqualTo(new Step.Refer(new Command.Reference(SOURCE, SOURCE_LIFE, PATH)));
        return attempt;
    }

    private static ForkOrigin origin(Command.Create create) {
        return create.configuration().origin().orElseThrow();
    }

    private static Step answer(Outcome outcome) {
        return new Step.Answer(outcome, Optional.empty());
    }

    // ---- the way of a fork that is new

    @Test
    void targetThenSourceThenReferenceThenFork() {
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.request());
        assertThat(attempt.next()).isEqualTo(FIND);
        attempt.onTarget(ABSENT);
        assertThat(attempt.next()).isEqualTo(READ_TAIL);
        attempt.onSource(found(PLAIN));
        assertThat(attempt.next()).isEqualTo(new Step.Refer(new Command.Reference(SOURCE, SOURCE_LIFE, PATH)));
        attempt.onReferred(new Outcome.Referenced(REFERENCE));

        ForkOrigin origin = new ForkOrigin(SOURCE, Optional.of(REFERENCE), 7, SOURCE_LIFE.tag(), 0, TAIL, true);
        StreamConfiguration configuration = new StreamConfiguration(TEXT, NEVER, Optional.of(origin));
        assertThat(attempt.next())
                .isEqualTo(new Step.Create(new Command.Create(PATH, configuration, Payload.NONE, false)));
        Outcome created = new Outcome.Created(open(configuration), Outcome.Release.NOTHING);
        attempt.onCreated(created);
        assertThat(attempt.next()).isEqualTo(answer(created));
    }

    /** A topic of others keeps what it likes: there is nothing to refer to. */
    @Test
    void sourceInATopicOfOthersGetsNoReference() {
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.request());
        attempt.onTarget(ABSENT);
        attempt.onSource(new SourceRead.Found(PLAIN, Optional.empty(), AT, Optional.empty()));

        assertThat(attempt.next()).isInstanceOfSatisfying(Step.Create.class, step -> assertThat(
                        origin(step.create()).reference())
                .isEmpty());
    }

    @Test
    void bodyAndClosureAreTheForksOwn() {
        Command.Create create = created(Put.TO_TAIL.with(payload("x")).closing(), found(PLAIN));

        assertThat(create.payload()).isEqualTo(payload("x"));
        assertThat(create.closed()).isTrue();
    }

    @Test
    void offsetIsReadAndRemembered() {
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.at(7, 2).request());
        attempt.onTarget(ABSENT);
        assertThat(attempt.next()).isEqualTo(new Step.ReadSource(new RequestedOffset.At(AT), true));
        assertThat(origin(created(Put.TO_TAIL.at(7, 0), found(PLAIN))).requested())
                .isEqualTo(at(7, 0));
    }

    // ---- content type and expiry

    @Test
    void contentTypeIsTheSourcesOrTheRequestsOwnWords() {
        MediaType wordy = new MediaType("Text/Plain; charset=utf-8");

        assertThat(created(Put.TO_TAIL, found(PLAIN)).configuration().contentType())
                .isEqualTo(TEXT);
        assertThat(created(Put.TO_TAIL.typed(wordy), found(PLAIN))
                        .configuration()
                        .contentType())
                .isEqualTo(wordy);
    }

    @Test
    void bodyIsReadByTheTypeThatTheForkGets() {
        Function<MediaType, Body> named = type -> new Body.Fit(payload(type.text()));

        assertThat(created(Put.TO_TAIL.with(named), found(new StreamConfiguration(JSON, NEVER)))
                        .payload())
                .isEqualTo(payload(JSON.text()));
    }

    /** PROTOCOL.md 4.2, the table of expiry, row by row. */
    static Stream<Arguments> expiry() {
        Optional<Expiry> none = Optional.empty();
        Expiry ttl = new Expiry.Sliding(Duration.ofSeconds(60));
        Expiry ownTtl = new Expiry.Sliding(Duration.ofSeconds(5));
        Expiry until = new Expiry.Absolute(Instant.ofEpochSecond(100));
        Expiry ownUntil = new Expiry.Absolute(Instant.ofEpochSecond(200));
        return Stream.of(
                argumentSet("No expiry, no expiry", NEVER, none, NEVER),
                argumentSet("No expiry, TTL", NEVER, Optional.of(ownTtl), ownTtl),
                argumentSet("No expiry, Expires-At", NEVER, Optional.of(ownUntil), ownUntil),
                argumentSet("TTL, no expiry", ttl, none, ttl),
                argumentSet("TTL, TTL", ttl, Optional.of(ownTtl), ownTtl),
                argumentSet("TTL, Expires-At", ttl, Optional.of(ownUntil), ownUntil),
                argumentSet("Expires-At, no expiry", until, none, until),
                argumentSet("Expires-At, TTL", until, Optional.of(ownTtl), ownTtl),
                argumentSet("Expires-At, Expires-At", until, Optional.of(ownUntil), ownUntil));
    }

    @ParameterizedTest
    @MethodSource
    void expiry(Expiry source, Optional<Expiry> asked, Expiry expected) {
        Command.Create create = created(Put.TO_TAIL.expiring(asked), found(new StreamConfiguration(TEXT, source)));

        assertThat(create.configuration().expiry()).isEqualTo(expected);
        assertThat(origin(create).inheritsExpiry()).isEqualTo(asked.isEmpty());
    }

    // ---- sub-offsets

    private static Payload array(String text, int count) {
        return new Payload(text.getBytes(UTF_8), count);
    }

    static Stream<Arguments> parts() {
        Payload none = Payload.NONE;
        Payload three = array("[1.0, 1e400 ,{\"a\": [1,2]}]", 3);
        return Stream.of(
                argumentSet("bytes", TEXT, payload("abcdef"), 2L, none, payload("ab")),
                argumentSet("bytes, and a body", TEXT, payload("abcdef"), 5L, payload("xy"), payload("abcdexy")),
                argumentSet("bytes, not characters", TEXT, payload("aö"), 1L, none, payload("a")),
                argumentSet("bytes of an array, which is text here", TEXT, payload("[1,2]"), 3L, none, payload("[1,")),
                argumentSet("one message", JSON, three, 1L, none, payload("1.0")),
                argumentSet("two messages", JSON, three, 2L, none, array("[1.0,1e400]", 2)),
                argumentSet("one message, and a body", JSON, three, 1L, payload("{ }"), array("[1.0,{ }]", 2)),
                argumentSet(
                        "two messages, and a body of two",
                        JSON,
                        three,
                        2L,
                        array("[ 1e400 , \"]\" ]", 2),
                        array("[1.0,1e400,1e400,\"]\"]", 4)),
                argumentSet(
                        "a number beyond every float",
                        JSON,
                        array("[1152921504606846977,0]", 2),
                        1L,
                        none,
                        payload("1152921504606846977")),
                argumentSet("an array as a message", JSON, array("[[1, 2],3]", 2), 1L, none, payload("[1, 2]")),
                argumentSet(
                        "an array as a message, and a body",
                        JSON,
                        array("[[1, 2],3]", 2),
                        1L,
                        payload("[]"),
                        array("[[1, 2],[]]", 2)),
                argumentSet(
                        "escapes stay escapes",
                        JSON,
                        array("[\"\\u00e9\\/\",\"😀\",3]", 3),
                        2L,
                        none,
                        array("[\"\\u00e9\\/\",\"😀\"]", 2)));
    }

    @ParameterizedTest
    @MethodSource
    void parts(MediaType type, Payload record, long wanted, Payload body, Payload expected) {
        Command.Create create = created(Put.TO_TAIL.at(7, wanted).with(body), followedBy(type, record));

        assertThat(create.payload()).isEqualTo(expected);
        assertThat(origin(create).position()).isEqualTo(7);
        assertThat(origin(create).partial()).isEqualTo(wanted);
        assertThat(origin(create).requested()).isEqualTo(at(7, wanted));
    }

    /** A sub-offset that takes all there is names the next offset: nothing is copied. */
    static Stream<Arguments> wholes() {
        return Stream.of(
                argumentSet("bytes", TEXT, payload("abc"), 3L),
                argumentSet("bytes of a character", TEXT, payload("ö"), 2L),
                argumentSet("one message", JSON, payload("[1,2]"), 1L),
                argumentSet("messages", JSON, array("[1,2]", 2), 2L));
    }

    @ParameterizedTest
    @MethodSource
    void wholes(MediaType type, Payload record, long wanted) {
        Command.Create create = created(Put.TO_TAIL.at(7, wanted).with(payload("1")), followedBy(type, record));

        assertThat(create.payload()).isEqualTo(payload("1"));
        assertThat(origin(create).position()).isEqualTo(NEXT.position());
        assertThat(origin(create).tag()).isEqualTo(NEXT.tag());
        assertThat(origin(create).partial()).isZero();
        assertThat(origin(create).requested()).isEqualTo(at(7, wanted));
    }

    static Stream<Arguments> overshoots() {
        return Stream.of(
                argumentSet("bytes", followedBy(TEXT, payload("abc")), 4L),
                argumentSet("one message", followedBy(JSON, payload("[1,2]")), 2L),
                argumentSet("messages", followedBy(JSON, array("[1,2]", 2)), 3L),
                argumentSet("the largest", followedBy(TEXT, payload("abc")), 9007199254740991L),
                argumentSet("beyond int, by an int's worth", followedBy(TEXT, payload("abc")), (1L << 32) + 2),
                argumentSet("at the tail", found(PLAIN), 1L));
    }

    @ParameterizedTest
    @MethodSource
    void overshoots(SourceRead source, long wanted) {
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.at(7, wanted).request());
        attempt.onTarget(ABSENT);
        attempt.onSource(source);

        assertThat(attempt.next()).isInstanceOfSatisfying(Step.Answer.class, step -> assertThat(step.outcome())
                .isInstanceOf(Outcome.ForkPointRefused.class));
    }

    // ---- refusals

    static Stream<Arguments> refusals() {
        return Stream.of(
                argumentSet("no source", Put.TO_TAIL, new SourceRead.Absent(), new Outcome.NoSuchSource(SOURCE)),
                argumentSet(
                        "a soft-deleted source",
                        Put.TO_TAIL,
                        new SourceRead.Ended(),
                        new Outcome.SourceSoftDeleted(SOURCE)),
                argumentSet(
                        "no such point",
                        Put.TO_TAIL.at(9, 0),
                        new SourceRead.NoSuchPoint("beyond"),
                        new Outcome.ForkPointRefused("beyond")),
                argumentSet(
                        "another content type",
                        Put.TO_TAIL.typed(JSON),
                        found(PLAIN),
                        new Outcome.ContentTypeMismatch(TEXT)),
                argumentSet(
                        "a body that is not fit",
                        Put.TO_TAIL.with(ForkAttemptTest::unfit),
                        found(PLAIN),
                        new Outcome.BodyRefused("not fit")),
                argumentSet(
                        "another content type, before the body",
                        Put.TO_TAIL.typed(JSON).with(ForkAttemptTest::unfit),
                        found(PLAIN),
                        new Outcome.ContentTypeMismatch(TEXT)));
    }

    @ParameterizedTest
    @MethodSource
    void refusals(Put put, SourceRead source, Outcome expected) {
        ForkAttempt attempt = new ForkAttempt(put.request());
        attempt.onTarget(ABSENT);
        attempt.onSource(source);

        assertThat(attempt.next()).isEqualTo(answer(expected));
    }

    /** PROTOCOL.md 4.2, "Target path already in use": that is what the client is told, whatever ails the source. */
    @ParameterizedTest
    @MethodSource("refusals")
    void refusalsWhereAnotherStreamStands(Put put, SourceRead source, Outcome expected) {
        Open standing = open(PLAIN);
        ForkAttempt attempt = new ForkAttempt(put.request());
        attempt.onTarget(standing);
        assertThat(attempt.next()).isInstanceOf(Step.ReadSource.class);
        attempt.onSource(source);

        assertThat(attempt.next())
                .isEqualTo(answer(
                        expected instanceof Outcome.BodyRefused ? expected : new Outcome.Existing(standing, false)));
    }

    @Test
    void softDeletedStreamHoldsThePath() {
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.request());
        Open ended = open(PLAIN);
        attempt.onTarget(new SoftDeleted(
                ended.life(), ended.tail(), HashTreePMap.singleton("r.1", new ForkReference(OTHER_PATH, 1))));

        assertThat(attempt.next()).isEqualTo(answer(new Outcome.PathHeld()));
    }

    // ---- what stands already

    private static Standing forkOf(StreamPath source) {
        ForkOrigin origin = new ForkOrigin(source, Optional.empty(), 7, 1, 0, TAIL, true);
        return open(PLAIN.with(origin));
    }

    /** In the very words of its creation: found without a look at the source, which need not be there any more. */
    static Stream<Arguments> sameWords() {
        Expiry ttl = new Expiry.Sliding(Duration.ofSeconds(5));
        Put expiring = Put.TO_TAIL.expiring(Optional.of(ttl));
        Put at7 = Put.TO_TAIL.at(7, 0);
        Open fork = forked(Put.TO_TAIL);
        return Stream.of(
                argumentSet("at the tail", Put.TO_TAIL, fork, true),
                argumentSet("at an offset", at7, forked(at7), true),
                argumentSet("with its expiry", expiring, forked(expiring), true),
                argumentSet("its type named", Put.TO_TAIL.typed(new MediaType("TEXT/plain;x=1")), fork, true),
                argumentSet("closed", Put.TO_TAIL.closing(), fork.closed(NOBODY), true),
                argumentSet("closed since", Put.TO_TAIL, fork.closed(NOBODY), false),
                argumentSet("closure asked for", Put.TO_TAIL.closing(), fork, false),
                argumentSet("other words", at7, fork, false),
                argumentSet("another type", Put.TO_TAIL.typed(JSON), fork, false),
                argumentSet("an expiry that was inherited", expiring, fork, false),
                argumentSet("no expiry, where one was named", Put.TO_TAIL, forked(expiring), false),
                argumentSet("another source", Put.TO_TAIL, forkOf(OTHER_PATH), false),
                argumentSet("no fork", Put.TO_TAIL, open(PLAIN), false));
    }

    @ParameterizedTest
    @MethodSource
    void sameWords(Put put, Standing standing, boolean same) {
        ForkAttempt attempt = new ForkAttempt(put.request());
        attempt.onTarget(standing);
        if (same) {
            assertThat(attempt.next()).isEqualTo(answer(new Outcome.Existing(standing, true)));
            return;
        }
        assertThat(attempt.next()).isInstanceOf(Step.ReadSource.class);
        attempt.onSource(new SourceRead.Ended());
        assertThat(attempt.next()).isEqualTo(answer(new Outcome.Existing(standing, false)));
    }

    @Test
    void bodyOfARepeatedPutIsStillReadByTheForksType() {
        ForkAttempt attempt =
                new ForkAttempt(Put.TO_TAIL.with(ForkAttemptTest::unfit).request());
        attempt.onTarget(forked(Put.TO_TAIL));

        assertThat(attempt.next()).isEqualTo(answer(new Outcome.BodyRefused("not fit")));
    }

    /** In other words that come to the same: the source tells. It is at 7, and plain text without expiry. */
    static Stream<Arguments> sameMeaning() {
        Expiry ttl = new Expiry.Sliding(Duration.ofSeconds(5));
        Put at7 = Put.TO_TAIL.at(7, 0);
        return Stream.of(
                argumentSet("the tail, and its offset", at7, forked(Put.TO_TAIL), true),
                argumentSet("an offset, and the tail that it is", Put.TO_TAIL, forked(at7), true),
                argumentSet(
                        "no expiry, named and inherited", at7.expiring(Optional.of(NEVER)), forked(Put.TO_TAIL), true),
                argumentSet("an expiry, and none", at7.expiring(Optional.of(ttl)), forked(Put.TO_TAIL), false),
                argumentSet("closure", at7.closing(), forked(Put.TO_TAIL), false),
                argumentSet(
                        "closed, as it is", at7.closing(), forked(Put.TO_TAIL).closed(NOBODY), true),
                argumentSet("no fork", at7, open(PLAIN), false));
    }

    @ParameterizedTest
    @MethodSource
    void sameMeaning(Put put, Standing standing, boolean same) {
        ForkAttempt attempt = new ForkAttempt(put.request());
        attempt.onTarget(standing);
        attempt.onSource(found(PLAIN));

        assertThat(attempt.next()).isEqualTo(answer(new Outcome.Existing(standing, same)));
    }

    @Test
    void subOffsetToTheNextOffsetIsThatOffset() {
        Open standing = open(
                created(Put.TO_TAIL.at(7, 3), followedBy(TEXT, payload("abc"))).configuration());
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.at(8, 0).request());
        attempt.onTarget(standing);
        attempt.onSource(new SourceRead.Found(PLAIN, Optional.of(SOURCE_LIFE), NEXT, Optional.empty()));

        assertThat(attempt.next()).isEqualTo(answer(new Outcome.Existing(standing, true)));
    }

    // ---- what changes under its hands

    static Stream<Arguments> refusedReferences() {
        return Stream.of(
                argumentSet("it was deleted", new Outcome.NoSuchStream()),
                argumentSet("it was soft-deleted", new Outcome.SoftDeleted()),
                argumentSet("it is another by now", new Outcome.OtherIncarnation()),
                argumentSet("its topic is another's", new Outcome.TopicTaken(OTHER_PATH)));
    }

    @ParameterizedTest
    @MethodSource("refusedReferences")
    void sourceThatEndedMeanwhileIsLookedAtAgain(Outcome outcome) {
        ForkAttempt attempt = referring(Put.TO_TAIL, found(PLAIN));
        attempt.onReferred(outcome);
        assertThat(attempt.next()).isEqualTo(FIND);
        attempt.onTarget(ABSENT);
        assertThat(attempt.next()).isEqualTo(READ_TAIL);
        attempt.onSource(new SourceRead.Absent());

        assertThat(attempt.next()).isEqualTo(answer(new Outcome.NoSuchSource(SOURCE)));
    }

    /** Somebody else was faster: the reference is of no use, and the source shall not keep it. */
    static Stream<Arguments> lostRaces() {
        return Stream.of(
                argumentSet("another stream", new Outcome.Existing(open(PLAIN), false)),
                argumentSet("the same fork", new Outcome.Existing(forked(Put.TO_TAIL), true)),
                argumentSet("one that was soft-deleted since", new Outcome.PathHeld()),
                argumentSet("the topic's owner", new Outcome.TopicTaken(OTHER_PATH)));
    }

    @ParameterizedTest
    @MethodSource
    void lostRaces(Outcome outcome) {
        ForkAttempt attempt = referring(Put.TO_TAIL, found(PLAIN));
        attempt.onReferred(new Outcome.Referenced(REFERENCE));
        ForkOrigin origin = origin(((Step.Create) attempt.next()).create());
        attempt.onCreated(outcome);

        assertThat(origin.reference()).contains(REFERENCE);
        assertThat(attempt.next()).isEqualTo(new Step.Answer(outcome, Optional.of(origin)));
    }

    @Test
    void voidReferenceIsFollowedByANewOne() {
        ForkAttempt attempt = referring(Put.TO_TAIL, found(PLAIN));
        attempt.onReferred(new Outcome.Referenced(REFERENCE));
        ForkOrigin abandoned = origin(((Step.Create) attempt.next()).create());
        attempt.onCreated(new Outcome.ReferenceVoid());
        assertThat(attempt.next()).isEqualTo(new Step.FindTarget(Optional.of(abandoned)));
        attempt.onTarget(ABSENT);
        attempt.onSource(found(PLAIN));
        attempt.onReferred(new Outcome.Referenced(reference("r.2", 9)));

        assertThat(attempt.next()).isInstanceOfSatisfying(Step.Create.class, step -> assertThat(
                        origin(step.create()).reference())
                .contains(reference("r.2", 9)));
    }

    /** What stood in an earlier round is not what is answered with in a later one. */
    @Test
    void everyRoundLooksAtTheTargetAnew() {
        ForkAttempt attempt = referring(Put.TO_TAIL, found(PLAIN));
        attempt.onReferred(new Outcome.NoSuchStream());
        Open standing = open(PLAIN);
        attempt.onTarget(standing);
        attempt.onSource(new SourceRead.Absent());

        assertThat(attempt.next()).isEqualTo(answer(new Outcome.Existing(standing, false)));
    }

    @Test
    void giveUpWhereTheSourceChangesAgainAndAgain() {
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.request());
        int rounds = 0;
        while (attempt.next() instanceof Step.FindTarget) {
            rounds++;
            attempt.onTarget(ABSENT);
            attempt.onSource(found(PLAIN));
            attempt.onReferred(new Outcome.OtherIncarnation());
        }

        assertThat(rounds).isEqualTo(5);
        assertThat(attempt.next()).isEqualTo(new Step.GiveUp(Optional.empty()));
    }

    @Test
    void giveUpWhereReferencesAreVoidAgainAndAgain() {
        ForkAttempt attempt = new ForkAttempt(Put.TO_TAIL.request());
        int rounds = 0;
        while (attempt.next() instanceof Step.FindTarget) {
            rounds++;
            attempt.onTarget(ABSENT);
            attempt.onSource(found(PLAIN));
            attempt.onReferred(new Outcome.Referenced(reference("r." + rounds, 5)));
            attempt.onCreated(new Outcome.ReferenceVoid());
        }

        assertThat(rounds).isEqualTo(5);
        assertThat(attempt.next()).isInstanceOfSatisfying(Step.GiveUp.class, step -> assertThat(
                        step.abandoned().flatMap(ForkOrigin::reference))
                .contains(reference("r.5", 5)));
    }
}
