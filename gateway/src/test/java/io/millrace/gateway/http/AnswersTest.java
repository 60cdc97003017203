package io.millrace.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.helidon.http.Header;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Standing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnswersTest {

    private static final String URL = "http://gateway/v1/stream/a";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Open OPEN = Streams.open("text/plain", 12);
    private static final Closed CLOSED = Streams.closed("text/plain", 12);
    private static final String TAIL = OPEN.token(12).text();
    private static final Optional<ProducerStamp> PRODUCER = Optional.of(new ProducerStamp("p", 3, 8));
    private static final ClientCopy NO_COPY = ClientCopy.of(_ -> List.of());

    /** PROTOCOL.md 5.1 to 5.4, "Response Codes" and "Response Headers". */
    static Stream<Arguments> outcomes() {
        return Stream.of(
                argumentSet(
                        "created",
                        new Outcome.Created(OPEN, Outcome.Release.NOTHING),
                        201,
                        Map.of("location", URL, "content-type", "text/plain", "stream-next-offset", TAIL)),
                argumentSet(
                        "created closed",
                        new Outcome.Created(CLOSED, Outcome.Release.NOTHING),
                        201,
                        Map.of(
                                "location",
                                URL,
                                "content-type",
                                "text/plain",
                                "stream-next-offset",
                                TAIL,
                                "stream-closed",
                                "true")),
                argumentSet(
                        "existing, as asked for",
                        new Outcome.Existing(OPEN, true),
                        200,
                        Map.of("content-type", "text/plain", "stream-next-offset", TAIL)),
                argumentSet(
                        "existing, otherwise",
                        new Outcome.Existing(CLOSED, false),
                        409,
                        problem("stream-next-offset", TAIL, "stream-closed", "true")),
                argumentSet("topic taken", new Outcome.TopicTaken(StreamPath.of("b")), 409, problem()),
                argumentSet(
                        "appended",
                        new Outcome.Appended(OPEN, Optional.empty()),
                        204,
                        Map.of("stream-next-offset", TAIL)),
                argumentSet(
                        "appended and closed",
                        new Outcome.Appended(CLOSED, Optional.empty()),
                        204,
                        Map.of("stream-next-offset", TAIL, "stream-closed", "true")),
                argumentSet(
                        "appended by a producer",
                        new Outcome.Appended(OPEN, PRODUCER),
                        200,
                        Map.of("stream-next-offset", TAIL, "producer-epoch", "3", "producer-seq", "8")),
                argumentSet(
                        "duplicate",
                        new Outcome.Duplicate(OPEN, 3, 9),
                        204,
                        Map.of("stream-next-offset", TAIL, "producer-epoch", "3", "producer-seq", "9")),
                argumentSet(
                        "duplicate of the closing append",
                        new Outcome.Duplicate(CLOSED, 3, 9),
                        204,
                        Map.of(
                                "stream-next-offset", TAIL,
                                "stream-closed", "true",
                                "producer-epoch", "3",
                                "producer-seq", "9")),
                argumentSet("fenced", new Outcome.Fenced(5), 403, problem("producer-epoch", "5")),
                argumentSet("epoch not opened", new Outcome.EpochNotOpened(4, 1), 400, problem()),
                argumentSet(
                        "sequence gap",
                        new Outcome.SequenceGap(8, 10),
                        409,
                        problem("producer-expected-seq", "8", "producer-received-seq", "10")),
                argumentSet("Stream-Seq regression", new Outcome.StreamSeqRegression("b", "a"), 409, problem()),
                argumentSet(
                        "append to closed",
                        new Outcome.AppendToClosed(CLOSED),
                        409,
                        problem("stream-next-offset", TAIL, "stream-closed", "true")),
                argumentSet(
                        "content type mismatch",
                        new Outcome.ContentTypeMismatch(new MediaType("text/plain")),
                        409,
                        problem()),
                argumentSet("body refused", new Outcome.BodyRefused("not valid JSON"), 400, problem()),
                argumentSet(
                        "closed",
                        new Outcome.ClosedNow(CLOSED, Optional.empty()),
                        204,
                        Map.of("stream-next-offset", TAIL, "stream-closed", "true")),
                argumentSet(
                        "closed by a producer",
                        new Outcome.ClosedNow(CLOSED, PRODUCER),
                        204,
                        Map.of(
                                "stream-next-offset", TAIL,
                                "stream-closed", "true",
                                "producer-epoch", "3",
                                "producer-seq", "8")),
                argumentSet(
                        "closed before",
                        new Outcome.ClosedBefore(CLOSED),
                        204,
                        Map.of("stream-next-offset", TAIL, "stream-closed", "true")),
                argumentSet("deleted", new Outcome.Deleted(Outcome.Release.NOTHING), 204, Map.of()),
                argumentSet("no such stream", new Outcome.NoSuchStream(), 404, problem()),
                argumentSet("soft-deleted", new Outcome.SoftDeleted(), 410, problem()),
                argumentSet("path held by forks", new Outcome.PathHeld(), 409, problem()),
                argumentSet("no such source", new Outcome.NoSuchSource(StreamPath.of("a")), 404, problem()),
                argumentSet("source soft-deleted", new Outcome.SourceSoftDeleted(StreamPath.of("a")), 409, problem()),
                argumentSet("fork point refused", new Outcome.ForkPointRefused("why"), 400, problem()));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void outcome(Outcome outcome, int status, Map<String, String> headers) {
        assertAnswer(Answers.of(outcome, URL), status, headers);
    }

    /** Of the log's own housekeeping no client's command comes to. */
    static Stream<Outcome> housekeeping() {
        return Stream.of(
                new Outcome.Expired(Outcome.Release.NOTHING),
                new Outcome.Touched(),
                new Outcome.SetUp(),
                new Outcome.Checkpointed(
                        new Operation.Checkpoint(new CheckpointName(1, "g.1", 1, "0".repeat(64)), 0, 0, 0)),
                new Outcome.Thinned(1),
                new Outcome.CheckpointSuperseded(),
                new Outcome.NotThinned(),
                new Outcome.OtherIncarnation(),
                new Outcome.NotExpired(),
                new Outcome.SetUpBefore(true),
                new Outcome.CounterRegression(1),
                new Outcome.Referenced(new ForkOrigin.Reference(OPEN.incarnation(), "g.1", 0)),
                new Outcome.Unreferenced(Outcome.Release.NOTHING),
                new Outcome.ReferenceCancelled(),
                new Outcome.ReferenceVoid(),
                new Outcome.ForkStands(),
                new Outcome.NoSuchReference());
    }

    @ParameterizedTest
    @MethodSource("housekeeping")
    void housekeepingIsNoAnswer(Outcome outcome) {
        assertThatThrownBy(() -> Answers.of(outcome, URL)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyOutcomeHasItsRow() {
        List<Object> rows = Stream.concat(
                        outcomes().map(arguments -> arguments.get()[0]),
                        housekeeping().map(Object.class::cast))
                .toList();
        assertThat(leaves(Outcome.class)).allSatisfy(type -> assertThat(rows).hasAtLeastOneElementOfType(type));
    }

    /** DESIGN.md 11: 503 only where nothing was written. */
    static Stream<Arguments> failures() {
        return Stream.of(
                argumentSet(
                        "unavailable",
                        new LogFailure.Unavailable("Kafka is away.", Duration.ofSeconds(2)),
                        503,
                        problem("retry-after", "2")),
                argumentSet(
                        "unavailable for a moment",
                        new LogFailure.Unavailable("Kafka is away.", Duration.ofMillis(20)),
                        503,
                        problem("retry-after", "1")),
                argumentSet("undecided", new LogFailure.Undecided("It may be written."), 504, problem()),
                argumentSet("too large", new LogFailure.TooLarge("It is too large."), 413, problem()),
                argumentSet("unmapped", new LogFailure.Unmapped("No rule."), 404, problem()),
                argumentSet("illegal topic", new LogFailure.IllegalTopic("No topic."), 400, problem()));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failure(LogFailure failure, int status, Map<String, String> headers) {
        assertAnswer(Answers.of(failure), status, headers);
    }

    /** PROTOCOL.md 5.6, "Response Headers", and 10.1. */
    static Stream<Arguments> catchUps() {
        Standing longer = Streams.open("text/plain", 20);
        return Stream.of(
                argumentSet(
                        "below the tail",
                        Streams.chunk(longer, "a", "b"),
                        200,
                        range(longer, "public, max-age=60, stale-while-revalidate=300", "")),
                argumentSet(
                        "at the tail",
                        Streams.chunk(OPEN, "a", "b"),
                        200,
                        and(range(OPEN, "no-cache", ":t"), "stream-up-to-date", "true")),
                argumentSet(
                        "at the tail of a closed stream",
                        Streams.chunk(CLOSED, "a", "b"),
                        200,
                        and(
                                range(CLOSED, "public, max-age=60, stale-while-revalidate=300", ":c"),
                                "stream-up-to-date",
                                "true",
                                "stream-closed",
                                "true")),
                argumentSet("no such stream", new ReadAnswer.NoSuchStream(), 404, problem()),
                argumentSet("beyond the tail", new ReadAnswer.BeyondTail(OffsetToken.ZERO), 400, problem()),
                argumentSet("gone", new ReadAnswer.Gone(OffsetToken.ZERO), 410, problem()));
    }

    @ParameterizedTest
    @MethodSource("catchUps")
    void catchUp(ReadAnswer read, int status, Map<String, String> headers) {
        assertAnswer(Answers.catchUp(read, NO_COPY, NOW), status, headers);
    }

    @Test
    void whatTheClientHoldsIsNotSentAgain() {
        ReadAnswer read = Streams.chunk(OPEN, "a", "b");
        String etag = headers(Answers.catchUp(read, NO_COPY, NOW)).getOrDefault("etag", "");
        RequestHeaders request = name -> name.equals("If-None-Match") ? List.of("\"x\", W/" + etag) : List.of();
        Answer answer = Answers.catchUp(read, ClientCopy.of(request), NOW);
        assertThat(answer.status().code()).isEqualTo(304);
        assertThat(headers(answer)).containsEntry("etag", etag).containsEntry("cache-control", "no-cache");
        assertThat(answer.content()).isEqualTo(Content.None.NONE);
    }

    /** Its records are not needed for that, nor known then. */
    @Test
    void whatTheClientHoldsIsToldWithoutRecords() {
        ReadAnswer.Chunk whole = Streams.chunk(OPEN, "a".repeat(2000));
        ReadAnswer.Chunk empty = new ReadAnswer.Chunk(OPEN, whole.start(), whole.end(), List.of());
        for (String encoding : List.of("gzip", "identity")) {
            String etag = headers(Answers.catchUp(whole, copy(encoding, "\"x\""), NOW))
                    .getOrDefault("etag", "");
            assertThat(copy(encoding, etag).is(empty)).isTrue();
            Answer answer = Answers.catchUp(empty, copy(encoding, etag), NOW);
            assertThat(answer.status().code()).isEqualTo(304);
            assertThat(headers(answer)).containsEntry("etag", etag);

            assertThat(copy(encoding, "\"x\"").is(empty)).isFalse();
            assertThat(copy(encoding, "*").is(empty))
                    .as("anything may be something else")
                    .isFalse();
            ReadAnswer.Chunk shorter = new ReadAnswer.Chunk(OPEN, whole.start(), whole.end() - 1, List.of());
            assertThat(copy(encoding, etag).is(shorter)).isFalse();
        }
    }

    private static ClientCopy copy(String encoding, String etag) {
        Map<String, String> fields = Map.of("Accept-Encoding", encoding, "If-None-Match", etag);
        return ClientCopy.of(name -> fields.containsKey(name) ? List.of(fields.get(name)) : List.of());
    }

    @Test
    void fromNowOnThereIsNothingToCache() {
        assertAnswer(
                Answers.atTail(new ReadAnswer.Chunk(OPEN, 12, 12, List.of())),
                200,
                Map.of(
                        "content-type", "text/plain",
                        "cache-control", "no-store",
                        "stream-next-offset", TAIL,
                        "stream-up-to-date", "true"));
    }

    /** PROTOCOL.md 5.7, "Response Headers". */
    static Stream<Arguments> longPolls() {
        return Stream.of(
                argumentSet(
                        "timeout",
                        new ReadAnswer.Chunk(OPEN, 12, 12, List.of()),
                        204,
                        Map.of(
                                "cache-control", "no-store",
                                "stream-next-offset", TAIL,
                                "stream-up-to-date", "true",
                                "stream-cursor", "77")),
                argumentSet(
                        "closed",
                        new ReadAnswer.Chunk(CLOSED, 12, 12, List.of()),
                        204,
                        Map.of(
                                "cache-control", "no-store",
                                "stream-next-offset", TAIL,
                                "stream-up-to-date", "true",
                                "stream-closed", "true")),
                argumentSet(
                        "data",
                        Streams.chunk(OPEN, "a", "b"),
                        200,
                        and(
                                range(OPEN, "public, max-age=60, stale-while-revalidate=300", ":t"),
                                "stream-up-to-date",
                                "true",
                                "stream-cursor",
                                "77")),
                argumentSet("deleted while waiting", new ReadAnswer.NoSuchStream(), 404, problem()));
    }

    @ParameterizedTest
    @MethodSource("longPolls")
    void longPoll(ReadAnswer read, int status, Map<String, String> headers) {
        assertAnswer(Answers.longPoll(read, NO_COPY, "77", NOW), status, headers);
    }

    @Test
    void aLongPollFromNowOnIsNotCached() {
        assertThat(headers(Answers.longPollFromTail(Streams.chunk(OPEN, "a", "b"), "77")))
                .containsEntry("cache-control", "no-store")
                .containsEntry("stream-cursor", "77")
                .doesNotContainKey("etag");
    }

    /** PROTOCOL.md 5.5, "Response Headers". */
    static Stream<Arguments> expiries() {
        return Stream.of(
                argumentSet("never", new Expiry.Never(), Map.of()),
                argumentSet("sliding", new Expiry.Sliding(Duration.ofHours(1)), Map.of("stream-ttl", "3600")),
                argumentSet(
                        "absolute",
                        new Expiry.Absolute(Instant.parse("2030-01-31T12:00:00Z")),
                        Map.of("stream-expires-at", "2030-01-31T12:00:00Z")));
    }

    @ParameterizedTest
    @MethodSource("expiries")
    void metadata(Expiry expiry, Map<String, String> headers) {
        Map<String, String> expected = new TreeMap<>(headers);
        expected.put("content-type", "text/plain");
        expected.put("stream-next-offset", TAIL);
        expected.put("cache-control", "no-store");
        assertAnswer(Answers.metadata(Streams.open("text/plain", expiry, 12)), 200, expected);
    }

    @Test
    void aProblemSaysWhatItIs() {
        Answer answer = Answers.of(new Outcome.StreamSeqRegression("b\"\n", "a"), URL);
        assertThat(answer.content()).isInstanceOfSatisfying(Content.Bytes.class, body -> assertThat(
                        new String(body.bytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"status\":409,\"type\":\"urn:problem-type:millrace:stream-seq-regression\","
                        + "\"title\":\"Stream-Seq is not above the last one\","
                        + "\"detail\":\"The stream's last Stream-Seq is \\\"b\\\"\\n\\\"; \\\"a\\\" does not come"
                        + " after it.\"}"));
    }

    @Test
    void goneNamesTheEarliestOffset() {
        Answer answer = Answers.catchUp(new ReadAnswer.Gone(new OffsetToken(7, 8)), NO_COPY, NOW);
        assertThat(answer.content()).isInstanceOfSatisfying(Content.Bytes.class, body -> assertThat(
                        new String(body.bytes(), StandardCharsets.UTF_8))
                .contains("\"earliest\":\"0000000000000007_0000000000000008\""));
    }

    private static void assertAnswer(Answer answer, int status, Map<String, String> headers) {
        assertThat(answer.status().code()).isEqualTo(status);
        assertThat(headers(answer)).isEqualTo(headers);
    }

    private static Map<String, String> headers(Answer answer) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : answer.headers()) {
            assertThat(headers.put(header.headerName().lowerCase(), header.get()))
                    .isNull();
        }
        return headers;
    }

    private static Map<String, String> problem(String... more) {
        return and(Map.of("content-type", "application/problem+json", "cache-control", "no-store"), more);
    }

    private static Map<String, String> range(Standing stream, String cacheControl, String end) {
        return Map.of(
                "content-type",
                "text/plain",
                "cache-control",
                cacheControl,
                "vary",
                "Accept-Encoding",
                "etag",
                "\"" + Long.toString(stream.incarnation().tag(), Character.MAX_RADIX) + ":10:12" + end + "\"",
                "stream-next-offset",
                stream.token(12).text());
    }

    private static Map<String, String> and(Map<String, String> headers, String... more) {
        Map<String, String> all = new TreeMap<>(headers);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static List<Class<?>> leaves(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(type -> type.isSealed() ? leaves(type).stream() : Stream.<Class<?>>of(type))
                .toList();
    }
}
