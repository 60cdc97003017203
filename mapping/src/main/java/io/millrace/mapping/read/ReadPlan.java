package io.millrace.mapping.read;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.ReplayedStream;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;

/** What a read from some offset gets, given what the replay knows of the stream. */
public sealed interface ReadPlan {

    /**
     * Records to serve.
     *
     * @param start  stream position that was asked for
     * @param from   first record, by its number in the stream's index
     * @param to     end of the records, exclusive, above {@code from}
     * @param end    stream position after the last of them
     */
    record Range(Standing stream, long start, int from, int to, long end) implements ReadPlan {

        /** Whether nothing comes after it. */
        public boolean reachesTail() {
            return end == stream.tail();
        }
    }

    /** Nothing is there yet at the position asked for, which is the tail. */
    record AtTail(Standing stream) implements ReadPlan {}

    /** Nothing stands at the path (404). */
    record NoSuchStream() implements ReadPlan {}

    /** The position is beyond the tail (400). */
    record BeyondTail(OffsetToken tail) implements ReadPlan {}

    /** The position belongs to a former life of the path, or its data is not retained (410). */
    record Gone(OffsetToken earliest) implements ReadPlan {}

    /**
     * Whether the answer says "this is all there is", in whatever form, and so must not rest on a replay that may be
     * behind the log.
     */
    default boolean needsBarrier() {
        return switch (this) {
            case Range range -> range.reachesTail();
            case AtTail _, NoSuchStream _, BeyondTail _, Gone _ -> true;
        };
    }

    /** The offset token of {@code position} in {@code stream}. */
    static OffsetToken token(Standing stream, long position) {
        return new OffsetToken(position, stream.incarnation().tag());
    }

    /**
     * Plans a read.
     *
     * @param chunkBytes about how many bytes of values to serve at most; one record is always served
     * @param nowMillis  the gateway's clock, epoch milliseconds: a stream whose time is over is not served
     */
    static ReadPlan of(Optional<ReplayedStream> replayed, RequestedOffset requested, long chunkBytes, long nowMillis) {
        if (replayed.isEmpty()) {
            return new NoSuchStream();
        }
        return switch (replayed.get().state()) {
            case Absent() -> new NoSuchStream();
            case Standing standing when standing.expiredAt(nowMillis) -> new NoSuchStream();
            case Standing standing ->
                switch (requested) {
                    case RequestedOffset.Beginning() ->
                        from(standing, replayed.get().index(), standing.begin(), chunkBytes);
                    case RequestedOffset.Now() -> new AtTail(standing);
                    case RequestedOffset.At(OffsetToken token) -> {
                        // Beyond the tail comes first: a token that never was is the client's fault, whatever its tag.
                        if (token.position() > standing.tail()) {
                            yield new BeyondTail(token(standing, standing.tail()));
                        }
                        if (token.tag() != standing.incarnation().tag() || token.position() < standing.begin()) {
                            yield new Gone(token(standing, standing.begin()));
                        }
                        yield from(standing, replayed.get().index(), token.position(), chunkBytes);
                    }
                };
        };
    }

    private static ReadPlan from(Standing standing, OffsetIndex index, long position, long chunkBytes) {
        int from = index.from(position);
        if (from == index.count()) {
            return new AtTail(standing);
        }
        int to = index.chunkEnd(from, chunkBytes);
        return new Range(standing, position, from, to, index.offset(to - 1) + 1);
    }
}
