package io.millrace.mapping.simulation.fork;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Command.Body;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.simulation.Chance;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.simulation.fork.Call.Reply;
import io.millrace.mapping.simulation.fork.Call.Request;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Creates, forks, appends, reads and deletes whatever there is, one request after the other. */
final class Client {

    /** Chunks of one read. */
    private static final int MOST_CHUNKS = 400;

    private final World world;
    private final int number;
    private int texts;
    private boolean waiting;

    Client(World world, int number) {
        this.world = world;
        this.number = number;
    }

    void start() {
        pause();
    }

    private void pause() {
        waiting = false;
        world.timeline.after(world.chance.between(1, 60), this::act);
    }

    void checkDone() {
        if (waiting) {
            throw new Violation("client " + number + " waits for ever");
        }
    }

    private void act() {
        if (world.calm()) {
            return;
        }
        waiting = true;
        Chance chance = world.chance;
        StreamPath path = world.anyPath();
        switch (chance.between(0, 22)) {
            case 0, 1, 20, 21, 22 -> ask(new Command.Create(path, plain(), text(), chance.oneIn(10)));
            case 2, 3, 4, 5 ->
                ask(new Command.Append(
                        path,
                        MediaType.DEFAULT,
                        new Body.Fit(Payload.of(word().getBytes(UTF_8))),
                        Optional.empty(),
                        Optional.empty(),
                        chance.oneIn(12)));
            case 6 -> ask(chance.oneIn(3) ? new Command.Touch(path) : new Command.Close(path, Optional.empty()));
            case 7, 8, 9 -> delete(path);
            case 10, 11, 12 -> {
                RequestedOffset from = chance.oneIn(3) ? point(path) : new RequestedOffset.Beginning();
                readOn(chance.pick(world.gateways), path, from, 0, _ -> pause());
            }
            default -> fork(path);
        }
    }

    private void ask(Command command) {
        world.call(new Request.Execute(command), _ -> pause());
    }

    private void fork(StreamPath path) {
        StreamPath source = world.source(path);
        Request fork = forkOf(path, source);
        if (world.chance.oneIn(8)) {
            // at the same time, and mostly through another gateway
            world.call(forkOf(path, world.source(path)), _ -> {});
        }
        if (world.chance.oneIn(12)) {
            world.timeline.after(
                    world.chance.between(0, 60),
                    () -> world.call(new Request.Execute(new Command.Delete(source)), _ -> {}));
        }
        world.call(fork, reply -> {
            if (reply instanceof Reply.Undecided && world.chance.oneIn(2)) {
                world.call(fork, _ -> pause()); // as asked, once more
            } else if (reply instanceof Reply.Decided(Outcome.Created _) && world.chance.oneIn(2)) {
                readAtOnce(path);
            } else {
                pause();
            }
        });
    }

    /** Deletes a stream; what is made in its place at once is another one. */
    private void delete(StreamPath path) {
        world.call(new Request.Execute(new Command.Delete(path)), reply -> {
            if (reply instanceof Reply.Decided(Outcome.Deleted _) && world.chance.oneIn(3)) {
                world.call(
                        new Request.Execute(new Command.Create(path, plain(), text(), false)), _ -> readAtOnce(path));
            } else {
                pause();
            }
        });
    }

    /** Reads through a gateway that may not have heard of the stream. */
    private void readAtOnce(StreamPath path) {
        readOn(world.chance.pick(world.gateways), path, new RequestedOffset.Beginning(), 0, _ -> pause());
    }

    private Request forkOf(StreamPath path, StreamPath source) {
        Chance chance = world.chance;
        RequestedOffset from = chance.oneIn(2) ? new RequestedOffset.Now() : point(source);
        long subOffset = !(from instanceof RequestedOffset.Now) && chance.oneIn(3) ? chance.between(1, 6) : 0;
        Optional<String> offset =
                switch (from) {
                    case RequestedOffset.Now() -> Optional.empty();
                    case RequestedOffset.Beginning() -> Optional.of(OffsetToken.ZERO.text());
                    case RequestedOffset.At(OffsetToken token) -> Optional.of(token.text());
                };
        String body = chance.oneIn(2) ? "" : word();
        Payload payload = Payload.of(body.getBytes(UTF_8));
        return new Request.Fork(
                new ForkRequest(
                        path,
                        source,
                        from,
                        new ForkOrigin.Requested(offset, subOffset),
                        Optional.empty(),
                        chance.oneIn(4) ? Optional.of(expiry()) : Optional.empty(),
                        _ -> new Body.Fit(payload),
                        chance.oneIn(10)),
                body);
    }

    /** Mostly an offset that was given out, by some life of the path. */
    private RequestedOffset point(StreamPath path) {
        List<OffsetToken> known = world.witness.tokens(path);
        if (known.isEmpty() || world.chance.oneIn(8)) {
            return new RequestedOffset.Beginning();
        }
        OffsetToken token =
                world.chance.oneIn(2) ? known.getLast() : known.get(world.chance.between(0, known.size() - 1));
        return new RequestedOffset.At(
                world.chance.oneIn(12) ? new OffsetToken(token.position() + 50, token.tag()) : token);
    }

    private StreamConfiguration plain() {
        return new StreamConfiguration(MediaType.DEFAULT, expiry());
    }

    private Expiry expiry() {
        return switch (world.chance.between(0, 7)) {
            case 0 -> new Expiry.Sliding(Duration.ofSeconds(world.chance.between(1, 3)));
            case 1 -> new Expiry.Sliding(Duration.ofHours(2));
            default -> new Expiry.Never();
        };
    }

    private Payload text() {
        return world.chance.oneIn(2) ? Payload.NONE : Payload.of(word().getBytes(UTF_8));
    }

    private String word() {
        return "t" + number + "w" + ++texts;
    }

    // ---- reads

    /** What a reader came to, at the end of what there was. */
    interface Done {
        void on(Reply last);
    }

    /** Reads chunk after chunk. */
    private void readOn(Gateway gateway, StreamPath path, RequestedOffset from, int chunks, Done done) {
        read(world, gateway, path, from, chunks, done);
    }

    /** Reads chunk after chunk through {@code gateway} up to the tail. */
    static void read(World world, Gateway gateway, StreamPath path, RequestedOffset from, int chunks, Done done) {
        if (chunks > MOST_CHUNKS) {
            throw new Violation("a reader goes round in circles");
        }
        world.call(gateway, new Request.Read(path, from), reply -> {
            if (reply instanceof Reply.Chunk chunk && !chunk.upToDate()) {
                read(world, gateway, path, chunk.next(), chunks + 1, done);
            } else {
                done.on(reply);
            }
        });
    }

    /** Deletes the stream at {@code path}, and wants to be answered. */
    static void delete(World world, Gateway gateway, StreamPath path) {
        world.call(gateway, new Request.Execute(new Command.Delete(path)), reply -> {
            if (!(reply instanceof Reply.Decided(Outcome _))) {
                throw new Violation(gateway + " is stuck: " + reply);
            }
        });
    }
}
