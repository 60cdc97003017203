package io.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How busy this machine is, as Linux counts it. */
final class MachineLoad {

    private static final Path STATISTICS = Path.of("/proc/stat");

    /** Ticks per second in {@code /proc/stat}, the same on all of Linux's architectures that run a JVM. */
    private static final long NANOS_PER_TICK = 1_000_000_000L / 100;

    /** In the first line: user, nice, system, idle, iowait, irq, softirq, steal. */
    private static final List<Integer> BUSY = List.of(1, 2, 3, 6, 7, 8);

    private MachineLoad() {}

    /** The time that all cores together have been busy since the start, or stolen by the host; 0 where nobody counts. */
    static long busyNanos() {
        if (!Files.exists(STATISTICS)) {
            return 0;
        }
        try {
            return parseBusyTicks(Files.readString(STATISTICS)) * NANOS_PER_TICK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long parseBusyTicks(String statistics) {
        String[] columns = statistics.lines().findFirst().orElseThrow().split("\\s+", -1);
        return BUSY.stream()
                .mapToLong(column -> Long.parseLong(columns[column]))
                .sum();
    }
}
