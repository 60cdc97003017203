package io.millrace.mapping.simulation.fork;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.Lineage;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.simulation.fork.Call.Reply;
import io.millrace.mapping.simulation.fork.Call.Visible;
import io.millrace.mapping.simulation.fork.Copy.Piece;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A read of one chunk, stitched from what a fork's sources hold and what it has itself, as the shell stitches it. */
final class Stitching {

    private static final int MOST_PIECES = 60;

    /** A source, and the position up to which the fork above it inherits. */
    private record Level(ForkOrigin origin, long limit) {

        OffsetToken begin() {
            return new OffsetToken(origin.position(), origin.tag());
        }
    }

    private final World world;
    private final Life life;
    private final StreamPath path;
    private final long chunkBytes;

    /** Whether it is enough to know what was replayed. */
    private boolean replayed;

    private final Consumer<Reply> then;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final List<Visible> records = new ArrayList<>();
    private final List<Lineage.Part> lineage = new ArrayList<>();
    private Optional<Long> start = Optional.empty();
    private long bytes;
    private int pieces;

    Stitching(World world, Life life, StreamPath path, long chunkBytes, boolean replayed, Consumer<Reply> then) {
        this.world = world;
        this.life = life;
        this.path = path;
        this.chunkBytes = chunkBytes;
        this.replayed = replayed;
        this.then = then;
    }

    void begin(RequestedOffset from) {
        own(from, chunkBytes, piece -> {
            switch (piece) {
                case Piece.Refused(Reply reply) -> then.accept(reply);
                case Piece.Records own
                when own.stream() instanceof Standing stream ->
                    then.accept(new Reply.Chunk(stream, own.start(), own.end(), own.records(), Lineage.OWN));
                case Piece.Inherited fork
                when fork.stream() instanceof Standing stream -> {
                    levels.push(new Level(fork.origin(), fork.origin().position()));
                    descend(stream, from, from);
                }
                case Piece other -> throw new Violation("no client's read gets " + other);
            }
        });
    }

    private void own(RequestedOffset from, long most, Consumer<Piece> use) {
        life.next(() -> {
            Copy copy = life.copy(path);
            copy.whenLoaded(() -> life.copy(path).own(path, from, most, replayed, piece -> got(piece, use)));
        });
    }

    private void got(Optional<Piece> piece, Consumer<Piece> use) {
        if (piece.isEmpty()) {
            then.accept(new Reply.Unavailable());
        } else if (++pieces > MOST_PIECES) {
            throw new Violation("a read goes round in circles");
        } else {
            use.accept(piece.get());
        }
    }

    private void descend(Standing fork, RequestedOffset next, RequestedOffset from) {
        if (levels.isEmpty()) {
            finish(fork, next, from);
            return;
        }
        Level level = levels.getFirst();
        StreamPath source = level.origin().source();
        life.next(() -> life.copy(source).whenLoaded(() -> life.copy(source)
                .inherited(
                        level.origin(),
                        next,
                        level.limit(),
                        chunkBytes - bytes,
                        false,
                        got -> got(got, piece -> {
                            switch (piece) {
                                case Piece.Refused(Reply reply) -> onGone(gone(reply, fork, level), from);
                                case Piece.Inherited(var _, ForkOrigin deeper) -> {
                                    world.count("read through a fork of a fork");
                                    levels.push(new Level(deeper, Math.min(level.limit(), deeper.position())));
                                    descend(fork, next, from);
                                }
                                case Piece.Records read -> {
                                    take(read);
                                    lineage.add(new Lineage.Part(read.stream(), read.end()));
                                    if (read.end() < level.limit()) {
                                        then.accept(chunk(fork, read.end()));
                                        return;
                                    }
                                    RequestedOffset above = new RequestedOffset.At(ascend(read.end()));
                                    if (bytes >= chunkBytes && !levels.isEmpty()) {
                                        then.accept(chunk(fork, read.end()));
                                    } else {
                                        descend(fork, above, from);
                                    }
                                }
                            }
                        }))));
    }

    /**
     * Something is gone under the read. Only if the fork still stands is that so for its reader; its partition is asked,
     * and the read begins again with what stands there as of now.
     */
    private void onGone(Reply reply, RequestedOffset from) {
        if (replayed || world.trap == Trap.GONE_WITHOUT_BARRIER) {
            then.accept(reply);
            return;
        }
        world.count("gone under a read");
        life.copy(path).awaitBarrier(passed -> {
            if (passed) {
                replayed = true;
                levels.clear();
                records.clear();
                lineage.clear();
                start = Optional.empty();
                bytes = 0;
                begin(from);
            } else {
                then.accept(new Reply.Unavailable());
            }
        });
    }

    private OffsetToken ascend(long end) {
        Level last = levels.pop();
        while (!levels.isEmpty() && levels.getFirst().limit() <= end) {
            last = levels.pop();
        }
        return last.begin();
    }

    private void finish(Standing fork, RequestedOffset next, RequestedOffset from) {
        own(next, Math.max(1, chunkBytes - bytes), piece -> {
            switch (piece) {
                case Piece.Refused(Reply reply) -> onGone(reply, from);
                case Piece.Records own
                when own.stream() instanceof Standing stream
                        && stream.incarnation().equals(fork.incarnation()) -> {
                    take(own);
                    then.accept(chunk(stream, own.end()));
                }
                case Piece.Records own ->
                    onGone(new Reply.Gone(own.stream().token(own.stream().begin())), from);
                case Piece.Inherited(var stream, ForkOrigin _) ->
                    onGone(new Reply.Gone(stream.token(stream.begin())), from);
            }
        });
    }

    private void take(Piece.Records read) {
        start = Optional.of(start.orElse(read.start()));
        records.addAll(read.records());
        read.records().forEach(record -> bytes += record.text().length());
    }

    private Reply.Chunk chunk(Standing fork, long end) {
        return new Reply.Chunk(fork, start.orElse(end), end, records, new Lineage(lineage));
    }

    private static Reply gone(Reply reply, Standing fork, Level level) {
        return reply instanceof Reply.Gone(OffsetToken earliest) && earliest.position() < level.limit()
                ? reply
                : new Reply.Gone(fork.token(fork.begin()));
    }
}
