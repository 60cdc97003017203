package io.millrace.mapping.read;

import io.millrace.mapping.judge.Judge;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.ReplayedStream;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
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
    record Range(Retained stream, long start, int from, int to, long end) implements ReadPlan {

        /** Whether nothing comes after it. */
        public boolean reachesTail() {
            return end == stream.tail();
        }
    }

    /** Nothing is there yet at the position asked for, which is the tail. */
    record AtTail(Retained stream) implements ReadPlan {}

    /**
     * A source has nothing for its fork from {@code start} up to {@code end}, where the fork's part of it ends.
     *
     * @param start stream position that was asked for
     */
    record Passed(Retained stream, long start, long end) implements ReadPlan {}

    /** What is asked for lies below the position at which the fork begins: its source has it. */
    record Inherited(Retained stream, ForkOrigin origin) implements ReadPlan {}

    /** Nothing stands at the path (404). */
    record NoSuchStream() implements ReadPlan {}

    /** The stream has ended, and is kept for forks only (410). */
    record Ended() implements ReadPlan {}

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
            case Inherited _, Passed _ -> false;
            case AtTail _, NoSuchStream _, Ended _, BeyondTail _, Gone _ -> true;
        };
    }

    /**
     * Plans a client's read.
     *
     * @param chunkBytes about how many bytes of values to serve at most; one record is always served
     * @param nowMillis  the gateway's clock, epoch milliseconds: a stream whose time is over is not served
     */
    static ReadPlan of(Optional<ReplayedStream> replayed, RequestedOffset requested, long chunkBytes, long nowMillis) {
        if (replayed.isEmpty()) {
            return new NoSuchStream();
        }
        return switch (Judge.live(replayed.get().state(), nowMillis)) {
            case Absent() -> new NoSuchStream();
            case SoftDeleted _ -> new Ended();
            case Standing standing -> of(standing, replayed.get().index(), requested, chunkBytes);
        };
    }

    /**
     * Plans a fork's read of what it inherits from the life {@code source}, whatever has become of its stream. What lies
     * at {@code limit} and above is not the fork's; a replay that has not come so far is behind the log.
     */
    static ReadPlan ofSource(
            Optional<ReplayedStream> replayed,
            Incarnation source,
            RequestedOffset requested,
            long limit,
            long chunkBytes) {
        if (replayed.isEmpty()
                || !(replayed.get().state() instanceof Retained retained)
                || !retained.incarnation().equals(source)) {
            return new NoSuchStream();
        }
        OffsetIndex index = replayed.get().index();
        return switch (of(retained, index, requested, chunkBytes)) {
            case Range range -> below(range, index, limit);
            case AtTail _ -> new Passed(retained, start(requested, retained), limit);
            case ReadPlan other -> other;
        };
    }

    /** The stream position at which a read of what {@code stream} has itself begins. */
    static long start(RequestedOffset requested, Retained stream) {
        return switch (requested) {
            case RequestedOffset.Beginning() -> stream.begin();
            case RequestedOffset.Now() -> stream.tail();
            case RequestedOffset.At(OffsetToken token) -> token.position();
        };
    }

    private static ReadPlan below(Range range, OffsetIndex index, long limit) {
        Retained stream = range.stream();
        int most = index.from(stream.offset(limit));
        if (range.from() >= most) {
            return new Passed(stream, range.start(), limit);
        }
        return range.to() < most ? range : new Range(stream, range.start(), range.from(), most, limit);
    }

    private static ReadPlan of(Retained stream, OffsetIndex index, RequestedOffset requested, long chunkBytes) {
        return switch (requested) {
            case RequestedOffset.Beginning() -> {
                Optional<ForkOrigin> origin = stream.configuration().origin();
                yield origin.isPresent()
                        ? new Inherited(stream, origin.get())
                        : from(stream, index, stream.begin(), chunkBytes);
            }
            case RequestedOffset.Now() -> new AtTail(stream);
            case RequestedOffset.At(OffsetToken token) -> {
                // Beyond the tail comes first: a token that never was is the client's fault, whatever its tag.
                if (token.position() > stream.tail()) {
                    yield new BeyondTail(stream.token(stream.tail()));
                }
                Optional<ForkOrigin> origin = stream.configuration().origin();
                if (token.position() < stream.begin() && origin.isPresent()) {
                    yield new Inherited(stream, origin.get());
                }
                if (token.position() < stream.begin()
                        || !stream.token(token.position()).equals(token)) {
                    yield new Gone(earliest(stream));
                }
                yield from(stream, index, token.position(), chunkBytes);
            }
        };
    }

    /** Where a fork begins for its readers only its sources know; every stream takes the zero token for it. */
    private static OffsetToken earliest(Retained stream) {
        return stream.configuration().origin().isPresent() ? OffsetToken.ZERO : stream.token(stream.begin());
    }

    private static ReadPlan from(Retained stream, OffsetIndex index, long position, long chunkBytes) {
        int from = index.from(stream.offset(position));
        if (from == index.count()) {
            return new AtTail(stream);
        }
        int to = index.chunkEnd(from, chunkBytes);
        return new Range(stream, position, from, to, stream.position(index.offset(to - 1)) + 1);
    }
}
