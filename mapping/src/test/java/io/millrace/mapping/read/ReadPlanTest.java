package io.millrace.mapping.read;

import static io.millrace.mapping.ForkSamples.forkCreation;
import static io.millrace.mapping.ForkSamples.forkRef;
import static io.millrace.mapping.ForkSamples.origin;
import static io.millrace.mapping.ForkSamples.reference;
import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.OTHER_PATH;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.close;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.touch;
import static io.millrace.mapping.Samples.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.ForkSamples;
import io.millrace.mapping.Samples.Heard;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReadPlanTest {

    private static final RequestedOffset BEGINNING = new RequestedOffset.Beginning();
    private static final long TAG = Incarnation.of("g.1").tag();
    private static final long FORMER = Incarnation.of("f.1").tag();

    private final PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
    private long offset = 10;

    @BeforeEach
    void beginFurtherOn() {
        replay.skipTo(offset);
    }

    /** Writes at the next offset. */
    private void write(Operation operation) {
        replay.replay(record(offset, sent("g." + (offset - 9), 1_000, operation)), new Heard());
        offset++;
    }

    private ReadPlan plan(RequestedOffset from, long chunkBytes) {
        return ReadPlan.of(replay.stream(PATH), from, chunkBytes, 1_000);
    }

    private static RequestedOffset at(long position, long tag) {
        return new RequestedOffset.At(new OffsetToken(position, tag));
    }

    private Standing stream() {
        return (Standing) replay.state(PATH);
    }

    /** Records of one byte at 12, 13 and 16; nothing visible at 10, 11, 14, 15 and 17. */
    private void threeRecords() {
        write(creation());
        write(touch("g.1"));
        write(append("g.1", "a"));
        write(append("g.1", "b"));
        write(append("x.1", "void"));
        write(creation());
        write(append("g.1", "c"));
        write(touch("g.1"));
    }

    static Stream<Arguments> ranges() {
        return Stream.of(
                argumentSet("the beginning", BEGINNING, 9L, 10L, 0, 3, 17L),
                argumentSet("the beginning, as a token", at(10, TAG), 9L, 10L, 0, 3, 17L),
                argumentSet("a void record's position", at(11, TAG), 9L, 11L, 0, 3, 17L),
                argumentSet("the first record's position", at(12, TAG), 9L, 12L, 0, 3, 17L),
                argumentSet("after the first", at(13, TAG), 9L, 13L, 1, 3, 17L),
                argumentSet("in a gap", at(15, TAG), 9L, 15L, 2, 3, 17L),
                argumentSet("a chunk of two", BEGINNING, 2L, 10L, 0, 2, 14L),
                argumentSet("a chunk that is smaller than a record", BEGINNING, 0L, 10L, 0, 1, 13L));
    }

    @ParameterizedTest
    @MethodSource
    void ranges(RequestedOffset from, long chunkBytes, long start, int first, int end, long endPosition) {
        threeRecords();

        assertThat(plan(from, chunkBytes)).isEqualTo(new ReadPlan.Range(stream(), start, first, end, endPosition));
        assertThat(plan(from, chunkBytes).needsBarrier()).isEqualTo(endPosition == 17);
    }

    /** The token after a record is that record's position + 1, so chunk follows chunk without a gap. */
    @Test
    void chunksFollowEachOther() {
        threeRecords();
        StringBuilder seen = new StringBuilder();
        RequestedOffset from = BEGINNING;
        while (plan(from, 1) instanceof ReadPlan.Range range) {
            for (int i = range.from(); i < range.to(); i++) {
                seen.append(replay.stream(PATH).orElseThrow().index().offset(i)).append(' ');
            }
            from = new RequestedOffset.At(range.stream().token(range.end()));
        }
        assertThat(seen).hasToString("12 13 16 ");
        assertThat(plan(from, 1)).isEqualTo(new ReadPlan.AtTail(stream()));
    }

    static Stream<Arguments> tails() {
        return Stream.of(argumentSet("now", new RequestedOffset.Now()), argumentSet("the tail's token", at(17, TAG)));
    }

    @ParameterizedTest
    @MethodSource
    void tails(RequestedOffset from) {
        threeRecords();

        assertThat(plan(from, 9)).isEqualTo(new ReadPlan.AtTail(stream()));
        assertThat(plan(from, 9).needsBarrier()).isTrue();
    }

    @Test
    void emptyStreamIsAtItsTail() {
        write(creation());

        assertThat(plan(BEGINNING, 9)).isEqualTo(new ReadPlan.AtTail(stream()));
        assertThat(plan(at(10, TAG), 9)).isEqualTo(new ReadPlan.AtTail(stream()));
    }

    /** DESIGN.md 5: beyond the tail is 400 whatever the tag; then a foreign tag, or below the beginning, is 410. */
    static Stream<Arguments> refusals() {
        ReadPlan beyond = new ReadPlan.BeyondTail(new OffsetToken(17, TAG));
        ReadPlan gone = new ReadPlan.Gone(new OffsetToken(10, TAG));
        return Stream.of(
                argumentSet("beyond the tail", at(18, TAG), beyond),
                argumentSet("beyond the tail, with a former tag", at(18, FORMER), beyond),
                argumentSet("the largest that there is", at(OffsetToken.MAX, OffsetToken.MAX), beyond),
                argumentSet("the tail, with a former tag", at(17, FORMER), gone),
                argumentSet("a record, with a former tag", at(12, FORMER), gone),
                argumentSet("below the beginning, with a former tag", at(3, FORMER), gone),
                argumentSet("below the beginning", at(9, TAG), gone),
                argumentSet("a position with the tag of nothing", at(12, 0), gone));
    }

    @ParameterizedTest
    @MethodSource
    void refusals(RequestedOffset from, ReadPlan expected) {
        threeRecords();

        assertThat(plan(from, 9)).isEqualTo(expected);
        assertThat(expected.needsBarrier()).isTrue();
    }

    @Test
    void closedStreamReadsLikeAnyOther() {
        threeRecords();
        write(close("g.1", NOBODY));

        assertThat(plan(BEGINNING, 9)).isEqualTo(new ReadPlan.Range(stream(), 10, 0, 3, 17));
        assertThat(plan(at(17, TAG), 9)).isEqualTo(new ReadPlan.AtTail(stream()));
    }

    @Test
    void deletedStreamIsNone() {
        threeRecords();
        write(delete("g.1"));

        assertThat(plan(BEGINNING, 9)).isEqualTo(new ReadPlan.NoSuchStream());
        assertThat(plan(at(12, TAG), 9).needsBarrier()).isTrue();
    }

    @Test
    void streamWhoseTimeIsOverByTheClockIsNone() {
        write(new Operation.Create(until(5_000), Payload.NONE, false));

        assertThat(ReadPlan.of(replay.stream(PATH), BEGINNING, 9, 5_000)).isEqualTo(new ReadPlan.AtTail(stream()));
        assertThat(ReadPlan.of(replay.stream(PATH), BEGINNING, 9, 5_001)).isEqualTo(new ReadPlan.NoSuchStream());
    }

    /** The trap: positions of a former life are below those of the next one, and mean nothing there. */
    @Test
    void tokenOfAFormerLifeIsGone() {
        threeRecords();
        OffsetToken former = stream().token(13);
        write(delete("g.1"));
        write(creation());
        write(append("g.10", "d"));

        assertThat(stream().incarnation().id()).isEqualTo("g.10");
        assertThat(plan(new RequestedOffset.At(former), 9))
                .isEqualTo(new ReadPlan.Gone(stream().token(19)));
    }

    // ---- forks

    private static final ForkOrigin ORIGIN = origin(70, reference("r.1", 1_000));
    private static final long SOURCE_TAG = ForkSamples.SOURCE_LIFE.tag();

    /** A fork at position 70, with records of one byte at 71 and 73: Kafka offsets 11 and 13. */
    private void fork() {
        write(forkCreation(ORIGIN));
        write(append("g.1", "a"));
        write(touch("g.1"));
        write(append("g.1", "b"));
    }

    private ReadPlan inherited() {
        return new ReadPlan.Inherited(stream(), ORIGIN);
    }

    private ReadPlan range(long start, int from, int to, long end) {
        return new ReadPlan.Range(stream(), start, from, to, end);
    }

    /** PROTOCOL.md 4.2 and 8: what is below the fork position is the source's, whatever its tag may come to there. */
    @Test
    void readsOfAForkBelowItsBeginningAreItsSources() {
        fork();

        assertThat(plan(BEGINNING, 9)).isEqualTo(inherited());
        assertThat(plan(at(0, SOURCE_TAG), 9)).isEqualTo(inherited());
        assertThat(plan(at(69, SOURCE_TAG), 9)).isEqualTo(inherited());
        assertThat(plan(at(69, FORMER), 9)).isEqualTo(inherited());
        assertThat(plan(at(69, TAG), 9)).isEqualTo(inherited());
        assertThat(inherited().needsBarrier()).isFalse();
    }

    static Stream<Arguments> ownPartsOfAFork() {
        return Stream.of(
                argumentSet("the fork position, by the source's token", at(70, SOURCE_TAG), 9L, 70L, 0, 2, 74L),
                argumentSet("the first own position", at(71, TAG), 9L, 71L, 0, 2, 74L),
                argumentSet("a chunk of one", at(70, SOURCE_TAG), 1L, 70L, 0, 1, 72L),
                argumentSet("after the first", at(72, TAG), 9L, 72L, 1, 2, 74L));
    }

    @ParameterizedTest
    @MethodSource
    void ownPartsOfAFork(RequestedOffset from, long chunkBytes, long start, int first, int to, long end) {
        fork();

        assertThat(plan(from, chunkBytes)).isEqualTo(range(start, first, to, end));
    }

    static Stream<Arguments> refusalsOfAFork() {
        ReadPlan beyond = new ReadPlan.BeyondTail(new OffsetToken(74, TAG));
        // what is left to read begins with what is inherited, not where the fork's own records do
        ReadPlan gone = new ReadPlan.Gone(OffsetToken.ZERO);
        return Stream.of(
                argumentSet("beyond the tail", at(75, TAG), beyond),
                argumentSet("beyond the tail, by the source's token", at(75, SOURCE_TAG), beyond),
                argumentSet("the fork position, by an own token", at(70, TAG), gone),
                argumentSet("the fork position, by a foreign token", at(70, FORMER), gone),
                argumentSet("above it, by the source's token", at(71, SOURCE_TAG), gone),
                argumentSet("the tail, by the source's token", at(74, SOURCE_TAG), gone));
    }

    @ParameterizedTest
    @MethodSource
    void refusalsOfAFork(RequestedOffset from, ReadPlan expected) {
        fork();

        assertThat(plan(from, 9)).isEqualTo(expected);
    }

    @Test
    void tailsOfAFork() {
        write(forkCreation(ORIGIN));
        assertThat(plan(new RequestedOffset.Now(), 9)).isEqualTo(new ReadPlan.AtTail(stream()));
        assertThat(plan(at(70, SOURCE_TAG), 9)).isEqualTo(new ReadPlan.AtTail(stream()));
        assertThat(plan(at(71, TAG), 9)).isEqualTo(new ReadPlan.BeyondTail(new OffsetToken(70, SOURCE_TAG)));
        assertThat(plan(BEGINNING, 9)).isEqualTo(inherited());

        write(append("g.1", "a"));
        assertThat(plan(at(72, TAG), 9)).isEqualTo(new ReadPlan.AtTail(stream()));
    }

    /** The part of the source's next record is the fork's own: it is of its create. */
    @Test
    void dataOfTheCreateStandsAtTheForkPosition() {
        write(new Operation.Create(ForkSamples.configuration(ORIGIN), payload("part"), false));

        assertThat(plan(at(70, SOURCE_TAG), 9)).isEqualTo(range(70, 0, 1, 71));
        assertThat(plan(at(71, TAG), 9)).isEqualTo(new ReadPlan.AtTail(stream()));
    }

    /** A fork at the very beginning of its source inherits nothing, and still begins with its token. */
    @Test
    void forkAtTheBeginningOfASource() {
        write(forkCreation(origin(0, reference("r.1", 1_000))));
        write(append("g.1", "a"));

        assertThat(plan(BEGINNING, 9)).isInstanceOf(ReadPlan.Inherited.class);
        assertThat(plan(at(0, SOURCE_TAG), 9)).isEqualTo(range(0, 0, 1, 2));
        assertThat(plan(at(0, TAG), 9)).isEqualTo(new ReadPlan.Gone(OffsetToken.ZERO));
    }

    @Test
    void softDeletedStreamHasEnded() {
        threeRecords();
        write(forkRef("g.1", OTHER_PATH));
        write(delete("g.1"));

        assertThat(plan(BEGINNING, 9)).isEqualTo(new ReadPlan.Ended());
        assertThat(plan(at(99, FORMER), 9)).isEqualTo(new ReadPlan.Ended());
        assertThat(new ReadPlan.Ended().needsBarrier()).isTrue();
    }

    @Test
    void streamWhoseTimeIsOverHasEndedWhereForksHoldIt() {
        write(new Operation.Create(until(5_000), Payload.NONE, false));
        write(forkRef("g.1", OTHER_PATH));

        assertThat(ReadPlan.of(replay.stream(PATH), BEGINNING, 9, 5_001)).isEqualTo(new ReadPlan.Ended());
    }

    // ---- sources, as their forks read them

    private ReadPlan source(RequestedOffset from, long limit, long chunkBytes) {
        return ReadPlan.ofSource(replay.stream(PATH), Incarnation.of("g.1"), from, limit, chunkBytes);
    }

    /** Records are at 12, 13 and 16. */
    static Stream<Arguments> cutAtTheLimit() {
        return Stream.of(
                argumentSet("all", BEGINNING, 17L, 9L, 10L, 0, 3, 17L),
                argumentSet("before the last", BEGINNING, 16L, 9L, 10L, 0, 2, 16L),
                argumentSet("in a gap", BEGINNING, 15L, 9L, 10L, 0, 2, 15L),
                argumentSet("after the second", BEGINNING, 14L, 9L, 10L, 0, 2, 14L),
                argumentSet("after the first", BEGINNING, 13L, 9L, 10L, 0, 1, 13L),
                argumentSet("a chunk that ends before it", BEGINNING, 16L, 1L, 10L, 0, 1, 13L),
                argumentSet("a chunk that ends there", BEGINNING, 15L, 2L, 10L, 0, 2, 15L),
                argumentSet("from within", at(13, TAG), 15L, 9L, 13L, 1, 2, 15L));
    }

    @ParameterizedTest
    @MethodSource
    void cutAtTheLimit(RequestedOffset from, long limit, long chunkBytes, long start, int first, int to, long end) {
        threeRecords();

        assertThat(source(from, limit, chunkBytes)).isEqualTo(range(start, first, to, end));
    }

    static Stream<Arguments> passed() {
        return Stream.of(
                argumentSet("nothing before the first record", BEGINNING, 12L, 10L, 12L),
                argumentSet("at the beginning", BEGINNING, 10L, 10L, 10L),
                argumentSet("in a gap", at(14, TAG), 16L, 14L, 16L),
                argumentSet("from the limit", at(13, TAG), 13L, 13L, 13L),
                argumentSet("from the tail", at(17, TAG), 17L, 17L, 17L));
    }

    @ParameterizedTest
    @MethodSource
    void passed(RequestedOffset from, long limit, long start, long end) {
        threeRecords();

        assertThat(source(from, limit, 9)).isEqualTo(new ReadPlan.Passed(stream(), start, end));
        assertThat(source(from, limit, 9).needsBarrier()).isFalse();
    }

    @Test
    void emptySourceIsPassed() {
        write(creation());

        assertThat(source(BEGINNING, 10, 9)).isEqualTo(new ReadPlan.Passed(stream(), 10, 10));
    }

    @Test
    void tokensOfOthersAreGoneInTheSourceToo() {
        threeRecords();

        assertThat(source(at(12, FORMER), 15, 9)).isEqualTo(new ReadPlan.Gone(new OffsetToken(10, TAG)));
        assertThat(source(at(9, TAG), 15, 9)).isEqualTo(new ReadPlan.Gone(new OffsetToken(10, TAG)));
    }

    /** What a fork inherits does not end with its source, nor with its source's time. */
    @Test
    void endedSourceIsReadAsBefore() {
        threeRecords();
        write(forkRef("g.1", OTHER_PATH));
        ReadPlan before = source(BEGINNING, 15, 9);
        write(delete("g.1"));

        assertThat(source(BEGINNING, 15, 9)).isInstanceOfSatisfying(ReadPlan.Range.class, after -> {
            assertThat(after.stream()).isEqualTo(replay.state(PATH)).isInstanceOf(SoftDeleted.class);
            assertThat(List.of(after.start(), (long) after.from(), (long) after.to(), after.end()))
                    .containsExactly(10L, 0L, 2L, 15L);
        });
        assertThat(before).isInstanceOf(ReadPlan.Range.class);
    }

    @Test
    void otherLifeIsNoSource() {
        threeRecords();

        assertThat(ReadPlan.ofSource(replay.stream(PATH), Incarnation.of("g.2"), BEGINNING, 15, 9))
                .isEqualTo(new ReadPlan.NoSuchStream());
        assertThat(ReadPlan.ofSource(Optional.empty(), Incarnation.of("g.1"), BEGINNING, 15, 9))
                .isEqualTo(new ReadPlan.NoSuchStream());
    }

    /** A fork that is a source: what is below its own beginning is its source's, as for its clients. */
    @Test
    void sourceThatIsAFork() {
        fork();

        assertThat(source(BEGINNING, 72, 9)).isEqualTo(inherited());
        assertThat(source(at(69, SOURCE_TAG), 72, 9)).isEqualTo(inherited());
        assertThat(source(at(70, SOURCE_TAG), 72, 9)).isEqualTo(range(70, 0, 1, 72));
        assertThat(source(at(70, SOURCE_TAG), 71, 9)).isEqualTo(new ReadPlan.Passed(stream(), 70, 71));
    }
}
