package io.millrace.mapping.simulation.fork;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.simulation.Chance;
import io.millrace.mapping.simulation.Timeline;
import io.millrace.mapping.simulation.Trace;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.simulation.Worlds;
import io.millrace.mapping.simulation.fork.Call.Reply;
import io.millrace.mapping.simulation.fork.Call.Request;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Everything that a seed makes: logs, gateways, clients and what befalls them. */
final class World implements Worlds.Seeded {

    private static final long EPOCH = 1_700_000_000_000L;
    private static final int MOST_SKEW_MILLIS = 60_000;
    private static final int CHAOS_MILLIS = 12_000;
    private static final long CALM_MILLIS = 16_000;
    private static final long CLIENT_TIMEOUT_MILLIS = 4_500;

    final Timeline timeline = new Timeline();
    final Chance chance;
    final Trap trap;
    final List<Partition> partitions;
    final List<StreamPath> paths;
    final List<Gateway> gateways;
    final Witness witness;

    private final long seed;
    private final int skewMillis;

    /** Whether clocks go wrong, and time leaps, such that references are about to lapse. */
    private final boolean atTheHour;

    /** Once in so many steps a thread of a gateway has to wait for long. */
    private final int stallEvery;

    private final Trace trace = new Trace();
    private final Map<StreamPath, Partition> places = new HashMap<>();
    private final List<Client> clients;
    private long leapedMillis;
    private int calls;
    private int natives;
    private int leaps;
    private boolean calm;

    World(long seed, Trap trap) {
        this.seed = seed;
        this.trap = trap;
        chance = new Chance(seed);
        atTheHour = chance.oneIn(5);
        skewMillis = atTheHour ? MOST_SKEW_MILLIS : chance.pick(List.of(0, 30, 300, 2_000, MOST_SKEW_MILLIS));
        leaps = atTheHour ? 4 : chance.pick(List.of(0, 1, 2, 4));
        stallEvery = chance.pick(List.of(8, 25, 100));
        int dedicated = atTheHour ? 2 : chance.pick(List.of(0, 0, 1, 2));
        int shared = chance.between(dedicated == 0 ? 2 : 1, 3 - Math.min(dedicated, 1));
        partitions = IntStream.range(0, shared + dedicated)
                .mapToObj(i -> new Partition(this, i, i < shared ? TopicKind.SHARED : TopicKind.DEDICATED))
                .toList();
        paths = IntStream.range(0, chance.between(3, 7))
                .mapToObj(i -> StreamPath.of("s/" + i))
                .toList();
        for (int i = 0; i < paths.size(); i++) {
            // a topic of a stream's own may be meant for several paths, of which one has it
            places.put(
                    paths.get(i),
                    partitions.get(
                            i < partitions.size()
                                    ? i
                                    : chance.between(0, (chance.oneIn(5) ? shared + dedicated : shared) - 1)));
        }
        witness = new Witness(this);
        gateways = IntStream.range(0, chance.between(2, 4))
                .mapToObj(i -> new Gateway(this, i))
                .toList();
        clients = IntStream.range(0, chance.between(4, 8))
                .mapToObj(i -> new Client(this, i))
                .toList();
    }

    /** Lives through all of it; throws where a promise is broken. */
    @Override
    public Map<String, Integer> run() {
        try {
            gateways.forEach(Gateway::start);
            clients.forEach(Client::start);
            timeline.after(1, this::nature);
            timeline.runUntil(CHAOS_MILLIS);
            trace("calm");
            calm = true;
            leapedMillis += 2L * MOST_SKEW_MILLIS; // no reference is young by anybody's clock
            timeline.runUntil(CHAOS_MILLIS + CALM_MILLIS);
            clients.forEach(Client::checkDone);
            witness.checkNothingLeaks();
            readAll();
            checkReplicasAt(CHAOS_MILLIS + CALM_MILLIS + CALM_MILLIS / 2);
            leapedMillis += 3 * ForkOrigin.REFERENCE_MILLIS; // no TTL lasts longer
            timeline.after(CALM_MILLIS / 4, this::deleteAll);
            checkReplicasAt(CHAOS_MILLIS + 2 * CALM_MILLIS + CALM_MILLIS / 2);
            witness.checkNothingIsLeft();
            witness.checkFreshReplays();
            return trace.counts();
        } catch (RuntimeException e) {
            throw told(e);
        }
    }

    private Violation told(RuntimeException cause) {
        return new Violation(
                trace.lastLines() + "\n" + timeline.now() + " " + cause + "\nin the world of seed " + seed + " (trap "
                        + trap + ", " + places + "); again with -Dsimulation.seed=" + seed,
                cause);
    }

    private void readAll() {
        for (Gateway gateway : gateways) {
            for (StreamPath path : paths) {
                Client.read(this, gateway, path, new RequestedOffset.Beginning(), 0, reply -> {
                    count("read at the end: " + reply.getClass().getSimpleName());
                    if (reply instanceof Reply.Unavailable
                            || reply instanceof Reply.Undecided
                            || reply instanceof Reply.Gone) {
                        throw new Violation(gateway + " is stuck: " + reply);
                    }
                });
            }
        }
    }

    private void deleteAll() {
        for (StreamPath path : paths) {
            Client.delete(this, chance.pick(gateways), path);
        }
    }

    /** Every replica has come to where the logs ended shortly before. */
    private void checkReplicasAt(long millis) {
        timeline.runUntil(millis - CALM_MILLIS / 8);
        List<Long> ends =
                partitions.stream().map(partition -> partition.log.end()).toList();
        timeline.runUntil(millis);
        for (Gateway gateway : gateways) {
            for (Partition partition : partitions) {
                var replay = gateway.life().copy(partition).replica.replay();
                if (replay.position() < ends.get(partition.number)) {
                    throw new Violation(gateway + " was left behind in " + partition);
                }
                witness.checkReplica(gateway.toString(), partition, replay);
            }
        }
    }

    // ---- what nobody asked for

    private void nature() {
        if (calm) {
            return;
        }
        if (leaps > 0 && chance.oneIn(150)) {
            leap();
        }
        if (chance.oneIn(50)) {
            count("crash");
            chance.pick(gateways).crash();
        }
        if (chance.oneIn(80)) {
            chance.pick(gateways).life().replaceProducer();
        }
        if (chance.oneIn(60)) {
            chance.pick(gateways).life().reload(chance.pick(partitions), "for no reason");
        }
        if (chance.oneIn(40)) {
            count("pause");
            chance.pick(gateways).life().pause(chance.between(200, 6_000));
        }
        for (Partition partition : partitions) {
            if (partition.kind == TopicKind.DEDICATED && chance.oneIn(6)) {
                partition.appendNative(Optional.of("n" + ++natives));
            }
            if (chance.oneIn(100)) {
                partition.appendNative(Optional.empty());
            }
            if (partition.kind == TopicKind.DEDICATED && chance.oneIn(10)) {
                chance.pick(gateways).life().emptiedAt(partition).ifPresent(offset -> {
                    if (offset > partition.log.start()) {
                        count("records deleted");
                        partition.log.deleteRecordsBelow(offset);
                    }
                });
            }
        }
        timeline.after(chance.between(10, 100), this::nature);
    }

    /**
     * A gateway has made a reference, and has yet to create its fork. Returns for how long it is kept from that; some of
     * all that can come between will.
     */
    long onReferred(StreamPath source, StreamPath fork) {
        if (calm) {
            return 0;
        }
        boolean raced = chance.oneIn(6);
        if (raced) {
            count("raced between reference and create");
            timeline.after(chance.between(0, 500), () -> interfere(new Command.Delete(source)));
            if (chance.oneIn(2)) {
                StreamConfiguration plain = new StreamConfiguration(MediaType.DEFAULT, new Expiry.Never());
                timeline.after(
                        chance.between(500, 3_000),
                        () -> interfere(new Command.Create(fork, plain, Payload.NONE, false)));
                timeline.after(chance.between(2_000, 5_000), () -> interfere(new Command.Delete(fork)));
            }
        }
        if (leaps > 0 && chance.oneIn(atTheHour ? 2 : 8)) {
            raced = true;
            timeline.after(chance.between(1, 4_000), () -> {
                if (!calm && leaps > 0) {
                    leap();
                }
            });
        }
        return raced ? chance.between(1, 6_000) : 0;
    }

    private void interfere(Command command) {
        if (!calm) {
            call(new Request.Execute(command), _ -> {});
        }
    }

    /** Everything stands still for a long time, of which only the clocks know. */
    private void leap() {
        long hour = ForkOrigin.REFERENCE_MILLIS;
        leapedMillis += switch (atTheHour ? 3 : chance.between(0, 3)) {
            case 0 -> hour / 2;
            case 1 -> hour - chance.between(0, 6_000);
            case 2 -> hour + chance.between(0, 3_000);
            default -> hour + chance.between(-MOST_SKEW_MILLIS, MOST_SKEW_MILLIS);
        };
        leaps--;
        count("leap");
        trace("leaped to " + leapedMillis);
    }

    // ---- what the parts of the world ask it

    /** The true time, epoch milliseconds. */
    long clock() {
        return EPOCH + timeline.now() + leapedMillis;
    }

    int skew() {
        return skewMillis;
    }

    boolean stalls() {
        return !calm && chance.oneIn(stallEvery);
    }

    boolean calm() {
        return calm;
    }

    Partition partition(StreamPath path) {
        return Objects.requireNonNull(places.get(path));
    }

    /** Some path; for a while it is often the same for all. */
    StreamPath anyPath() {
        return chance.oneIn(2) ? paths.get((int) (timeline.now() / 400 % paths.size())) : chance.pick(paths);
    }

    /** What to fork to {@code path}: for a while often the same for all. */
    StreamPath source(StreamPath path) {
        StreamPath source =
                chance.oneIn(2) ? paths.get((int) ((timeline.now() / 400 + 1) % paths.size())) : chance.pick(paths);
        return source.equals(path) && !chance.oneIn(10) ? chance.pick(paths) : source;
    }

    @Override
    public long hash() {
        return trace.hash();
    }

    void trace(String line) {
        trace.line(timeline.now(), line);
    }

    void count(String what) {
        trace.count(what);
    }

    /** A client asks some gateway. */
    void call(Request request, Consumer<Reply> client) {
        call(chance.pick(gateways), request, client);
    }

    /** A client asks {@code gateway}. */
    void call(Gateway gateway, Request request, Consumer<Reply> client) {
        Call call = new Call(++calls, request, witness.records(), client);
        trace(call + " to " + gateway + ": " + line(request));
        witness.onCall(call);
        timeline.after(chance.delay(), () -> {
            Life life = gateway.life();
            life.later(0, () -> life.onCall(call));
        });
        timeline.after(CLIENT_TIMEOUT_MILLIS, () -> call.answer(new Reply.Undecided()));
    }

    /** The request in words that are the same in every run. */
    private static String line(Request request) {
        return switch (request) {
            case Request.Execute(var command) -> command.getClass().getSimpleName() + " " + command.path();
            case Request.Fork(var fork, String body) ->
                "fork " + fork.path() + " of " + fork.source() + " at " + fork.requested() + " with '" + body + "'";
            case Request.Read read -> read.toString();
        };
    }

    void answer(Call call, Reply reply) {
        String what = reply instanceof Reply.Decided(var outcome)
                ? outcome.getClass().getSimpleName()
                : reply.getClass().getSimpleName();
        String whose =
                switch (call.request) {
                    case Request.Execute(var command) -> command.getClass().getSimpleName();
                    case Request.Fork _ -> "Fork";
                    case Request.Read _ -> "Read";
                };
        count(whose + ": " + what);
        trace(call + " gets " + what);
        timeline.after(chance.delay(), () -> call.answer(reply));
    }
}
