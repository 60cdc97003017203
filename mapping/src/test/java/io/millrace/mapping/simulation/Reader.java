package io.millrace.mapping.simulation;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.stream.StreamPath;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads on from where it stopped, and from time to time all over again. */
final class Reader extends Client {

    private Optional<OffsetToken> saved = Optional.empty();

    Reader(World world, int number, StreamPath path) {
        super(world, number, path);
    }

    @Override
    void act() {
        switch (world.chance.between(0, 9)) {
            case 0 -> world.call(new Request.Find(path), _ -> {});
            case 1 -> read(new RequestedOffset.Now());
            case 2 -> read(new RequestedOffset.Beginning());
            default ->
                read(saved.<RequestedOffset>map(RequestedOffset.At::new).orElse(new RequestedOffset.Beginning()));
        }
    }

    private void read(RequestedOffset from) {
        world.call(new Request.Read(path, from), reply -> {
            switch (reply) {
                case Reply.Chunk chunk -> {
                    checkLife(from, chunk);
                    saved = Optional.of(chunk.stream().token(chunk.end()));
                }
                case Reply.Gone _, Reply.Found _ -> {
                    if (world.chance.oneIn(2)) {
                        saved = Optional.empty();
                    }
                }
                case Reply.BeyondTail _, Reply.Decided _, Reply.Over _, Reply.Unavailable _, Reply.Undecided _ -> {}
            }
        });
    }

    /** A chunk begins where it was asked for, and belongs to the same life of the path. */
    static void checkLife(RequestedOffset from, Reply.Chunk chunk) {
        if (from instanceof RequestedOffset.At(OffsetToken token)
                && (token.tag() != chunk.stream().incarnation().tag() || token.position() != chunk.start())) {
            throw new Violation("read from " + token + ", got " + chunk);
        }
    }

    @Override
    int pause() {
        return 80;
    }

    /** Reads through one gateway until nothing more is there; every answer is shown to {@code each}. */
    static void readToEnd(World world, Gateway gateway, StreamPath path, Consumer<Reply> each) {
        readOn(world, gateway, path, new RequestedOffset.Beginning(), each);
    }

    private static void readOn(
            World world, Gateway gateway, StreamPath path, RequestedOffset from, Consumer<Reply> each) {
        world.call(gateway, new Request.Read(path, from), reply -> {
            each.accept(reply);
            if (reply instanceof Reply.Chunk chunk && !chunk.upToDate()) {
                OffsetToken next = chunk.stream().token(chunk.end());
                readOn(world, gateway, path, new RequestedOffset.At(next), each);
            }
        });
    }
}
