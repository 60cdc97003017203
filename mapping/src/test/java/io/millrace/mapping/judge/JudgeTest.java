package io.millrace.mapping.judge;

import static io.millrace.mapping.Samples.JSON;
import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.TEXT;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.close;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.expire;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.sliding;
import static io.millrace.mapping.Samples.stamp;
import static io.millrace.mapping.Samples.touch;
import static io.millrace.mapping.Samples.until;
import static io.millrace.mapping.stream.StreamState.Absent.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.ProducerState;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {

    private static final String LIFE = "g.1";
    private static final At AT = new At(20, 1_000);

    private static Open open(StreamConfiguration configuration) {
        return ABSENT.create(Incarnation.of(LIFE), configuration, 10, 500);
    }

    private static Open open() {
        return open(PLAIN);
    }

    private static Closed closed(Optional<ProducerStamp> by) {
        return open().extended(12).closed(by);
    }

    private static Judgement judge(StreamState state, Operation operation, At at) {
        return Judge.judge(state, sent("g.7", 1_000, operation), at);
    }

    private static Judgement judge(StreamState state, Operation operation) {
        return judge(state, operation, AT);
    }

    private static void assertRefused(StreamState state, Operation operation, Outcome expected) {
        assertThat(judge(state, operation)).isEqualTo(new Judgement(state, expected));
    }

    @Nested
    class Create {

        @Test
        void absentPathIsOpened() {
            Open expected = ABSENT.create(Incarnation.of("g.7"), PLAIN, 20, 1_000);

            assertThat(judge(ABSENT, creation()))
                    .isEqualTo(new Judgement(expected, new Outcome.Created(expected, Outcome.Release.NOTHING)));
            assertThat(expected.tail()).isEqualTo(expected.begin()).isEqualTo(20);
        }

        @Test
        void initialDataIsVisible() {
            Judgement judged = judge(ABSENT, new Operation.Create(PLAIN, payload("x"), false));

            assertThat(judged.next()).isInstanceOfSatisfying(Open.class, stream -> assertThat(stream.tail())
                    .isEqualTo(21));
        }

        @Test
        void createdClosedIsComplete() {
            Judgement judged = judge(ABSENT, new Operation.Create(PLAIN, payload("x"), true));

            assertThat(judged.next()).isInstanceOfSatisfying(Closed.class, stream -> {
                assertThat(stream.tail()).isEqualTo(21);
                assertThat(stream.closedBy()).isEmpty();
            });
        }

        /** PROTOCOL.md 5.1, "Closure status matching". */
        static Stream<Arguments> closureStatusMatching() {
            return Stream.of(
                    argumentSet("PUT to an open stream", open(), false, true),
                    argumentSet("PUT to a closed stream", closed(NOBODY), false, false),
                    argumentSet("PUT closed to a closed stream", closed(NOBODY), true, true),
                    argumentSet("PUT closed to an open stream", open(), true, false));
        }

        @ParameterizedTest
        @MethodSource
        void closureStatusMatching(Standing standing, boolean askedClosed, boolean same) {
            assertRefused(
                    standing,
                    new Operation.Create(PLAIN, payload("ignored"), askedClosed),
                    new Outcome.Existing(standing, same));
        }

        private static StreamConfiguration of(String type, Expiry expiry) {
            return new StreamConfiguration(new MediaType(type), expiry);
        }

        /** PROTOCOL.md 5.1: content type and TTL or expiry must match. */
        static Stream<Arguments> configurationMatching() {
            Expiry never = new Expiry.Never();
            return Stream.of(
                    argumentSet("the same", PLAIN, PLAIN, true),
                    argumentSet("letter case", of("text/plain", never), of("Text/PLAIN", never), true),
                    argumentSet("parameters", of("text/plain; charset=utf-8", never), of("text/plain", never), true),
                    argumentSet("another type", PLAIN, new StreamConfiguration(JSON, never), false),
                    argumentSet("TTL wanted, none there", PLAIN, sliding(10), false),
                    argumentSet("TTL there, none wanted", sliding(10), PLAIN, false),
                    argumentSet("the same TTL", sliding(10), sliding(10), true),
                    argumentSet("another TTL", sliding(10), sliding(11), false),
                    argumentSet("the same expiry", until(9_000), until(9_000), true),
                    argumentSet(
                            "another expiry, by a nanosecond",
                            until(9_000),
                            new StreamConfiguration(
                                    TEXT,
                                    new Expiry.Absolute(
                                            Instant.ofEpochMilli(9_000).plusNanos(1))),
                            false),
                    argumentSet("TTL instead of expiry", until(9_000), sliding(9), false));
        }

        @ParameterizedTest
        @MethodSource
        void configurationMatching(StreamConfiguration there, StreamConfiguration asked, boolean same) {
            Open standing = open(there);

            assertRefused(
                    standing, new Operation.Create(asked, Payload.NONE, false), new Outcome.Existing(standing, same));
        }

        @Test
        void expiredStreamIsReplacedByAnotherLife() {
            Judgement judged = judge(open(until(999)), creation());

            assertThat(judged.outcome()).isInstanceOf(Outcome.Created.class);
            assertThat(judged.next()).isInstanceOfSatisfying(Standing.class, stream -> assertThat(stream.incarnation())
                    .isEqualTo(Incarnation.of("g.7")));
        }

        @Test
        void aPutIsNoAccess() {
            Open standing = open(sliding(10));

            assertThat(judge(standing, new Operation.Create(sliding(10), Payload.NONE, false))
                            .next())
                    .isEqualTo(standing);
        }
    }

    @Nested
    class Append {

        @Test
        void extendsTheStream() {
            Open expected = open().extended(20).accessed(1_000);

            assertThat(expected.tail()).isEqualTo(21);
            assertThat(judge(open(), append(LIFE, "x")))
                    .isEqualTo(new Judgement(expected, new Outcome.Appended(expected, NOBODY)));
        }

        @Test
        void producerIsRemembered() {
            Judgement judged = judge(open(), append(LIFE, "x", stamp(3, 0)));

            assertThat(judged.next()).isInstanceOfSatisfying(Open.class, stream -> assertThat(stream.producers())
                    .containsEntry("p", new ProducerState(3, 0)));
        }

        /** PROTOCOL.md 5.2.1: what the validation logic refuses changes nothing; the stream knows epoch 3, seq 7. */
        static Stream<Arguments> producerRefusals() {
            return Stream.of(
                    argumentSet("older epoch", 2L, 8L, new Outcome.Fenced(3)),
                    argumentSet("newer epoch, seq not 0", 4L, 1L, new Outcome.EpochNotOpened(4, 1)),
                    argumentSet("seq skipped", 3L, 9L, new Outcome.SequenceGap(8, 9)));
        }

        @ParameterizedTest
        @MethodSource
        void producerRefusals(long epoch, long seq, Outcome expected) {
            assertRefused(
                    open().produced(new ProducerStamp("p", 3, 7)), append(LIFE, "x", stamp(epoch, seq)), expected);
        }

        @Test
        void duplicateChangesNothingButTheAccess() {
            Open standing = open().produced(new ProducerStamp("p", 3, 7));
            Open expected = standing.accessed(1_000);

            assertThat(judge(standing, append(LIFE, "x", stamp(3, 5))))
                    .isEqualTo(new Judgement(expected, new Outcome.Duplicate(expected, 3, 7)));
        }

        @Test
        void producersDoNotKnowEachOther() {
            Open standing = open().produced(new ProducerStamp("other", 3, 7));

            assertThat(judge(standing, append(LIFE, "x", stamp(0, 0))).outcome())
                    .isInstanceOf(Outcome.Appended.class);
        }

        private static Operation.Append sequenced(String seq, Optional<ProducerStamp> producer) {
            return new Operation.Append(Incarnation.of(LIFE), payload("x"), producer, Optional.of(seq), false);
        }

        /** PROTOCOL.md 5.2, Stream-Seq: strictly rising, byte by byte. */
        static Stream<Arguments> streamSeq() {
            return Stream.of(
                    argumentSet("above", "a", "b", true),
                    argumentSet("equal", "b", "b", false),
                    argumentSet("below", "b", "a", false),
                    argumentSet("bytes, not numbers", "9", "10", false),
                    argumentSet("longer", "a", "aa", true),
                    argumentSet("capitals are below", "a", "B", false),
                    argumentSet("UTF-8, not UTF-16: U+FF5E is below U+1F600", "～", "😀", true),
                    argumentSet("and the other way round", "😀", "～", false));
        }

        @ParameterizedTest
        @MethodSource
        void streamSeq(String last, String received, boolean accepted) {
            Judgement judged = judge(open().sequenced(last), sequenced(received, NOBODY));

            if (accepted) {
                assertThat(judged.next())
                        .isInstanceOfSatisfying(Open.class, stream -> assertThat(stream.lastStreamSeq())
                                .contains(received));
            } else {
                assertThat(judged.outcome()).isEqualTo(new Outcome.StreamSeqRegression(last, received));
            }
        }

        @Test
        void appendWithoutStreamSeqLeavesTheLastOne() {
            assertThat(judge(open().sequenced("b"), append(LIFE, "x")).next())
                    .isInstanceOfSatisfying(Open.class, stream -> assertThat(stream.lastStreamSeq())
                            .contains("b"));
        }

        @Test
        void duplicateComesBeforeStreamSeq() {
            Open standing = open().produced(new ProducerStamp("p", 0, 0)).sequenced("b");

            assertThat(judge(standing, sequenced("b", stamp(0, 0))).outcome()).isInstanceOf(Outcome.Duplicate.class);
        }

        @Test
        void streamSeqRegressionDoesNotAdvanceTheProducer() {
            Open standing = open().sequenced("b");

            assertRefused(standing, sequenced("a", stamp(0, 0)), new Outcome.StreamSeqRegression("b", "a"));
        }

        @Test
        void appendAndCloseIsOneStep() {
            Judgement judged = judge(
                    open(),
                    new Operation.Append(Incarnation.of(LIFE), payload("x"), stamp(0, 0), Optional.empty(), true));

            assertThat(judged.next()).isInstanceOfSatisfying(Closed.class, stream -> {
                assertThat(stream.tail()).isEqualTo(21);
                assertThat(stream.closedBy()).isEqualTo(stamp(0, 0));
            });
        }

        @Test
        void anotherLifeTakesNothing() {
            assertRefused(open(), append("g.2", "x"), new Outcome.OtherIncarnation());
        }

        @Test
        void absentStreamTakesNothing() {
            assertRefused(ABSENT, append(LIFE, "x"), new Outcome.NoSuchStream());
        }

        @Test
        void expiredStreamTakesNothingAndStaysUntilItIsRemoved() {
            assertRefused(open(until(999)), append(LIFE, "x"), new Outcome.NoSuchStream());
        }
    }

    @Nested
    class Closure {

        @Test
        void closeMovesNoTail() {
            Judgement judged = judge(open().extended(12), close(LIFE, NOBODY));

            assertThat(judged.next())
                    .isEqualTo(open().extended(12).accessed(1_000).closed(NOBODY));
            assertThat(judged.outcome()).isInstanceOf(Outcome.ClosedNow.class);
        }

        @Test
        void closedStreamRejectsAppend() {
            assertRefused(closed(NOBODY), append(LIFE, "x"), new Outcome.AppendToClosed(closed(NOBODY)));
        }

        @Test
        void closingAgainSucceeds() {
            Closed accessed = closed(stamp(0, 3)).accessed(1_000);

            assertThat(judge(closed(stamp(0, 3)), close(LIFE, NOBODY)))
                    .isEqualTo(new Judgement(accessed, new Outcome.ClosedBefore(accessed)));
        }

        /** PROTOCOL.md 5.2.1, "Stream Closure with Idempotent Producers": only the tuple that closed is a duplicate. */
        static Stream<Arguments> afterClosureBySeq3() {
            return Stream.of(
                    argumentSet("the closing append again", append(LIFE, "x", stamp(0, 3)), true),
                    argumentSet("the closing request without data again", close(LIFE, stamp(0, 3)), true),
                    argumentSet("an earlier append again", append(LIFE, "x", stamp(0, 2)), false),
                    argumentSet("the next append", append(LIFE, "x", stamp(0, 4)), false),
                    argumentSet("another epoch", append(LIFE, "x", stamp(1, 3)), false),
                    argumentSet("a close by another seq", close(LIFE, stamp(0, 4)), false),
                    argumentSet(
                            "another producer", append(LIFE, "x", Optional.of(new ProducerStamp("q", 0, 3))), false));
        }

        @ParameterizedTest
        @MethodSource
        void afterClosureBySeq3(Operation operation, boolean duplicate) {
            Closed standing = closed(stamp(0, 3));

            if (duplicate) {
                Closed accessed = standing.accessed(1_000);
                assertThat(judge(standing, operation))
                        .isEqualTo(new Judgement(accessed, new Outcome.Duplicate(accessed, 0, 3)));
            } else {
                assertRefused(standing, operation, new Outcome.AppendToClosed(standing));
            }
        }

        @Test
        void closeByAProducerIsValidated() {
            assertRefused(open(), close(LIFE, stamp(0, 1)), new Outcome.SequenceGap(0, 1));
            assertThat(judge(open(), close(LIFE, stamp(0, 0))).next())
                    .isInstanceOfSatisfying(Closed.class, stream -> assertThat(stream.closedBy())
                            .isEqualTo(stamp(0, 0)));
        }

        @Test
        void closedStreamCanBeDeleted() {
            assertThat(judge(closed(NOBODY), delete(LIFE)))
                    .isEqualTo(new Judgement(ABSENT, new Outcome.Deleted(Outcome.Release.NOTHING)));
        }
    }

    @Nested
    class Ending {

        @Test
        void deleteEndsItsLifeOnly() {
            assertThat(judge(open(), delete(LIFE)))
                    .isEqualTo(new Judgement(ABSENT, new Outcome.Deleted(Outcome.Release.NOTHING)));
            assertRefused(open(), delete("g.2"), new Outcome.OtherIncarnation());
            assertRefused(ABSENT, delete(LIFE), new Outcome.NoSuchStream());
        }

        @Test
        void deleteOfAnExpiredStreamFindsNone() {
            assertRefused(open(until(999)), delete(LIFE), new Outcome.NoSuchStream());
        }

        @Test
        void expireEndsWhatIsOver() {
            assertThat(judge(open(until(999)), expire(LIFE)))
                    .isEqualTo(new Judgement(ABSENT, new Outcome.Expired(Outcome.Release.NOTHING)));
        }

        @Test
        void expireLeavesWhatIsNotOver() {
            assertRefused(open(until(1_000)), expire(LIFE), new Outcome.NotExpired());
            assertRefused(open(), expire(LIFE), new Outcome.NotExpired());
            assertRefused(open(until(999)), expire("g.2"), new Outcome.OtherIncarnation());
            assertRefused(ABSENT, expire(LIFE), new Outcome.NoSuchStream());
        }

        @Test
        void touchIsAnAccess() {
            assertThat(judge(open(sliding(10)), touch(LIFE)))
                    .isEqualTo(new Judgement(open(sliding(10)).accessed(1_000), new Outcome.Touched()));
        }

        @Test
        void touchDoesNotBringBackWhatIsOver() {
            assertRefused(open(until(999)), touch(LIFE), new Outcome.NoSuchStream());
        }

        /** Appends and closes, also those that come twice, reset a sliding TTL (DESIGN.md 7). */
        static Stream<Arguments> accesses() {
            Open produced = open(sliding(10)).produced(new ProducerStamp("p", 0, 0));
            return Stream.of(
                    argumentSet("append", open(sliding(10)), append(LIFE, "x")),
                    argumentSet("duplicate append", produced, append(LIFE, "x", stamp(0, 0))),
                    argumentSet("close", open(sliding(10)), close(LIFE, NOBODY)),
                    argumentSet("close again", open(sliding(10)).closed(NOBODY), close(LIFE, NOBODY)),
                    argumentSet(
                            "closing append again",
                            open(sliding(10)).closed(stamp(0, 0)),
                            append(LIFE, "x", stamp(0, 0))));
        }

        @ParameterizedTest
        @MethodSource
        void accesses(Standing standing, Operation operation) {
            assertThat(judge(standing, operation).next())
                    .isInstanceOfSatisfying(Standing.class, stream -> assertThat(stream.lastAccessMillis())
                            .isEqualTo(1_000));
        }
    }

    /** PROTOCOL.md 5.2, "Error Precedence", as a gateway decides before it writes. */
    @Nested
    class Precedence {

        private static final Command.Body FIT = new Command.Body.Fit(payload("x"));
        private static final Command.Body UNFIT = new Command.Body.Unfit("not JSON");

        private static Command.Append command(MediaType type, Command.Body body, String seq) {
            return new Command.Append(io.millrace.mapping.Samples.PATH, type, body, NOBODY, Optional.of(seq), false);
        }

        static Stream<Arguments> order() {
            Open open = open().sequenced("b");
            Closed closed = open.closed(NOBODY);
            return Stream.of(
                    argumentSet(
                            "closed, before type, body and sequence",
                            closed,
                            command(JSON, UNFIT, "a"),
                            new Outcome.AppendToClosed(closed)),
                    argumentSet(
                            "type, before body and sequence",
                            open,
                            command(JSON, UNFIT, "a"),
                            new Outcome.ContentTypeMismatch(TEXT)),
                    argumentSet(
                            "body, before sequence",
                            open,
                            command(TEXT, UNFIT, "a"),
                            new Outcome.BodyRefused("not JSON")),
                    argumentSet("sequence", open, command(TEXT, FIT, "a"), new Outcome.StreamSeqRegression("b", "a")),
                    argumentSet("no stream, before all", ABSENT, command(JSON, UNFIT, "a"), new Outcome.NoSuchStream()),
                    argumentSet(
                            "expired is no stream",
                            open(until(999)).closed(NOBODY),
                            command(JSON, UNFIT, "a"),
                            new Outcome.NoSuchStream()));
        }

        @ParameterizedTest
        @MethodSource
        void order(StreamState believed, Command command, Outcome.Refused expected) {
            assertThat(command.against(believed, AT)).isEqualTo(new Command.Decision.Refuse(expected));
        }

        @Test
        void whatIsSentNamesTheLifeThatWasSeen() {
            assertThat(command(new MediaType("TEXT/plain; charset=x"), FIT, "c").against(open(), AT))
                    .isEqualTo(new Command.Decision.Send(
                            new Operation.Append(Incarnation.of(LIFE), payload("x"), NOBODY, Optional.of("c"), false)));
        }

        @Test
        void expireIsSentForWhatIsOver() {
            Command.Expire command = new Command.Expire(io.millrace.mapping.Samples.PATH);

            assertThat(command.against(open(until(999)), AT)).isEqualTo(new Command.Decision.Send(expire(LIFE)));
            assertThat(command.against(open(until(1_000)), AT))
                    .isEqualTo(new Command.Decision.Refuse(new Outcome.NotExpired()));
        }
    }
}
