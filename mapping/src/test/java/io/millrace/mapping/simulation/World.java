package io.millrace.mapping.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Everything that a seed makes: the log, the gateways, the clients and what befalls them. */
final class World implements Worlds.Seeded {

    /** What clocks show when the world begins, epoch milliseconds. */
    static final long EPOCH = 1_700_000_000_000L;

    private static final long CHAOS_MILLIS = 12_000;
    private static final long CALM_MILLIS = 10_000;
    private static final long CLIENT_TIMEOUT_MILLIS = 4_500;

    final Timeline timeline = new Timeline();
    final Chance chance;
    final Trap trap;
    final TopicKind kind;
    final Witness witness;
    final Broker broker;
    final List<StreamPath> paths;

    private final long seed;
    private final int skewMillis;
    private final Trace trace = new Trace();
    private final List<Gateway> gateways;
    private final List<Client> clients;
    private int calls;
    private boolean calm;
    private int foreign;

    World(long seed, Trap trap) {
        this.seed = seed;
        this.trap = trap;
        chance = new Chance(seed);
        kind = chance.oneIn(4) ? TopicKind.DEDICATED : TopicKind.SHARED;
        skewMillis = chance.pick(List.of(0, 30, 300, 2_000));
        witness = new Witness(kind);
        broker = new Broker(this, chance.oneIn(2) || trap == Trap.COUNTER_UNCHECKED);
        paths = IntStream.range(0, chance.between(1, 3))
                .mapToObj(i -> StreamPath.of("streams/" + i))
                .toList();
        gateways = IntStream.range(0, chance.between(2, 4))
                .mapToObj(i -> new Gateway(this, i))
                .toList();
        clients = new ArrayList<>();
        for (int i = chance.between(5, 9); i > 0; i--) {
            clients.add(Client.any(this, clients.size()));
        }
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
            timeline.after(CALM_MILLIS / 2, broker::appendControlRecord);
            timeline.runUntil(CHAOS_MILLIS + CALM_MILLIS);
            clients.forEach(Client::checkDone);
            useAll();
            timeline.runUntil(CHAOS_MILLIS + 2 * CALM_MILLIS);
            gateways.forEach(gateway -> gateway.checkAtEnd(broker.log.end()));
            witness.checkFreshReplay(kind, broker.log);
            return trace.counts();
        } catch (RuntimeException e) {
            throw told(e);
        }
    }

    private Violation told(RuntimeException cause) {
        return new Violation(
                trace.lastLines() + "\n" + timeline.now() + " " + cause + "\nin the world of seed " + seed + " (trap "
                        + trap + ", " + kind + "); again with -Dsimulation.seed=" + seed,
                cause);
    }

    /** Every stream through every gateway, when nothing is in the way any more. */
    private void useAll() {
        for (Gateway gateway : gateways) {
            for (StreamPath path : paths) {
                call(gateway, new Request.Find(path), reply -> answered(gateway, reply));
                Reader.readToEnd(this, gateway, path, reply -> answered(gateway, reply));
                LiveReader.followToEnd(this, gateway, path, reply -> answered(gateway, reply));
                Client.createAndAppend(this, gateway, path, reply -> answered(gateway, reply));
            }
        }
    }

    private void answered(Gateway gateway, Reply reply) {
        if (reply instanceof Reply.Unavailable || reply instanceof Reply.Undecided) {
            throw new Violation(gateway + " is stuck: " + reply);
        }
    }

    /** What nobody asked for. */
    private void nature() {
        if (calm) {
            return;
        }
        if (chance.oneIn(40)) {
            broker.appendControlRecord();
        }
        if (kind == TopicKind.DEDICATED ? chance.oneIn(5) : chance.oneIn(100)) {
            foreignRecord();
        }
        if (chance.oneIn(60)) {
            chance.pick(gateways).crash();
        }
        if (chance.oneIn(60)) {
            chance.pick(gateways).replaceProducer();
        }
        if (chance.oneIn(80)) {
            chance.pick(gateways).reload();
        }
        if (kind == TopicKind.DEDICATED && chance.oneIn(10)) {
            chance.pick(gateways).emptiedAt().ifPresent(offset -> {
                count("records deleted");
                trace("log: records below " + offset + " deleted");
                broker.log.deleteRecordsBelow(offset);
            });
        }
        timeline.after(chance.between(10, 100), this::nature);
    }

    private void foreignRecord() {
        byte[] text = Texts.foreign(foreign++).getBytes(UTF_8);
        switch (chance.between(0, 5)) {
            case 0 -> broker.appendForeign(text, null);
            case 1 -> broker.appendForeign(null, new byte[] {'{'});
            case 2 -> broker.appendForeign(null, new byte[0]);
            default -> broker.appendForeign(null, text);
        }
    }

    boolean calm() {
        return calm;
    }

    int skew() {
        return skewMillis;
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

    /** A client asks some gateway; one that is impatient asks again at once, and hears the first answer only. */
    void call(Request request, Consumer<Reply> client) {
        Gateway gateway = chance.pick(gateways);
        call(gateway, request, client);
        if (request instanceof Request.Execute && !calm && chance.oneIn(20)) {
            count("asked again at once");
            Gateway again = chance.oneIn(4) ? chance.pick(gateways) : gateway;
            timeline.after(chance.between(1, 40), () -> call(again, request, _ -> {}));
        }
    }

    /** A client asks {@code gateway}. */
    void call(Gateway gateway, Request request, Consumer<Reply> client) {
        Call call = new Call(++calls, request, broker.log.end(), timeline.now(), client);
        trace(call + " to " + gateway + ": " + Texts.line(request));
        timeline.after(chance.delay(), () -> gateway.onCall(call));
        timeline.after(CLIENT_TIMEOUT_MILLIS, () -> call.answer(new Reply.Undecided()));
    }

    /** A gateway begins to answer; what it says travels. */
    void tell(Call call, Reply reply) {
        trace(call + " " + reply);
        timeline.after(travelMillis(call), () -> call.tell(reply));
    }

    /** A gateway answers; the answer travels. */
    void answer(Call call, Reply reply) {
        trace(call + " " + reply);
        timeline.after(travelMillis(call), () -> call.answer(reply));
    }

    private long travelMillis(Call call) {
        return call.arrivalMillis(timeline.now(), chance.delay()) - timeline.now();
    }
}
