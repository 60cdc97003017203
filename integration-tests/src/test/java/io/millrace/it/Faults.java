package io.millrace.it;

import io.millrace.chaos.ChaosSchedule;
import io.millrace.chaos.Fault;
import io.millrace.history.Asked;
import io.millrace.history.History;
import io.millrace.history.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/**
 * Lets happen to a cluster what a schedule says. Where something takes longer than planned, what follows waits, and what
 * would not be over in time is left out.
 */
final class Faults {

    /** The session's 3 s less a heartbeat and some time for a busy machine. */
    private static final Duration FENCED_AFTER = Duration.ofSeconds(2);

    private static final Duration AWAKENING = Duration.ofSeconds(1);
    private static final Duration SIGNAL = Duration.ofMillis(200);

    private final Cluster cluster;
    private final ChaosSchedule schedule;
    private final History history;
    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());

    /**
     * When a broker went on that had stood still for so long that others have taken its place. What reaches it before it
     * learns so, it answers as the leader that it was: Kafka's own bound, docs/failures.md.
     */
    private final List<Span> awakenings = Collections.synchronizedList(new ArrayList<>());

    /** Gateways that may be away at a time. */
    private final Semaphore away;

    private volatile long startNanos = System.nanoTime();

    /** Faults that have not begun; {@code history} is what the clients meanwhile see. */
    Faults(Cluster cluster, ChaosSchedule schedule, History history) {
        this.cluster = cluster;
        this.schedule = schedule;
        this.history = history;
        this.away = new Semaphore(cluster.gateways().size() - 1);
    }

    /** Returns when all has happened, and all processes serve again. */
    void happen() throws Exception {
        cluster.awaitInSync();
        startNanos = System.nanoTime();
        List<Concurrently.Action> lanes = new ArrayList<>();
        lanes.add(this::strikeBrokers);
        IntStream.range(0, cluster.gateways().size()).forEach(number -> lanes.add(() -> strikeGateway(number)));
        lanes.add(() -> awaitTime(schedule.length()));
        Concurrently.all(lanes);
    }

    /** What has happened, line by line. */
    List<String> happened() {
        return List.copyOf(happened);
    }

    /** Whether a broker may have answered for a time that it had missed. */
    boolean mayBeOutdated(Asked asked) {
        return List.copyOf(awakenings).stream().anyMatch(asked.span()::overlaps);
    }

    private void strikeBrokers() throws Exception {
        for (Fault fault : schedule.faults()) {
            if (fault.target() == Fault.Target.BROKER) {
                awaitTime(fault.at());
                if (isInTime(fault)) {
                    strike(fault, cluster.brokers().get(fault.number()));
                    cluster.awaitInSync();
                }
            }
        }
    }

    private void strikeGateway(int number) throws Exception {
        for (Fault fault : schedule.faults()) {
            if (fault.target() == Fault.Target.GATEWAY && fault.number() == number) {
                awaitTime(fault.at());
                away.acquire();
                if (isInTime(fault)) {
                    strike(fault, cluster.gateways().get(number));
                }
                away.release();
            }
        }
    }

    private void strike(Fault fault, ChildBroker broker) throws Exception {
        long atNanos = System.nanoTime();
        switch (fault.kind()) {
            case PAUSE -> {
                pause(broker.process(), fault.away());
                if (fault.away().compareTo(FENCED_AFTER) > 0) {
                    long nowNanos = history.nanos();
                    awakenings.add(new Span(nowNanos - SIGNAL.toNanos(), nowNanos + AWAKENING.toNanos()));
                }
            }
            case KILL -> {
                broker.kill();
                Thread.sleep(fault.away());
                broker.restart();
            }
            case RESTART -> {
                broker.stop();
                Thread.sleep(fault.away());
                broker.restart();
            }
        }
        report(fault, atNanos);
    }

    private void strike(Fault fault, GatewayProcess gateway) throws Exception {
        long atNanos = System.nanoTime();
        switch (fault.kind()) {
            case PAUSE -> pause(gateway.process(), fault.away());
            case KILL -> {
                gateway.kill();
                Thread.sleep(fault.away());
                gateway.restart();
            }
            case RESTART -> {
                gateway.terminate();
                gateway.awaitExit();
                Thread.sleep(fault.away());
                gateway.restart();
            }
        }
        report(fault, atNanos);
    }

    private boolean isInTime(Fault fault) {
        Duration recovery =
                switch (fault.target()) {
                    case BROKER -> ChaosSchedule.BROKER_RECOVERY;
                    case GATEWAY -> ChaosSchedule.GATEWAY_RECOVERY;
                };
        Duration back = Duration.ofNanos(System.nanoTime() - startNanos)
                .plus(fault.away())
                .plus(recovery);
        return back.compareTo(schedule.length()) <= 0;
    }

    private static void pause(ChildProcess process, Duration away) throws Exception {
        process.pause();
        Thread.sleep(away);
        process.resume();
    }

    private void report(Fault fault, long atNanos) {
        happened.add("%s; at %.1f s, back at %.1f s"
                .formatted(fault, (atNanos - startNanos) / 1e9, (System.nanoTime() - startNanos) / 1e9));
    }

    private void awaitTime(Duration at) throws InterruptedException {
        long nanos = at.toNanos() - (System.nanoTime() - startNanos);
        if (nanos > 0) {
            Thread.sleep(Duration.ofNanos(nanos));
        }
    }
}
