package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.existing.Caching;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.Lineage;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads of forks, stitched from what their sources hold and what they have themselves (PROTOCOL.md 4.2). Nothing is
 * copied: a part comes from the partition that has it, source by source down to the one where the read begins, and up
 * again as far as the chunk goes.
 */
final class ForkReader {

    /** Where the parts come from. */
    interface Parts {

        /** What the stream at a path has itself, as one client's read of it. */
        Piece own(RequestedOffset from, long bytes, Predicate<Chunk> has) throws LogFailure, InterruptedException;

        /** What the source of a fork has, itself, below {@code limit}. */
        Inheritance inherited(ForkOrigin origin, RequestedOffset from, long limit, long bytes)
                throws LogFailure, InterruptedException;

        /** Waits until this gateway knows what the stream at the path is by now. */
        void refresh() throws LogFailure, InterruptedException;
    }

    /**
     * A part of a fork's source.
     *
     * @param caching who may keep it
     * @param variant tells apart what the same records look like under other rules; empty for a managed stream
     */
    record Inheritance(Piece piece, Caching caching, String variant) {

        /** A part of a managed stream. */
        static Inheritance managed(Piece piece) {
            return new Inheritance(piece, Caching.PUBLIC, "");
        }
    }

    /** A source, and the position up to which the fork above it inherits. */
    private record Level(ForkOrigin origin, long limit) {

        /** The token at which the fork above begins, where it inherits all that this source was forked for. */
        OffsetToken begin() {
            return new OffsetToken(origin.position(), origin.tag());
        }
    }

    private final Parts parts;
    private final long chunkBytes;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final List<WireRecord> records = new ArrayList<>();
    private final List<Lineage.Part> lineage = new ArrayList<>();
    private Optional<Long> start = Optional.empty();
    private Caching caching = Caching.PUBLIC;
    private String variant = "";
    private long bytes;

    private ForkReader(Parts parts, long chunkBytes) {
        this.parts = parts;
        this.chunkBytes = chunkBytes;
    }

    /**
     * Reads up to a chunk from {@code from}.
     *
     * @param chunkBytes about how many bytes of values to serve at most; one record is always served
     * @param has        whether the reader has the records of a chunk, which then come without; not asked of forks' chunks
     *                   that begin with what is inherited
     */
    static ReadAnswer read(Parts parts, RequestedOffset from, long chunkBytes, Predicate<Chunk> has)
            throws LogFailure, InterruptedException {
        ReadAnswer answer = answer(parts, from, chunkBytes, parts.own(from, chunkBytes, has));
        if (answer instanceof ReadAnswer.Gone) {
            // Perhaps the fork has ended, and its source with it, and another stream stands here.
            parts.refresh();
            return answer(parts, from, chunkBytes, parts.own(from, chunkBytes, has));
        }
        return answer;
    }

    private static ReadAnswer answer(Parts parts, RequestedOffset from, long chunkBytes, Piece piece)
            throws LogFailure, InterruptedException {
        return switch (piece) {
            case Piece.Refused(ReadAnswer answer) -> answer;
            case Piece.Records own
            when own.stream() instanceof Standing stream -> new Chunk(stream, own.start(), own.end(), own.records());
            case Piece.Inherited fork
            when fork.stream() instanceof Standing stream ->
                new ForkReader(parts, chunkBytes).stitch(stream, fork.origin(), from);
            case Piece other -> throw new IllegalStateException("no client's read gets " + other);
        };
    }

    private ReadAnswer stitch(Standing fork, ForkOrigin origin, RequestedOffset from)
            throws LogFailure, InterruptedException {
        levels.push(new Level(origin, origin.position()));
        RequestedOffset next = from;
        while (!levels.isEmpty()) {
            Level level = levels.getFirst();
            Inheritance part = parts.inherited(level.origin(), next, level.limit(), chunkBytes - bytes);
            switch (part.piece()) {
                case Piece.Refused(ReadAnswer answer) -> {
                    return gone(answer, fork, level);
                }
                case Piece.Inherited(var _, ForkOrigin deeper) ->
                    levels.push(new Level(deeper, Math.min(level.limit(), deeper.position())));
                case Piece.Records read -> {
                    take(read);
                    // Of nothing, whoever comes next names the end: a topic made again would give its own tag.
                    if (read.end() > read.start() || read.end() < level.limit()) {
                        lineage.add(new Lineage.Part(read.stream(), read.end()));
                    }
                    caching = stricter(caching, part.caching());
                    variant = variant + part.variant();
                    if (read.end() < level.limit()) {
                        return chunk(fork, read.end());
                    }
                    next = new RequestedOffset.At(ascend(read.end()));
                    if (bytes >= chunkBytes && !levels.isEmpty()) {
                        return chunk(fork, read.end());
                    }
                }
            }
        }
        return finish(fork, next);
    }

    /** Leaves the sources that have nothing above {@code end}; the token at which the next one goes on. */
    private OffsetToken ascend(long end) {
        Level last = levels.pop();
        while (!levels.isEmpty() && levels.getFirst().limit() <= end) {
            last = levels.pop();
        }
        return last.begin();
    }

    /** The fork's own records; asked also where the chunk is full, for that nothing follows must be known. */
    private ReadAnswer finish(Standing fork, RequestedOffset next) throws LogFailure, InterruptedException {
        // What stands behind what is inherited is no chunk that a reader could have by itself.
        return switch (parts.own(next, Math.max(1, chunkBytes - bytes), _ -> false)) {
            case Piece.Refused(ReadAnswer.BeyondTail(OffsetToken tail)) -> new ReadAnswer.Gone(tail);
            case Piece.Refused(ReadAnswer answer) -> answer;
            case Piece.Records own
            when own.stream() instanceof Standing stream && stream.incarnation().equals(fork.incarnation()) -> {
                take(own);
                yield chunk(stream, own.end());
            }
            // Another stream stands here by now, which the offset says nothing of.
            case Piece.Records own ->
                new ReadAnswer.Gone(own.stream().token(own.stream().begin()));
            case Piece.Inherited(var stream, ForkOrigin _) -> new ReadAnswer.Gone(stream.token(stream.begin()));
        };
    }

    private void take(Piece.Records read) {
        start = Optional.of(start.orElse(read.start()));
        records.addAll(read.records());
        read.records().forEach(record -> bytes += record.payload().value().length);
    }

    private Chunk chunk(Standing fork, long end) {
        return new Chunk(fork, start.orElse(end), end, records, new Lineage(lineage), caching, variant);
    }

    /** A source's data is not there (any more): what the fork has from there on is named. */
    private ReadAnswer gone(ReadAnswer answer, Standing fork, Level level) {
        return answer instanceof ReadAnswer.Gone(OffsetToken earliest) && earliest.position() < level.limit()
                ? answer
                : new ReadAnswer.Gone(fork.token(fork.begin()));
    }

    private static Caching stricter(Caching left, Caching right) {
        return left.compareTo(right) > 0 ? left : right;
    }
}
