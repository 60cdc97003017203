package io.millrace.mapping.read;

import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.close;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.touch;
import static io.millrace.mapping.Samples.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.Samples.Heard;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReadPlanTest {

    private static final RequestedOffset BEGINNING = new RequestedOffset.Beginning();
    private static final long TAG = Incarnation.of("g.1").tag();
    private static final long FORMER = Incarnation.of("f.1").tag();

    private final PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 10);
    private long offset = 10;

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
            from = new RequestedOffset.At(ReadPlan.token(range.stream(), range.end()));
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
        OffsetToken former = ReadPlan.token(stream(), 13);
        write(delete("g.1"));
        write(creation());
        write(append("g.10", "d"));

        assertThat(stream().incarnation().id()).isEqualTo("g.10");
        assertThat(plan(new RequestedOffset.At(former), 9)).isEqualTo(new ReadPlan.Gone(ReadPlan.token(stream(), 19)));
    }
}
