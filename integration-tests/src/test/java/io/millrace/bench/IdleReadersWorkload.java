package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * SSE readers of one stream to which nothing comes, on a server that is new; what memory each takes. One message at the end
 * must reach all of them.
 *
 * @param patience what has not come this long after its append counts as lost
 */
record IdleReadersWorkload(String name, int readers, int messageBytes, Duration patience) implements Workload {

    private static final Duration CONNECT = Duration.ofMinutes(1);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final double KIB_PER_MIB = 1024;

    @Override
    public Optional<String> reasonToSkip(Contender contender) {
        return contender.kind().isEmpty()
                ? Optional.of("it needs a server that has just started, and the bench has not started this one")
                : Optional.empty();
    }

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (Fresh server = contender.startAnother();
                EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(loop, server.target(), Target.TEXT, 1)) {
            return new Run(loop, server, made.names().getFirst()).result();
        }
    }

    /** The resident memory in the text of {@code /proc/PID/status}. */
    static long parseResidentKib(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow(() -> new BenchFailure("the system does not tell how much memory a process has"));
    }

    /** One run. */
    private final class Run implements EventReader.Listener {
        private final EventLoop loop;
        private final Fresh server;
        private final String stream;
        private int live;
        private int delivered;

        Run(EventLoop loop, Fresh server, String stream) {
            this.loop = loop;
            this.server = server;
            this.stream = stream;
        }

        Result result() throws IOException {
            loop.runUntil(SETTLE, () -> false);
            long before = residentKib();
            List<EventReader> all = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                all.add(new EventReader(loop, server.target(), stream, messageBytes, new DeliveryCheck(1), this));
                all.getLast().start();
            }
            loop.await("all readers follow", CONNECT, () -> live == readers);
            loop.runUntil(IDLE, () -> false);
            long with = residentKib();
            Verdict verdict = verdict(all);
            return new Result(
                    List.of(
                            new Figure("per-reader", "KiB", (double) (with - before) / readers),
                            new Figure("resident-before", "MiB", before / KIB_PER_MIB),
                            new Figure("resident-with-readers", "MiB", with / KIB_PER_MIB)),
                    verdict);
        }

        private Verdict verdict(List<EventReader> all) {
            int[] acknowledged = Lane.appendOne(loop, server.target(), stream, messageBytes);
            loop.runUntil(patience, () -> delivered == readers);
            all.forEach(EventReader::stop);
            return all.stream().map(reader -> reader.verdict(acknowledged)).reduce(Verdict.NOTHING, Verdict::plus);
        }

        private long residentKib() throws IOException {
            return parseResidentKib(Files.readString(
                    Path.of("/proc", Long.toString(server.process().pid()), "status")));
        }

        @Override
        public void onLive() {
            live++;
        }

        @Override
        public void onMessage(Message message) {
            delivered++;
        }
    }
}
