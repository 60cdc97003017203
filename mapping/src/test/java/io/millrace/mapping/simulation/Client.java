package io.millrace.mapping.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Closed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Somebody who uses one stream path, through whatever gateway comes first. */
abstract sealed class Client
        permits Client.Creator, Client.Ender, Client.Plain, Client.Sequenced, Client.Producer, LiveReader, Reader {

    final World world;
    final int number;
    final StreamPath path;

    Client(World world, int number, StreamPath path) {
        this.world = world;
        this.number = number;
        this.path = path;
    }

    static Client any(World world, int number) {
        StreamPath path = world.chance.pick(world.paths);
        return switch (number < 4 ? number : world.chance.between(0, 11)) {
            case 0 -> new Creator(world, number, path);
            case 2 -> new Reader(world, number, path);
            case 3, 11 -> new LiveReader(world, number, path);
            case 1, 4 -> new Producer(world, number, path, "producer-" + number, 0, 1);
            // two who believe that they are the same producer
            case 5, 6 -> new Producer(world, number, world.paths.getFirst(), "zombie", number % 2, 2);
            case 7 -> new Plain(world, number, path);
            case 8 -> new Sequenced(world, number, path);
            case 9 -> new Ender(world, number, path);
            default -> new Reader(world, number, path);
        };
    }

    final void start() {
        world.timeline.after(world.chance.between(0, 300), this::again);
    }

    private void again() {
        if (!world.calm()) {
            act();
            world.timeline.after(world.chance.between(1, pause()), this::again);
        }
    }

    /** Does the next thing. */
    abstract void act();

    /** The longest pause between two things, in milliseconds. */
    abstract int pause();

    /** Throws where something is still open long after all trouble has ended. */
    void checkDone() {}

    /** Writes to the stream at {@code path} through one gateway, and makes it if need be. */
    static void createAndAppend(World world, Gateway gateway, StreamPath path, Consumer<Reply> each) {
        StreamConfiguration configuration = new StreamConfiguration(Texts.PLAIN, new Expiry.Never());
        world.call(
                gateway, new Request.Execute(new Command.Create(path, configuration, Payload.NONE, false)), created -> {
                    each.accept(created);
                    Command append = new Command.Append(
                            path,
                            Texts.PLAIN,
                            new Command.Body.Fit(payload(Texts.last(gateway))),
                            Optional.empty(),
                            Optional.empty(),
                            false);
                    world.call(gateway, new Request.Execute(append), each);
                });
    }

    static Payload payload(String text) {
        return Payload.of(text.getBytes(UTF_8));
    }

    final Command.Append append(
            String text, MediaType type, Optional<ProducerStamp> stamp, Optional<String> seq, boolean closes) {
        return new Command.Append(path, type, new Command.Body.Fit(payload(text)), stamp, seq, closes);
    }

    final MediaType anyType() {
        return world.chance.oneIn(3) ? Texts.JSON : Texts.PLAIN;
    }

    static boolean undecided(Reply reply) {
        return reply instanceof Reply.Undecided || reply instanceof Reply.Unavailable;
    }

    /** Wants the stream to be there, in one of several forms. */
    static final class Creator extends Client {
        private int texts;

        Creator(World world, int number, StreamPath path) {
            super(world, number, path);
        }

        @Override
        void act() {
            MediaType type = anyType();
            Expiry expiry =
                    switch (world.chance.between(0, 5)) {
                        case 0 -> new Expiry.Sliding(Duration.ofSeconds(world.chance.between(0, 3)));
                        case 1 ->
                            new Expiry.Absolute(Instant.ofEpochMilli(
                                    World.EPOCH + world.timeline.now() + world.chance.between(-500, 3_000)));
                        default -> new Expiry.Never();
                    };
            Payload payload = world.chance.oneIn(3) ? payload(Texts.plain(number, ++texts, type)) : Payload.NONE;
            StreamPath target = world.chance.oneIn(2) ? path : world.chance.pick(world.paths);
            world.call(
                    new Request.Execute(new Command.Create(
                            target, new StreamConfiguration(type, expiry), payload, world.chance.oneIn(12))),
                    reply -> {
                        if (reply instanceof Reply.Decided(Outcome.Existing(Closed _, boolean _))
                                && world.chance.oneIn(2)) {
                            world.call(new Request.Execute(new Command.Delete(target)), _ -> {});
                        }
                    });
        }

        @Override
        int pause() {
            return 500;
        }
    }

    /** Closes streams, and deletes them. */
    static final class Ender extends Client {

        Ender(World world, int number, StreamPath path) {
            super(world, number, path);
        }

        @Override
        void act() {
            world.call(
                    new Request.Execute(
                            world.chance.oneIn(3)
                                    ? new Command.Close(path, Optional.empty())
                                    : new Command.Delete(path)),
                    _ -> {});
        }

        @Override
        int pause() {
            return 2_500;
        }
    }

    /** Appends, each text until it is there. */
    static final class Plain extends Client {
        private MediaType type = Texts.PLAIN;
        private int texts;

        Plain(World world, int number, StreamPath path) {
            super(world, number, path);
        }

        @Override
        void act() {
            send(Texts.plain(number, ++texts, type), type);
        }

        private void send(String text, MediaType sentAs) {
            world.call(
                    new Request.Execute(
                            append(text, sentAs, Optional.empty(), Optional.empty(), world.chance.oneIn(80))),
                    reply -> {
                        if (undecided(reply) && !world.calm()) {
                            world.timeline.after(world.chance.between(10, 200), () -> send(text, sentAs));
                        } else if (reply instanceof Reply.Decided(Outcome.ContentTypeMismatch(MediaType configured))) {
                            type = configured;
                        }
                    });
        }

        @Override
        int pause() {
            return 120;
        }
    }

    /** Appends with Stream-Seq, one at a time. */
    static final class Sequenced extends Client {
        private MediaType type = Texts.PLAIN;
        private int seq;
        private boolean busy;

        Sequenced(World world, int number, StreamPath path) {
            super(world, number, path);
        }

        @Override
        void act() {
            if (!busy) {
                busy = true;
                seq += world.chance.between(1, 9);
                send("%06d".formatted(seq));
            }
        }

        private void send(String text) {
            world.call(
                    new Request.Execute(append(
                            Texts.sequenced(text, number, type), type, Optional.empty(), Optional.of(text), false)),
                    reply -> {
                        if (undecided(reply) && !world.calm()) {
                            world.timeline.after(world.chance.between(10, 200), () -> send(text));
                            return;
                        }
                        busy = false;
                        if (reply instanceof Reply.Decided(Outcome.ContentTypeMismatch(MediaType configured))) {
                            type = configured;
                        }
                    });
        }

        @Override
        int pause() {
            return 150;
        }
    }

    /** An idempotent producer (PROTOCOL.md 5.2.1): up to five appends on their way, each until it is there. */
    static final class Producer extends Client {
        private static final int MOST_OPEN = 5;

        private final String id;
        private final int step;
        private long epoch;
        private long nextSeq;
        private final TreeSet<Long> open = new TreeSet<>();
        private MediaType type = Texts.PLAIN;
        private long restMillis;

        Producer(World world, int number, StreamPath path, String id, int firstEpoch, int step) {
            super(world, number, path);
            this.id = id;
            this.epoch = firstEpoch;
            this.step = step;
        }

        @Override
        void act() {
            if (open.size() < MOST_OPEN && world.timeline.now() >= restMillis) {
                long seq = nextSeq++;
                open.add(seq);
                send(seq, world.chance.oneIn(150));
            }
        }

        private void send(long seq, boolean closes) {
            long sentEpoch = epoch;
            ProducerStamp stamp = new ProducerStamp(id, epoch, seq);
            world.call(
                    new Request.Execute(
                            append(Texts.produced(stamp, type), type, Optional.of(stamp), Optional.empty(), closes)),
                    reply -> {
                        if (sentEpoch == epoch) {
                            onReply(seq, closes, reply);
                        }
                    });
        }

        private void onReply(long seq, boolean closes, Reply reply) {
            switch (reply) {
                case Reply.Decided(Outcome outcome) -> onOutcome(seq, closes, outcome);
                case Reply.Unavailable _, Reply.Undecided _ -> retry(seq, closes);
                case Reply.Found _, Reply.Chunk _, Reply.BeyondTail _, Reply.Gone _, Reply.Over _ ->
                    throw new Violation("an append got " + reply);
            }
        }

        private void onOutcome(long seq, boolean closes, Outcome outcome) {
            switch (outcome) {
                case Outcome.Appended _, Outcome.Duplicate _ -> open.remove(seq);
                case Outcome.SequenceGap(long expected, long _) -> {
                    if (expected < open.first()) {
                        restart(epoch); // the stream is another one, and knows nothing of what was there
                    } else {
                        retry(seq, closes);
                    }
                }
                case Outcome.EpochNotOpened _ -> {
                    if (open.first() > 0) {
                        restart(epoch);
                    } else {
                        retry(seq, closes);
                    }
                }
                case Outcome.Fenced(long currentEpoch) -> restart(currentEpoch);
                case Outcome.ContentTypeMismatch(MediaType configured) -> {
                    type = configured;
                    restart(epoch);
                }
                case Outcome.NoSuchStream _, Outcome.AppendToClosed _ -> restart(epoch);
                case Outcome.Accepted _, Outcome.Refused _ -> throw new Violation("an append got " + outcome);
            }
        }

        private void retry(long seq, boolean closes) {
            world.timeline.after(world.chance.between(5, 150), () -> {
                if (open.contains(seq)) {
                    send(seq, closes);
                }
            });
        }

        /** Begins an epoch of its own above {@code above}; what was open is given up. */
        private void restart(long above) {
            while (epoch <= above) {
                epoch += step;
            }
            nextSeq = 0;
            open.clear();
            restMillis = world.timeline.now() + world.chance.between(50, 600);
        }

        @Override
        int pause() {
            return 60;
        }

        @Override
        void checkDone() {
            if (!open.isEmpty()) {
                throw new Violation("producer " + id + " still waits for " + open);
            }
        }
    }
}
