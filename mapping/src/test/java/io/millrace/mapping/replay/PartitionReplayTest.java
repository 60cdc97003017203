package io.millrace.mapping.replay;

import static io.millrace.mapping.ForkSamples.forkCreation;
import static io.millrace.mapping.ForkSamples.forkRef;
import static io.millrace.mapping.ForkSamples.forkUnref;
import static io.millrace.mapping.ForkSamples.origin;
import static io.millrace.mapping.ForkSamples.reference;
import static io.millrace.mapping.Samples.OTHER_PATH;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.expire;
import static io.millrace.mapping.Samples.foreign;
import static io.millrace.mapping.Samples.id;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.sliding;
import static io.millrace.mapping.Samples.stamp;
import static io.millrace.mapping.Samples.touch;
import static io.millrace.mapping.Samples.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.mapping.Samples.Heard;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplay.BeyondThisBuild;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionReplayTest {

    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofHours(24).toMillis();

    private final PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
    private final Heard heard = new Heard();

    private void replay(LogRecord record) {
        replay.replay(record, heard);
    }

    private void replay(long offset, Sent sent) {
        replay(record(offset, sent));
    }

    private static LogRecord broken(long offset) {
        return new LogRecord(offset, 99_999, null, List.of(new Header("ds-v", "1".getBytes(UTF_8))), new byte[0]);
    }

    private Standing stream() {
        return (Standing) replay.state(PATH);
    }

    // ---- visibility

    @Test
    void voidRecordsMoveNoTail() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, sent("g.2", 2, append("g.1", "a")));
        replay(2, sent("g.3", 3, append("other.1", "b")));
        replay(3, sent("g.4", 4, creation()));
        replay(4, sent("g.5", 5, touch("g.1")));
        replay(9, sent("g.6", 6, append("g.1", "c")));

        assertThat(heard.visible).containsExactly("1 a", "9 c");
        assertThat(stream().begin()).isEqualTo(0);
        assertThat(stream().tail()).isEqualTo(10);
        OffsetIndex index = replay.stream(PATH).orElseThrow().index();
        assertThat(index.count()).isEqualTo(2);
        assertThat(index.offset(1)).isEqualTo(9);
        assertThat(replay.position()).isEqualTo(10);
    }

    /** A duplicate is an access, so it changes the stream, and its data is there already. */
    @Test
    void duplicateChangesTheStreamAndIsNotVisible() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, sent("g.2", 2, append("g.1", "a", stamp(0, 0))));
        replay(2, sent("g.3", 3, append("g.1", "a", stamp(0, 0))));

        assertThat(heard.visible).containsExactly("1 a");
        assertThat(stream().lastAccessMillis()).isEqualTo(3);
        assertThat(stream().tail()).isEqualTo(2);
    }

    @Test
    void nextLifeBeginsWithAnEmptyIndex() {
        replay(0, sent("g.1", 1, new Operation.Create(until(5), payload("a"), false)));
        replay(1, sent("g.2", 6, new Operation.Create(until(50), Payload.NONE, false)));

        assertThat(stream().incarnation().id()).isEqualTo("g.2");
        assertThat(replay.stream(PATH).orElseThrow().index().count()).isZero();
    }

    @Test
    void deletedStreamLeavesNothing() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, sent("g.2", 2, delete("g.1")));

        assertThat(replay.stream(PATH)).isEmpty();
        assertThat(replay.state(PATH)).isEqualTo(StreamState.Absent.ABSENT);
        assertThat(replay.fingerprint()).containsOnlyKeys("counter g", "log time");
    }

    @Test
    void everySenderHearsItsOutcome() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, sent("g.2", 2, append("other.1", "b")));

        assertThat(heard.settled).containsExactly(id("g.1"), id("g.2"));
        assertThat(heard.last()).isEqualTo(new Outcome.OtherIncarnation());
        assertThat(heard.changed).containsExactly(PATH);
    }

    @Test
    void nothingIsReplayedTwice() {
        replay(5, sent("g.1", 1, creation()));

        assertThatIllegalArgumentException().isThrownBy(() -> replay(5, sent("g.2", 2, creation())));
        assertThatIllegalArgumentException().isThrownBy(() -> replay(4, sent("g.2", 2, creation())));
    }

    @Test
    void skippingNeverGoesBack() {
        replay.skipTo(9);
        replay.skipTo(3);

        assertThat(replay.position()).isEqualTo(9);
    }

    // ---- counters

    /** The trap: one record lands twice. */
    @Test
    void recordThatLandsTwiceIsVoidAndAnAlarm() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, sent("g.2", 2, append("g.1", "a")));
        replay(2, sent("g.2", 2, append("g.1", "a")));

        assertThat(heard.visible).containsExactly("1 a");
        assertThat(heard.last()).isEqualTo(new Outcome.CounterRegression(2));
        assertThat(heard.odd).hasSize(1);
    }

    @Test
    void counterIsNotedWhateverTheVerdict() {
        replay(0, sent("g.5", 1, delete("x.1")));
        replay(1, sent("g.4", 1, creation()));

        assertThat(heard.last()).isEqualTo(new Outcome.CounterRegression(5));
    }

    @Test
    void gatewaysCountForThemselves() {
        replay(0, sent("g.5", 1, creation()));
        replay(1, sent("h.1", 1, append("g.5", "a")));

        assertThat(heard.visible).containsExactly("1 a");
    }

    @Test
    void countersAreForgottenAfterADayOfLogTime() {
        replay(0, sent("g.5", 0, creation()));
        replay(1, sent("h.1", DAY, touch("g.5")));
        assertThat(replay.fingerprint()).containsKey("counter g");

        replay(2, sent("h.2", DAY + 1, touch("g.5")));
        assertThat(replay.fingerprint()).doesNotContainKey("counter g").containsKey("counter h");

        replay(3, sent("g.1", DAY + 2, append("g.5", "a")));
        assertThat(heard.visible).containsExactly("3 a");
    }

    @Test
    void gatewayThatKeepsWritingIsNotForgotten() {
        replay(0, sent("g.5", 0, creation()));
        replay(1, sent("h.1", 5, touch("g.5")));
        replay(2, sent("g.6", DAY, touch("g.5")));
        replay(3, sent("i.1", DAY + 6, touch("g.5")));

        assertThat(replay.fingerprint()).containsKeys("counter g", "counter i").doesNotContainKey("counter h");
    }

    // ---- log time

    @Test
    void logTimeIsTheLesserOfTwoClocks() {
        replay(record(0, 1_000, sent("g.1", 5_000, creation())));
        assertThat(replay.logTimeMillis()).isEqualTo(1_000);

        replay(record(1, 9_000, sent("g.2", 2_000, touch("g.1"))));
        assertThat(replay.logTimeMillis()).isEqualTo(2_000);
    }

    @Test
    void logTimeNeverGoesBack() {
        replay(0, sent("g.1", 5_000, creation()));
        replay(1, sent("g.2", 1_000, touch("g.1")));

        assertThat(replay.logTimeMillis()).isEqualTo(5_000);
        assertThat(stream().lastAccessMillis()).isEqualTo(5_000);
    }

    @Test
    void voidRecordsAdvanceLogTimeAndOthersDoNot() {
        replay(0, sent("g.1", 1_000, delete("x.1")));
        assertThat(replay.logTimeMillis()).isEqualTo(1_000);

        replay(foreign(1, 9_000, "x"));
        replay(foreign(2, 9_000, null));
        replay(broken(3));
        assertThat(replay.logTimeMillis()).isEqualTo(1_000);
    }

    @Test
    void recordBeingJudgedBringsItsOwnTime() {
        replay(0, sent("g.1", 1_000, new Operation.Create(sliding(1), Payload.NONE, false)));
        replay(1, sent("g.2", 1_000 + 1_000 + 50, append("g.1", "at the deadline")));
        replay(2, sent("g.3", 2_050 + 1_000 + 51, append("g.1", "past it")));

        assertThat(heard.visible).containsExactly("1 at the deadline");
        assertThat(heard.last()).isEqualTo(new Outcome.NoSuchStream());
        assertThat(replay.overdue(replay.logTimeMillis(), 9)).containsExactly(PATH);

        replay(3, sent("g.4", 3_101, expire("g.1")));
        assertThat(heard.last()).isEqualTo(new Outcome.Expired(Outcome.Release.NOTHING));
        assertThat(replay.overdue(Long.MAX_VALUE, 9)).isEmpty();
    }

    @Test
    void overdueStreamsAreFoundAndNoOthers() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, new Sent(OTHER_PATH, id("g.2"), 1, new Operation.Create(until(5), Payload.NONE, false)));

        assertThat(replay.overdue(5, 9)).isEmpty();
        assertThat(replay.overdue(6, 9)).containsExactly(OTHER_PATH);
        assertThat(replay.overdue(6, 0)).isEmpty();
    }

    // ---- forks: what their sources keep

    @Test
    void softDeletedStreamsAreKeptUntilTheirLastForkEnds() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, sent("g.2", 2, append("g.1", "a")));
        replay(2, sent("g.3", 3, forkRef("g.1", OTHER_PATH)));
        replay(3, sent("g.4", 4, forkRef("g.1", OTHER_PATH)));
        assertThat(replay.softDeleted()).isEmpty();

        replay(4, sent("g.5", 5, delete("g.1")));
        assertThat(replay.softDeleted()).containsExactly(PATH);
        assertThat(replay.state(PATH)).isInstanceOfSatisfying(SoftDeleted.class, ended -> {
            assertThat(ended.tail()).isEqualTo(2);
            assertThat(ended.references()).containsOnlyKeys("g.3", "g.4");
        });
        assertThat(replay.stream(PATH).orElseThrow().index().count()).isEqualTo(1);
        assertThat(replay.overdue(Long.MAX_VALUE, 9)).isEmpty();

        replay(5, sent("g.6", 6, append("g.1", "late")));
        replay(6, sent("g.7", 7, creation()));
        assertThat(heard.visible).containsExactly("1 a");
        assertThat(heard.last()).isEqualTo(new Outcome.PathHeld());

        replay(7, sent("g.8", 8, forkUnref("g.1", "g.3")));
        assertThat(replay.softDeleted()).containsExactly(PATH);
        replay(8, sent("g.9", 9, forkUnref("g.1", "g.4")));
        assertThat(replay.softDeleted()).isEmpty();
        assertThat(replay.stream(PATH)).isEmpty();
        assertThat(replay.fingerprint()).containsOnlyKeys("counter g", "log time");
    }

    @Test
    void streamThatEndsByItsTimeIsKeptToo() {
        replay(0, sent("g.1", 1, new Operation.Create(until(5), payload("a"), false)));
        replay(1, sent("g.2", 2, forkRef("g.1", OTHER_PATH)));
        replay(2, sent("h.1", 6, creation()));
        assertThat(heard.last()).isEqualTo(new Outcome.PathHeld());
        assertThat(replay.overdue(6, 9)).containsExactly(PATH);
        assertThat(replay.softDeleted()).isEmpty();

        replay(3, sent("g.3", 6, expire("g.1")));
        assertThat(replay.overdue(6, 9)).isEmpty();
        assertThat(replay.softDeleted()).containsExactly(PATH);
        assertThat(replay.stream(PATH).orElseThrow().index().count()).isEqualTo(1);
    }

    /** The trap: the last fork ends after the source's time, and before anybody has logged that. */
    @Test
    void lastForkOfAnOverdueStreamEndsIt() {
        replay(0, sent("g.1", 1, new Operation.Create(until(5), payload("a"), false)));
        replay(1, sent("g.2", 2, forkRef("g.1", OTHER_PATH)));
        replay(2, sent("g.3", 6, forkUnref("g.1", "g.2")));

        assertThat(replay.stream(PATH)).isEmpty();
        assertThat(replay.overdue(Long.MAX_VALUE, 9)).isEmpty();
        assertThat(replay.softDeleted()).isEmpty();
    }

    @Test
    void referencesAreOfTheFingerprint() {
        replay(0, sent("g.1", 1, creation()));
        PartitionReplay other = new PartitionReplay(TopicKind.SHARED, 0);
        other.replay(record(0, sent("g.1", 1, creation())), new Heard());
        replay(1, sent("g.2", 2, forkRef("g.1", OTHER_PATH)));
        other.replay(record(1, sent("g.2", 2, forkRef("g.1", PATH))), new Heard());

        assertThat(other.fingerprint()).isNotEqualTo(replay.fingerprint());
    }

    // ---- forks: references that were cancelled

    private static Sent fork(String id, long millis, long referenceMillis) {
        return sent(id, millis, forkCreation(origin(7, reference("r.1", referenceMillis))));
    }

    private static Sent cancel(String id, long millis, long referenceMillis) {
        return sent(id, millis, new Operation.ForkCancel("r.1", referenceMillis));
    }

    @Test
    void cancelledReferenceMakesACreateVoid() {
        replay(0, cancel("g.1", 5, 5));
        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceCancelled());
        assertThat(heard.changed).isEmpty();
        assertThat(replay.isCancelled(reference("r.1", 5))).isTrue();
        assertThat(replay.isCancelled(reference("r.2", 5))).isFalse();

        replay(1, fork("h.1", 6, 5));
        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceVoid());
        assertThat(replay.stream(PATH)).isEmpty();

        replay(2, sent("h.2", 7, forkCreation(origin(7, reference("r.2", 5)))));
        assertThat(heard.last()).isInstanceOf(Outcome.Created.class);
    }

    @Test
    void createBeforeItsCancellationStands() {
        replay(0, fork("g.1", 5, 5));
        Map<String, Object> before = replay.fingerprint();
        replay(1, cancel("g.2", 5, 5));

        assertThat(heard.last()).isEqualTo(new Outcome.ForkStands());
        assertThat(replay.isCancelled(reference("r.1", 5))).isFalse();
        assertThat(stream().begin()).isEqualTo(7);
        assertThat(replay.fingerprint().keySet()).isEqualTo(before.keySet());
    }

    /** It is remembered on whatever path it was cancelled, for its id names it. */
    @Test
    void cancellationDoesNotTouchWhatStands() {
        replay(0, sent("g.1", 1, creation()));
        replay(1, cancel("g.2", 5, 5));

        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceCancelled());
        assertThat(heard.changed).containsExactly(PATH);
        replay(2, sent("g.3", 6, delete("g.1")));
        replay(3, fork("h.1", 7, 5));
        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceVoid());
    }

    /** Forgotten when a create with it would be too late by itself: at no time can one slip through. */
    @Test
    void cancellationIsRememberedForAnHourOfLogTime() {
        replay(0, cancel("g.1", 5, 5));
        replay(1, sent("g.2", 5 + HOUR, delete("x.1")));
        assertThat(replay.fingerprint()).containsEntry("cancelled r.1", 5L);
        replay(2, fork("h.1", 5 + HOUR, 5));
        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceVoid());

        replay(3, sent("g.3", 6 + HOUR, delete("x.1")));
        assertThat(replay.fingerprint()).doesNotContainKey("cancelled r.1");
        replay(4, fork("h.2", 6, 5)); // by a clock that is far behind: log time is what counts
        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceVoid());
        assertThat(replay.stream(PATH)).isEmpty();
    }

    @Test
    void cancellationOfALapsedReferenceIsNotRemembered() {
        replay(0, cancel("g.1", 6 + HOUR, 5));
        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceCancelled());
        assertThat(replay.fingerprint()).doesNotContainKey("cancelled r.1");
    }

    @Test
    void cancellationsDoNotPileUp() {
        for (int i = 0; i < 100; i++) {
            replay(i, sent("g." + (i + 1), i * HOUR / 10, new Operation.ForkCancel("r." + (i + 1), i * HOUR / 10)));
        }
        assertThat(replay.fingerprint().keySet())
                .filteredOn(key -> key.startsWith("cancelled"))
                .hasSize(11);
    }

    @Test
    void cancellationThatLandsTwiceIsAnAlarm() {
        replay(0, cancel("g.1", 5, 5));
        replay(1, fork("h.1", 6, 5));
        replay(2, cancel("g.1", 5, 5));

        assertThat(heard.last()).isEqualTo(new Outcome.CounterRegression(1));
    }

    // ---- setup, odd records

    @Test
    void firstSetupStands() {
        Operation.Setup first = new Operation.Setup(16, "/v1/stream");
        replay(0, new Sent(RecordCodec.SETUP_PATH, id("g.1"), 1, first));
        assertThat(heard.last()).isEqualTo(new Outcome.SetUp());

        replay(1, new Sent(RecordCodec.SETUP_PATH, id("g.2"), 1, new Operation.Setup(32, "/v1/stream")));
        assertThat(heard.last()).isEqualTo(new Outcome.SetUpBefore(false));
        replay(2, new Sent(RecordCodec.SETUP_PATH, id("g.3"), 1, first));
        assertThat(heard.last()).isEqualTo(new Outcome.SetUpBefore(true));

        assertThat(replay.setup()).contains(first);
    }

    @Test
    void oddRecordsAreVoidAndCounted() {
        replay(0, sent("g.1", 1, creation()));
        Map<String, Object> before = replay.fingerprint();

        replay(foreign(1, 9, "x"));
        replay(broken(2));
        assertThat(heard.odd).hasSize(2);
        replay(foreign(3, 9, null)); // a tombstone is no surprise in a shared topic
        assertThat(heard.odd).hasSize(2);

        assertThat(replay.fingerprint()).isEqualTo(before);
        assertThat(replay.position()).isEqualTo(4);
    }

    @Test
    void unknownRulesStopTheReplayAndChangeNothing() {
        replay(0, sent("g.1", 1, creation()));
        LogRecord beyond = new LogRecord(1, 9, null, List.of(new Header("ds-v", "2".getBytes(UTF_8))), new byte[0]);
        Map<String, Object> before = replay.fingerprint();

        assertThatExceptionOfType(BeyondThisBuild.class).isThrownBy(() -> replay(beyond));
        assertThatExceptionOfType(BeyondThisBuild.class).isThrownBy(() -> replay(beyond));
        assertThat(replay.position()).isEqualTo(1);
        assertThat(replay.fingerprint()).isEqualTo(before);
        assertThat(heard.odd).isEmpty();
    }
}
