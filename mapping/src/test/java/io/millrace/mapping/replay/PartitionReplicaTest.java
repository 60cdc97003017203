package io.millrace.mapping.replay;

import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.OTHER_PATH;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.TEXT;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.close;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.foreign;
import static io.millrace.mapping.Samples.id;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.stamp;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.Samples.Heard;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Command.Decision;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplica.Diverged;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The gateway under test sends as {@code g}, another one as {@code h}. All clocks show 1000, the broker's 1000 too. */
class PartitionReplicaTest {

    private static final long NOW = 1_000;

    private final Heard heard = new Heard();
    private final PartitionReplica replica = new PartitionReplica(new PartitionReplay(TopicKind.SHARED, 0), heard);

    private Sent send(String id, Operation operation) {
        Sent sending = sent(id, NOW, operation);
        replica.sending(sending);
        return sending;
    }

    private void acknowledge(String id, long offset) {
        replica.onAcknowledged(id(id), offset, NOW);
    }

    private void fetch(long offset, String id, Operation operation) {
        replica.onFetched(record(offset, sent(id, NOW, operation)));
    }

    private long position() {
        return replica.replay().position();
    }

    private StreamState replayed() {
        return replica.replay().state(PATH);
    }

    private StreamState speculated() {
        return replica.speculated(PATH);
    }

    private static Command.Append command(String text, Optional<ProducerStamp> producer) {
        return new Command.Append(PATH, TEXT, new Command.Body.Fit(payload(text)), producer, Optional.empty(), false);
    }

    private void assertDiverged(String complaint, Runnable news) {
        assertThatExceptionOfType(Diverged.class).isThrownBy(news::run).withMessageContaining(complaint);
    }

    /** DESIGN.md 3, "Fast path". */
    @Nested
    class Memory {

        @Test
        void acknowledgementOfTheNextOffsetIsReplayedAtOnce() {
            send("g.1", creation());
            acknowledge("g.1", 0);

            assertThat(position()).isEqualTo(1);
            assertThat(replayed()).isInstanceOf(Standing.class);
            assertThat(heard.settled).containsExactly(id("g.1"));
            assertThat(replica.inFlight()).isZero();
        }

        /** The trap: what stands before it is not known yet, and may change what it means. */
        @Test
        void acknowledgementOfALaterOffsetWaitsForWhatIsBefore() {
            send("g.1", creation());
            assertThat(replica.awaitsFollower()).isFalse();
            acknowledge("g.1", 1);

            assertThat(replica.awaitsFollower()).isTrue();
            assertThat(position()).isZero();
            assertThat(replayed()).isEqualTo(Absent.ABSENT);
            assertThat(heard.settled).isEmpty();
            assertThat(replica.inFlight()).isEqualTo(1);

            fetch(0, "h.1", creation());

            assertThat(replica.awaitsFollower()).isFalse();
            assertThat(position()).isEqualTo(2);
            assertThat(heard.last()).isInstanceOf(Outcome.Existing.class);
            assertThat(replayed()).isInstanceOfSatisfying(Standing.class, stream -> assertThat(
                            stream.incarnation().id())
                    .isEqualTo("h.1"));
        }

        @Test
        void acknowledgementsInAnyOrderAreReplayedInLogOrder() {
            send("g.1", creation());
            send("g.2", append("g.1", "a"));
            send("g.3", append("g.1", "b"));

            acknowledge("g.3", 2);
            acknowledge("g.2", 1);
            assertThat(heard.settled).isEmpty();
            acknowledge("g.1", 0);

            assertThat(heard.settled).containsExactly(id("g.1"), id("g.2"), id("g.3"));
            assertThat(heard.visible).containsExactly("1 a", "2 b");
        }

        @Test
        void acknowledgedRecordIsDrainedWhenThePositionSkipsToIt() {
            send("g.1", creation());
            acknowledge("g.1", 3);

            replica.onPosition(3); // control records only

            assertThat(position()).isEqualTo(4);
            assertThat(heard.settled).containsExactly(id("g.1"));
        }

        /** An acknowledgement without an offset is not brought here at all: the follower settles it. */
        @Test
        void followerSettlesWhatWasNotAcknowledged() {
            send("g.1", creation());
            fetch(0, "g.1", creation());

            assertThat(heard.settled).containsExactly(id("g.1"));
            assertThat(replica.inFlight()).isZero();
        }

        @Test
        void followerMayBeFasterThanTheAcknowledgement() {
            send("g.1", creation());
            fetch(0, "g.1", creation());
            acknowledge("g.1", 0);

            assertThat(heard.settled).containsExactly(id("g.1"));
            assertThat(position()).isEqualTo(1);
        }

        @Test
        void followerBringsTheAcknowledgedRecordFirst() {
            send("g.1", creation());
            acknowledge("g.1", 1);

            fetch(0, "h.1", delete("x.1"));
            assertThat(position()).isEqualTo(2);

            fetch(1, "g.1", creation());
            replica.onPosition(2);
            assertThat(heard.settled).containsExactly(id("g.1"));
        }

        @Test
        void replayFromMemoryUsesTheBrokersTime() {
            send("g.1", creation());
            replica.onAcknowledged(id("g.1"), 0, 400);

            assertThat(replica.replay().logTimeMillis()).isEqualTo(400);
        }

        @Test
        void replayFromMemoryComesOutLikeOneFromTheLog() {
            send("g.1", creation());
            send("g.2", append("g.1", "a", stamp(0, 0)));
            send("g.3", close("g.1", NOBODY));
            acknowledge("g.1", 0);
            acknowledge("g.2", 1);
            acknowledge("g.3", 2);

            PartitionReplay fresh = new PartitionReplay(TopicKind.SHARED, 0);
            fresh.replay(record(0, sent("g.1", NOW, creation())), new Heard());
            fresh.replay(record(1, sent("g.2", NOW, append("g.1", "a", stamp(0, 0)))), new Heard());
            fresh.replay(record(2, sent("g.3", NOW, close("g.1", NOBODY))), new Heard());

            assertThat(replica.replay().fingerprint()).isEqualTo(fresh.fingerprint());
        }

        @Test
        void acknowledgementOfAFormerCopyMeansNothing() {
            acknowledge("g.1", 0);
            acknowledge("g.2", 7);

            assertThat(position()).isZero();
            fetch(0, "g.1", creation());
            replica.onPosition(9);
            assertThat(heard.settled).isEmpty();
            assertThat(position()).isEqualTo(9);
        }
    }

    /** DESIGN.md 3: "When the follower passes a record replayed from memory it compares operation ids." */
    @Nested
    class Divergence {

        private static LogRecord unsound() {
            return new LogRecord(0, NOW, null, List.of(new Header("ds-v", "1".getBytes(UTF_8))), new byte[0]);
        }

        /** What a truncated log may hold at offset 0 instead of the create g.1, dated 1000. */
        static Stream<Arguments> others() {
            return Stream.of(
                    argumentSet("another gateway's operation", record(0, sent("h.1", NOW, creation()))),
                    argumentSet("another operation of this gateway", record(0, sent("g.2", NOW, creation()))),
                    argumentSet("the operation, at another time", record(0, NOW + 1, sent("g.1", NOW, creation()))),
                    argumentSet("a native record", foreign(0, NOW, "x")),
                    argumentSet("a tombstone", foreign(0, NOW, null)),
                    argumentSet("a record that does not decode", unsound()),
                    argumentSet("nothing: the next record", record(1, sent("h.1", NOW, creation()))));
        }

        @ParameterizedTest
        @MethodSource("others")
        void followerFindsSomethingElseThanWasReplayed(LogRecord other) {
            send("g.1", creation());
            acknowledge("g.1", 0);

            assertDiverged("offset 0", () -> replica.onFetched(other));
        }

        /** Offset 0 holds a control record, so the acknowledged one is held back until the follower brings what is there. */
        @ParameterizedTest
        @MethodSource("others")
        void followerFindsSomethingElseThanWasAcknowledged(LogRecord other) {
            send("g.1", creation());
            acknowledge("g.1", 1);
            LogRecord there = new LogRecord(
                    other.offset() + 1, other.timestampMillis(), other.key(), other.headers(), other.value());

            assertDiverged("offset 1", () -> replica.onFetched(there));
            assertThat(replayed()).isEqualTo(Absent.ABSENT);
        }

        @Test
        void followerPassesWhatWasReplayed() {
            send("g.1", creation());
            acknowledge("g.1", 0);

            replica.onPosition(0);
            assertDiverged("without the record replayed from memory", () -> replica.onPosition(1));
        }

        @Test
        void followerPassesWhatWasAcknowledged() {
            send("g.1", creation());
            acknowledge("g.1", 3);

            assertDiverged("without the record acknowledged there", () -> replica.onPosition(4));
            assertThat(replayed()).isEqualTo(Absent.ABSENT);
        }

        @Test
        void recordComesBehindOneThatWasAcknowledged() {
            send("g.1", creation());
            acknowledge("g.1", 3);

            assertDiverged("without the record acknowledged there", () -> fetch(4, "h.1", creation()));
            assertThat(replayed()).isEqualTo(Absent.ABSENT);
        }

        /** The replay has been there, and what it found was not this operation. */
        @Test
        void acknowledgementNamesAnOffsetThatThePositionHasPassed() {
            send("g.1", creation());
            fetch(0, "h.1", creation());

            assertDiverged("acknowledged at offset 0", () -> acknowledge("g.1", 0));
        }

        @Test
        void onlyTheSecondOfTwoIsAnother() {
            send("g.1", creation());
            send("g.2", append("g.1", "a"));
            acknowledge("g.1", 0);
            acknowledge("g.2", 1);

            fetch(0, "g.1", creation());
            assertDiverged("offset 1", () -> fetch(1, "h.1", append("g.1", "b")));
        }

        @Test
        void everyRecordIsComparedOnce() {
            send("g.1", creation());
            acknowledge("g.1", 0);
            fetch(0, "g.1", creation());
            replica.onPosition(1);

            fetch(1, "h.1", append("g.1", "a"));
            assertThat(heard.visible).containsExactly("1 a");
            assertThat(heard.settled).containsExactly(id("g.1"));
        }

        /** A loss of the producer does not take back what was replayed. */
        @Test
        void comparisonOutlivesTheProducer() {
            send("g.1", creation());
            acknowledge("g.1", 0);
            replica.abandonInFlight();

            assertDiverged("offset 0", () -> fetch(0, "h.1", creation()));
        }
    }

    /** Answers come from the replay only; speculation merely decides what to send. */
    @Nested
    class Speculation {

        @Test
        void pipelinedAppendsSeeNoGaps() {
            fetch(0, "h.1", creation());
            send("g.1", append("h.1", "a", stamp(0, 0)));

            assertThat(replica.speculate(command("b", stamp(0, 1)), NOW)).isInstanceOf(Decision.Send.class);
            assertThat(replica.decide(command("b", stamp(0, 1)), NOW))
                    .isEqualTo(new Decision.Refuse(new Outcome.SequenceGap(0, 1)));
        }

        @Test
        void appendIsMeantForTheCreateInFlight() {
            send("g.1", creation());

            assertThat(replica.speculate(command("a", NOBODY), NOW)).isEqualTo(new Decision.Send(append("g.1", "a")));
            assertThat(replica.decide(command("a", NOBODY), NOW))
                    .isEqualTo(new Decision.Refuse(new Outcome.NoSuchStream()));
        }

        @Test
        void speculationChangesNothingThatIsReplayed() {
            send("g.1", new Operation.Create(PLAIN, Payload.NONE, true));

            assertThat(speculated()).isInstanceOf(Closed.class);
            assertThat(replayed()).isEqualTo(Absent.ABSENT);
            assertThat(replica.replay().fingerprint()).containsOnlyKeys("log time");
        }

        @Test
        void losingCreateTakesItsAppendsWithIt() {
            send("g.1", creation());
            send("g.2", append("g.1", "a"));
            fetch(0, "h.1", creation());
            fetch(1, "g.1", creation());

            assertThat(replica.speculate(command("b", NOBODY), NOW)).isEqualTo(new Decision.Send(append("h.1", "b")));

            fetch(2, "g.2", append("g.1", "a"));
            assertThat(heard.last()).isEqualTo(new Outcome.OtherIncarnation());
            assertThat(heard.visible).isEmpty();
        }

        @Test
        void speculationIsMadeAnewWhenAnotherGatewayComesBetween() {
            fetch(0, "h.1", creation());
            send("g.1", append("h.1", "a", stamp(0, 0)));
            fetch(1, "h.2", close("h.1", NOBODY));

            assertThat(speculated()).isInstanceOf(Closed.class);
            assertThat(replica.speculate(command("b", stamp(0, 1)), NOW))
                    .isInstanceOfSatisfying(Decision.Refuse.class, refused -> assertThat(refused.outcome())
                            .isInstanceOf(Outcome.AppendToClosed.class));
        }

        @Test
        void speculationIsMadeAnewWhenAnOperationIsRefused() {
            fetch(0, "h.1", creation());
            send("g.1", append("h.1", "a", stamp(0, 0)));
            send("g.2", append("h.1", "b", stamp(0, 1)));
            fetch(1, "h.2", append("h.1", "c", stamp(1, 0)));
            fetch(2, "g.1", append("h.1", "a", stamp(0, 0)));

            assertThat(heard.last()).isEqualTo(new Outcome.Fenced(1));
            assertThat(speculated()).isEqualTo(replayed());
        }

        @Test
        void whatWasNotSentIsTakenBack() {
            fetch(0, "h.1", creation());
            Sent refused = send("g.1", append("h.1", "a", stamp(0, 0)));
            replica.notSent(refused);

            assertThat(replica.inFlight()).isZero();
            assertThat(replica.inFlight(PATH)).isFalse();
            assertThat(speculated()).isEqualTo(replayed());
        }

        @Test
        void whatWasNotSentIsTakenOutOfTheMiddle() {
            fetch(0, "h.1", creation());
            Sent refused = send("g.1", append("h.1", "a", stamp(0, 0)));
            send("g.2", append("h.1", "b", Optional.of(new ProducerStamp("q", 0, 0))));
            replica.notSent(refused);

            assertThat(replica.speculate(command("a", stamp(0, 0)), NOW)).isInstanceOf(Decision.Send.class);
            assertThat(replica.lastInFlight(PATH)).contains(id("g.2"));
        }

        @Test
        void streamsAreSpeculatedUponByThemselves() {
            send("g.1", creation());

            assertThat(replica.inFlight(OTHER_PATH)).isFalse();
            assertThat(replica.speculated(OTHER_PATH)).isEqualTo(Absent.ABSENT);
        }

        @Test
        void oldestInFlightIsTheFirstSent() {
            assertThat(replica.oldestInFlightMillis()).isEmpty();
            replica.sending(sent("g.1", 500, creation()));
            replica.sending(sent("g.2", 700, append("g.1", "a")));
            assertThat(replica.oldestInFlightMillis()).contains(500L);

            fetch(0, "g.1", creation());
            assertThat(replica.oldestInFlightMillis()).contains(700L);
        }
    }

    /** The producer is replaced with operations in flight: whatever it had may still come, or may not. */
    @Nested
    class Loss {

        @Test
        void nothingIsInFlightAfterwards() {
            send("g.1", creation());
            Sent last = send("g.2", append("g.1", "a"));

            assertThat(replica.abandonInFlight()).hasSize(2).contains(last);
            assertThat(replica.inFlight()).isZero();
            assertThat(replica.oldestInFlightMillis()).isEmpty();
            assertThat(speculated()).isEqualTo(Absent.ABSENT);
        }

        @Test
        void whatComesAllTheSameIsReplayedAndNobodyIsTold() {
            send("g.1", creation());
            replica.abandonInFlight();
            fetch(0, "g.1", creation());

            assertThat(replayed()).isInstanceOf(Standing.class);
            assertThat(heard.settled).isEmpty();
        }

        @Test
        void acknowledgedRecordsAreLeftToTheFollower() {
            send("g.1", creation());
            acknowledge("g.1", 1);
            replica.abandonInFlight();

            fetch(0, "h.1", delete("x.1"));
            assertThat(position()).isEqualTo(1);
            replica.onPosition(2);
            assertThat(replayed()).isEqualTo(Absent.ABSENT);
        }

        @Test
        void lateAcknowledgementMeansNothing() {
            send("g.1", creation());
            replica.abandonInFlight();
            acknowledge("g.1", 0);

            assertThat(position()).isZero();
            assertThat(replayed()).isEqualTo(Absent.ABSENT);
        }

        @Test
        void nextProducerSendsOnWhatIsReplayed() {
            fetch(0, "h.1", creation());
            send("g.1", append("h.1", "a", stamp(0, 0)));
            replica.abandonInFlight();
            send("i.1", append("h.1", "a", stamp(0, 0)));

            fetch(1, "g.1", append("h.1", "a", stamp(0, 0)));
            fetch(2, "i.1", append("h.1", "a", stamp(0, 0)));

            assertThat(heard.visible).containsExactly("1 a");
            assertThat(heard.settled).containsExactly(id("i.1"));
            assertThat(heard.last()).isInstanceOf(Outcome.Duplicate.class);
        }
    }

    @Test
    void setupIsSettledLikeAnyOtherOperation() {
        Sent setup = new Sent(RecordCodec.SETUP_PATH, id("g.1"), NOW, new Operation.Setup(16, "/v1/stream"));
        replica.sending(setup);
        assertThat(replica.inFlight()).isEqualTo(1);

        acknowledge("g.1", 0);

        assertThat(heard.last()).isEqualTo(new Outcome.SetUp());
        assertThat(replica.inFlight()).isZero();
    }

    @Test
    void createInATopicThatBelongsToAnotherIsRefusedAtOnce() {
        PartitionReplica dedicated = new PartitionReplica(new PartitionReplay(TopicKind.DEDICATED, 0), heard);
        dedicated.onFetched(record(0, sent("h.1", NOW, creation())));

        assertThat(dedicated.speculate(new Command.Create(OTHER_PATH, PLAIN, Payload.NONE, false), NOW))
                .isEqualTo(new Decision.Refuse(new Outcome.TopicTaken(PATH)));
    }
}
