package io.millrace.mapping.simulation;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows a stream, one response after the other, and in each from chunk to chunk. */
final class LiveReader extends Client {

    private Optional<OffsetToken> saved = Optional.empty();
    private boolean open;

    LiveReader(World world, int number, StreamPath path) {
        super(world, number, path);
    }

    @Override
    void act() {
        if (open) {
            return;
        }
        open = true;
        RequestedOffset from =
                switch (world.chance.between(0, 5)) {
                    case 0 -> new RequestedOffset.Now();
                    case 1 -> new RequestedOffset.Beginning();
                    default ->
                        saved.<RequestedOffset>map(RequestedOffset.At::new).orElse(new RequestedOffset.Beginning());
                };
        world.call(new Request.Follow(path, from), new Response(from)::onReply);
    }

    /** Follows a stream through one gateway; when the response is over, all that was written must have been told. */
    static void followToEnd(World world, Gateway gateway, StreamPath path, Consumer<Reply> each) {
        List<Reply.Chunk> told = new ArrayList<>();
        world.call(gateway, new Request.Follow(path, new RequestedOffset.Beginning()), reply -> {
            each.accept(reply);
            switch (reply) {
                case Reply.Chunk chunk -> told.add(chunk);
                case Reply.Over _ -> world.witness.checkCaughtUp(path, told.getLast());
                case Reply _ -> {}
            }
        });
    }

    /** One response as its reader sees it. */
    private final class Response {
        private RequestedOffset next;

        Response(RequestedOffset from) {
            next = from;
        }

        void onReply(Reply reply) {
            switch (reply) {
                case Reply.Chunk chunk -> {
                    Reader.checkLife(next, chunk);
                    OffsetToken token = chunk.stream().token(chunk.end());
                    next = new RequestedOffset.At(token);
                    saved = Optional.of(token);
                    open &= !chunk.isLast();
                }
                case Reply.Gone _, Reply.Found _, Reply.BeyondTail _ -> {
                    saved = Optional.empty();
                    open = false;
                }
                case Reply.Decided _, Reply.Over _, Reply.Unavailable _, Reply.Undecided _ -> open = false;
            }
        }
    }

    @Override
    int pause() {
        return 200;
    }
}
