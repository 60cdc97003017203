package io.millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The time in which a run of a workload measures, after its warm-up. */
final class Window {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Pace pace;
    private final List<ProcessHandle> server;
    private long openNanos;
    private long closeNanos;
    private boolean over;
    private Cores busy = new Cores(0, 0, 0);
    private Runnable atOpening = () -> {};

    /** Processor time of the server's processes, as far as they are known, of this one, and of all on this machine. */
    private record Cores(long serverNanos, long generatorNanos, long allNanos) {

        static Cores now(List<ProcessHandle> server) {
            return new Cores(
                    server.stream().mapToLong(Cores::nanosOf).sum(),
                    nanosOf(ProcessHandle.current()),
                    MachineLoad.busyNanos());
        }

        Cores since(Cores before) {
            return new Cores(
                    serverNanos - before.serverNanos,
                    generatorNanos - before.generatorNanos,
                    allNanos - before.allNanos);
        }

        private static long nanosOf(ProcessHandle process) {
            return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
        }
    }

    Window(Pace pace, Contender contender) {
        this.pace = pace;
        this.server = contender.processes();
    }

    /** What to do when it opens. */
    void onOpen(Runnable action) {
        atOpening = action;
    }

    /** The warm-up begins now. */
    void start(EventLoop loop) {
        openNanos = System.nanoTime() + pace.warmUp().toNanos();
        closeNanos = openNanos + pace.measured().toNanos();
        loop.at(openNanos, () -> {
            busy = Cores.now(server);
            atOpening.run();
        });
        loop.at(closeNanos, () -> {
            busy = Cores.now(server).since(busy);
            over = true;
        });
    }

    /** Whether this time of {@link System#nanoTime()} is in the window. */
    boolean contains(long nanos) {
        return nanos - openNanos >= 0 && nanos - closeNanos < 0;
    }

    /** Whether it has closed. */
    boolean isOver() {
        return over;
    }

    /** What {@code count} in the window is per second. */
    double perSecond(long count) {
        return count * NANOS_PER_SECOND / (closeNanos - openNanos);
    }

    /** How many cores were busy in the window, and for whom; of all others, where the server's processes are known. */
    List<Figure> cores() {
        List<Figure> figures = new ArrayList<>();
        figures.add(cores("generator", busy.generatorNanos()));
        if (!server.isEmpty()) {
            figures.add(cores("server", busy.serverNanos()));
            figures.add(cores("others", busy.allNanos() - busy.serverNanos() - busy.generatorNanos()));
        }
        return figures;
    }

    private Figure cores(String whose, long nanos) {
        return new Figure(whose, "cores", perSecond(nanos) / NANOS_PER_SECOND);
    }
}
