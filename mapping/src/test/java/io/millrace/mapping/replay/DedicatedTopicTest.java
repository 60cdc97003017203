package io.millrace.mapping.replay;

import static io.millrace.mapping.ForkSamples.forkCreation;
import static io.millrace.mapping.ForkSamples.forkRef;
import static io.millrace.mapping.ForkSamples.forkUnref;
import static io.millrace.mapping.ForkSamples.origin;
import static io.millrace.mapping.ForkSamples.reference;
import static io.millrace.mapping.Samples.JSON;
import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.OTHER_PATH;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.close;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.expire;
import static io.millrace.mapping.Samples.foreign;
import static io.millrace.mapping.Samples.id;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.sliding;
import static io.millrace.mapping.Samples.stamp;
import static io.millrace.mapping.Samples.touch;
import static io.millrace.mapping.Samples.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.Samples.Heard;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplay.BeyondThisBuild;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DedicatedTopicTest {

    private static final StreamConfiguration JSON_STREAM = new StreamConfiguration(JSON, new Expiry.Never());

    private final PartitionReplay replay = new PartitionReplay(TopicKind.DEDICATED, 0);
    private final Heard heard = new Heard();

    private void replay(LogRecord record) {
        replay.replay(record, heard);
    }

    private void replay(long offset, Sent sent) {
        replay(record(offset, sent));
    }

    private static Operation.Create created(StreamConfiguration configuration) {
        return new Operation.Create(configuration, Payload.NONE, false);
    }

    // ---- native data

    static Stream<Arguments> nativeData() {
        return Stream.of(
                argumentSet("a live stream", creation(), "x", true),
                argumentSet("a live stream, empty value", creation(), "", false),
                argumentSet("a live stream, null value", creation(), null, false),
                argumentSet("a JSON stream, JSON", created(JSON_STREAM), "{\"a\":1.0}", true),
                argumentSet("a JSON stream, an array is one message", created(JSON_STREAM), "[1,2]", true),
                argumentSet("a JSON stream, not JSON", created(JSON_STREAM), "{", false),
                argumentSet("a JSON stream, two values", created(JSON_STREAM), "1 2", false),
                argumentSet("a JSON stream, empty value", created(JSON_STREAM), "", false),
                argumentSet("a closed stream", new Operation.Create(JSON_STREAM, Payload.NONE, true), "1", false),
                argumentSet("an expired stream", created(until(1_500)), "x", false),
                argumentSet("an idle stream", created(sliding(0)), "x", false));
    }

    @ParameterizedTest
    @MethodSource
    void nativeData(Operation.Create create, @Nullable String value, boolean visible) {
        replay(0, sent("g.1", 1_000, create));
        replay(foreign(1, 2_000, value));

        if (visible) {
            assertThat(heard.visible).containsExactly("1 " + value);
            assertThat(heard.odd).isEmpty();
            assertThat(heard.changed).containsExactly(PATH, PATH);
        } else {
            assertThat(heard.visible).isEmpty();
            assertThat(heard.odd).hasSize(1);
        }
        assertThat(replay.position()).isEqualTo(2);
    }

    @Test
    void nativeDataBeforeTheCreateIsVoid() {
        replay(foreign(0, 1_000, "early"));
        replay(1, sent("g.1", 1_000, creation()));

        assertThat(heard.visible).isEmpty();
        assertThat(heard.odd).hasSize(1);
        assertThat(replay.state(PATH)).isInstanceOfSatisfying(Standing.class, stream -> assertThat(stream.begin())
                .isEqualTo(1));
    }

    @Test
    void nativeDataAfterTheDeleteIsVoid() {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("g.2", 1_000, delete("g.1")));
        replay(foreign(2, 1_000, "late"));

        assertThat(heard.visible).isEmpty();
        assertThat(heard.odd).hasSize(1);
    }

    @Test
    void nativeDataAfterACloseIsVoid() {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("g.2", 1_000, close("g.1", NOBODY)));
        replay(foreign(2, 1_000, "late"));

        assertThat(heard.visible).isEmpty();
        assertThat(heard.odd).hasSize(1);
    }

    @Test
    void nativeDataIsAnAccessAndAdvancesNoLogTime() {
        replay(0, sent("g.1", 1_000, created(sliding(10))));
        replay(foreign(1, 8_000, "x"));
        assertThat(replay.logTimeMillis()).isEqualTo(1_000);

        replay(2, sent("g.2", 8_000 + 10_000, append("g.1", "y")));
        assertThat(heard.visible).containsExactly("1 x", "2 y");
    }

    @Test
    void nativeClockOutOfBoundsOverflowsNothing() {
        replay(0, sent("g.1", 1_000, created(sliding(Expiry.Sliding.MOST_SECONDS))));
        replay(foreign(1, Long.MAX_VALUE, "x"));
        replay(foreign(2, Long.MIN_VALUE, "y"));
        replay(3, sent("g.2", 2_000, append("g.1", "z")));

        assertThat(heard.visible).containsExactly("1 x", "2 y", "3 z");
    }

    // ---- the owner

    @Test
    void topicBelongsToOnePathAtATime() {
        replay(0, sent("g.1", 1_000, creation()));
        assertThat(replay.owner()).contains(PATH);

        replay(1, new Sent(OTHER_PATH, id("g.2"), 1_000, creation()));
        assertThat(heard.last()).isEqualTo(new Outcome.TopicTaken(PATH));
        assertThat(replay.stream(OTHER_PATH)).isEmpty();

        replay(2, new Sent(OTHER_PATH, id("g.3"), 1_000, delete("g.1")));
        assertThat(heard.last()).isEqualTo(new Outcome.TopicTaken(PATH));
        assertThat(replay.owner()).contains(PATH);

        replay(3, sent("g.4", 1_000, delete("g.1")));
        assertThat(replay.owner()).isEmpty();
        replay(4, new Sent(OTHER_PATH, id("g.5"), 1_000, creation()));
        assertThat(replay.owner()).contains(OTHER_PATH);
    }

    // ---- the reset

    private static PartitionReplay load(List<LogRecord> records, long from) {
        PartitionReplay fresh = new PartitionReplay(TopicKind.DEDICATED, from);
        records.stream().filter(record -> record.offset() >= from).forEach(record -> fresh.replay(record, new Heard()));
        return fresh;
    }

    /** DESIGN.md 8: a load that begins at the record that ended the stream agrees with a replica that saw all. */
    static Stream<Arguments> ends() {
        List<LogRecord> life = List.of(
                record(0, sent("g.1", 1_000, created(sliding(1)))),
                record(1, sent("g.2", 1_000, append("g.1", "x", stamp(0, 0)))),
                record(2, sent("h.7", 1_500, touch("g.1"))),
                foreign(3, 1_600, "y"));
        List<LogRecord> next = List.of(
                record(5, sent("g.4", 9_100, creation())),
                record(6, sent("i.1", 9_200, append("g.4", "z", stamp(0, 0)))));
        return Stream.of(
                argumentSet("delete", life, record(4, sent("g.3", 1_700, delete("g.1"))), next),
                argumentSet("expire", life, record(4, sent("g.3", 9_000, expire("g.1"))), next),
                argumentSet("delete of nothing", List.of(), record(4, sent("g.3", 1_700, delete("x.1"))), next),
                argumentSet(
                        "delete of another life, after the end",
                        List.of(life.get(0), record(2, sent("h.7", 1_500, delete("g.1")))),
                        record(4, sent("g.3", 1_700, delete("x.1"))),
                        next));
    }

    @ParameterizedTest
    @MethodSource
    void ends(List<LogRecord> life, LogRecord end, List<LogRecord> next) {
        List<LogRecord> all = new java.util.ArrayList<>(life);
        all.add(end);
        PartitionReplay live = load(all, 0);
        assertThat(live.emptiedAt()).hasValue(4);
        assertThat(load(all, 4).fingerprint()).isEqualTo(live.fingerprint());

        all.addAll(next);
        assertThat(load(all, 4).fingerprint()).isEqualTo(load(all, 0).fingerprint());
        assertThat(load(all, 4).owner()).contains(PATH);
    }

    /** Else a fork's create that comes too late could find itself in time again. */
    @Test
    void anEndBehindTheLogsTimeResetsNothing() {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("g.2", 999, delete("g.1")));

        assertThat(replay.owner()).isEmpty();
        assertThat(replay.logTimeMillis()).isEqualTo(1_000);
        assertThat(replay.emptiedAt()).isEmpty();
    }

    /** A stream that forks held ends with the last of them. */
    @Test
    void lastForkEmptiesTheTopic() {
        List<LogRecord> all = List.of(
                record(0, sent("g.1", 1_000, creation())),
                record(1, sent("h.7", 1_100, forkRef("g.1", OTHER_PATH))),
                record(2, sent("g.2", 1_200, delete("g.1"))),
                record(3, sent("g.3", 1_300, forkUnref("g.1", "h.7"))));
        PartitionReplay held = load(all.subList(0, 3), 0);
        assertThat(held.emptiedAt()).isEmpty();
        assertThat(held.owner()).contains(PATH);
        assertThat(held.softDeleted()).containsExactly(PATH);

        PartitionReplay live = load(all, 0);
        assertThat(live.emptiedAt()).hasValue(3);
        assertThat(live.owner()).isEmpty();
        assertThat(live.fingerprint()).isEqualTo(load(all, 3).fingerprint()).containsOnlyKeys("counter g", "log time");
    }

    /** What is void by itself resets as well, as long as no stream stands. */
    @Test
    void forkUnrefOfNothingResets() {
        List<LogRecord> all = List.of(
                record(0, sent("h.1", 9_000, touch("x.1"))), record(4, sent("g.3", 9_000, forkUnref("x.1", "x.2"))));

        assertThat(load(all, 0).emptiedAt()).hasValue(4);
        assertThat(load(all, 4).fingerprint()).isEqualTo(load(all, 0).fingerprint());
    }

    @Test
    void soonerUnrefThanDeleteResetsOnce() {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("g.2", 1_000, forkRef("g.1", OTHER_PATH)));
        replay(2, sent("g.3", 1_000, forkUnref("g.1", "g.2")));
        assertThat(replay.emptiedAt()).isEmpty();

        replay(3, sent("g.4", 1_000, delete("g.1")));
        assertThat(replay.emptiedAt()).hasValue(3);
    }

    /** Stream operations on other paths, while a stream is kept for forks; to cancel a reference needs no topic. */
    static Stream<Arguments> whileSoftDeleted() {
        Outcome taken = new Outcome.TopicTaken(PATH);
        return Stream.of(
                argumentSet("create", creation(), taken),
                argumentSet("create of a fork", forkCreation(origin(7, reference("r.1", 1_000))), taken),
                argumentSet("create of a cancelled fork", forkCreation(origin(7, reference("r.2", 1_000))), taken),
                argumentSet("append", append("g.1", "x"), taken),
                argumentSet("delete", delete("g.1"), taken),
                argumentSet("fork-ref", forkRef("g.1", PATH), taken),
                argumentSet("fork-unref", forkUnref("g.1", "g.2"), taken),
                argumentSet("fork-cancel", new Operation.ForkCancel("r.1", 1_000), new Outcome.ReferenceCancelled()));
    }

    @ParameterizedTest
    @MethodSource
    void whileSoftDeleted(Operation operation, Outcome expected) {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("g.2", 1_000, forkRef("g.1", OTHER_PATH)));
        replay(2, sent("g.3", 1_000, new Operation.ForkCancel("r.2", 1_000)));
        replay(3, sent("g.4", 1_000, delete("g.1")));
        replay(4, new Sent(OTHER_PATH, id("g.5"), 1_000, operation));

        assertThat(heard.last()).isEqualTo(expected);
        assertThat(replay.owner()).contains(PATH);
        assertThat(replay.emptiedAt()).isEmpty();
        replay(foreign(5, 1_000, "x"));
        assertThat(heard.visible).isEmpty();
        assertThat(heard.odd).hasSize(1);
    }

    /** The trap: a create that was under way would find its cancellation forgotten, and its source's data gone. */
    @Test
    void nothingIsForgottenWhileACancellationIsRemembered() {
        replay(0, sent("g.1", 1_000, new Operation.ForkCancel("r.1", 1_000)));
        replay(1, sent("g.2", 1_001, creation()));
        replay(2, sent("g.3", 1_002, delete("g.2")));
        assertThat(replay.emptiedAt()).isEmpty();
        assertThat(replay.owner()).isEmpty();
        assertThat(replay.isCancelled(reference("r.1", 1_000))).isTrue();

        replay(3, sent("h.1", 1_003, forkCreation(origin(7, reference("r.1", 1_000)))));
        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceVoid());

        replay(4, sent("g.4", 1_001 + ForkOrigin.REFERENCE_MILLIS, expire("x.1")));
        assertThat(replay.emptiedAt()).hasValue(4);
        assertThat(replay.fingerprint()).containsOnlyKeys("counter g", "log time");
    }

    @Test
    void forkStandsInADedicatedTopicAtItsSourcesPositions() {
        replay(0, sent("g.1", 1_000, forkCreation(origin(700, reference("r.1", 1_000)))));
        replay(foreign(1, 1_000, "x"));
        replay(2, sent("g.2", 1_000, append("g.1", "y")));

        assertThat(heard.visible).containsExactly("1 x", "2 y");
        assertThat(replay.owner()).contains(PATH);
        assertThat(replay.state(PATH)).isInstanceOfSatisfying(Standing.class, fork -> {
            assertThat(fork.begin()).isEqualTo(700);
            assertThat(fork.tail()).isEqualTo(703);
        });
        replay(3, sent("g.3", 1_000, delete("g.1")));
        assertThat(heard.last())
                .isEqualTo(new Outcome.Deleted(new Outcome.Release(Optional.of(origin(700, reference("r.1", 1_000))))));
        assertThat(replay.emptiedAt()).hasValue(3);
    }

    @Test
    void endByAClockBehindTheLogResetsNothing() {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("h.1", 1_500, touch("g.1")));
        replay(2, sent("g.2", 1_499, delete("g.1")));

        assertThat(replay.emptiedAt()).isEmpty();
        assertThat(replay.logTimeMillis()).isEqualTo(1_500);

        replay(3, sent("g.3", 1_500, delete("g.1")));

        assertThat(replay.emptiedAt()).hasValue(3);
    }

    /** A cancelled reference is forgotten after its hour, which must not begin again with a reset. */
    @Test
    void cancelledReferenceIsNoGoodAfterAReset() {
        long lapsed = 1_000 + ForkOrigin.REFERENCE_MILLIS;
        StreamConfiguration fork = JSON_STREAM.with(new ForkOrigin(
                OTHER_PATH,
                Optional.of(new ForkOrigin.Reference(Incarnation.of("s.1"), "c.1", 1_000)),
                5,
                7,
                0,
                new ForkOrigin.Requested(Optional.empty(), 0),
                true));
        replay(0, sent("g.1", 2_000, new Operation.ForkCancel("c.1", 1_000)));
        replay(1, sent("g.2", lapsed + 500, creation()));
        replay(2, sent("h.1", lapsed - 500, delete("g.2")));

        replay(3, sent("c.2", lapsed - 200, created(fork)));

        assertThat(heard.last()).isEqualTo(new Outcome.ReferenceVoid());
    }

    @Test
    void recordThatLandsTwiceResetsNothing() {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("g.2", 1_000, delete("g.1")));
        replay(2, sent("g.3", 1_000, touch("g.1")));
        replay(3, sent("g.2", 1_000, delete("g.1")));

        assertThat(heard.last()).isEqualTo(new Outcome.CounterRegression(3));
        assertThat(replay.emptiedAt()).hasValue(1);
    }

    @Test
    void nothingIsEmptiedWhileAStreamStands() {
        replay(0, sent("g.1", 1_000, creation()));
        replay(1, sent("g.2", 1_000, delete("x.1")));
        replay(2, sent("g.3", 1_000, expire("g.1")));

        assertThat(replay.emptiedAt()).isEmpty();
    }

    // ---- what must not be served

    static Stream<Arguments> rootless() {
        return Stream.of(
                argumentSet("an append", record(5, sent("g.1", 1, append("g.1", "x")))),
                argumentSet("a fork-ref", record(5, sent("g.1", 1, forkRef("x.1", OTHER_PATH)))),
                argumentSet("a fork-cancel", record(5, sent("g.1", 1, new Operation.ForkCancel("r.1", 1)))),
                argumentSet("a create", record(5, sent("g.1", 1, creation()))),
                argumentSet("native data", foreign(5, 1, "x")),
                argumentSet(
                        "a broken record",
                        new LogRecord(5, 1, null, List.of(new Header("ds-v", "1".getBytes(UTF_8))), new byte[0])));
    }

    /** Retention, or an operator, took the beginning: wrong data is worse than none. */
    @ParameterizedTest
    @MethodSource
    void rootless(LogRecord first) {
        PartitionReplay fresh = new PartitionReplay(TopicKind.DEDICATED, 5);
        assertThatExceptionOfType(BeyondThisBuild.class).isThrownBy(() -> fresh.replay(first, heard));

        PartitionReplay afterAGap = new PartitionReplay(TopicKind.DEDICATED, 4);
        afterAGap.skipTo(5);
        assertThatExceptionOfType(BeyondThisBuild.class).isThrownBy(() -> afterAGap.replay(first, heard));
        assertThat(afterAGap.position()).isEqualTo(5);
    }

    @Test
    void setupOfASharedTopicMeansThatTheRulesDisagree() {
        Sent setup = new Sent(RecordCodec.SETUP_PATH, id("g.1"), 1, new Operation.Setup(16, "/v1/stream"));

        assertThatExceptionOfType(BeyondThisBuild.class).isThrownBy(() -> replay(0, setup));
    }
}
