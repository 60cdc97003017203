package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.chaos.ChaosSchedule;
import io.millrace.chaos.LogStreams;
import io.millrace.chaos.RepeatedOperations;
import io.millrace.chaos.Workload;
import io.millrace.history.Event;
import io.millrace.history.FinalRead;
import io.millrace.history.History;
import io.millrace.history.HistoryChecker;
import io.millrace.history.Outcome;
import io.millrace.history.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Gateways and brokers are killed, paused and restarted by a schedule, while clients of every kind go on; and in the end
 * everything that any of them was ever answered fits one log. A minute by default, {@code -Dchaos.seconds} for longer;
 * {@code -Dchaos.seed} for the schedule of an earlier run.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class ChaosTest {

    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("chaos.seconds", 60));

    /** Data below a tail may be served for so long after the stream's end, and what a paused gateway had begun with. */
    private static final Duration DELAY = Duration.ofSeconds(3);

    private static final int GATEWAYS = 3;
    private static final int SHOWN = 40;

    @Test
    void everythingFitsOneLogWhateverHappens() throws Exception {
        long seed = Long.getLong("chaos.seed", new Random().nextLong(1_000_000));
        long startNanos = System.nanoTime();
        System.out.printf(
                "chaos for %d s, again with -Dchaos.seconds=%d -Dchaos.seed=%d%n",
                LENGTH.toSeconds(), LENGTH.toSeconds(), seed);
        boolean isCompacting = seed % 2 == 1;
        try (Cluster cluster = Cluster.start(GATEWAYS, configuration(isCompacting))) {
            report("the cluster is up", startNanos);
            ChaosSchedule schedule = ChaosSchedule.of(
                    seed, LENGTH, cluster.brokers().size(), cluster.gateways().size());
            History history = new History();
            Workload workload = new Workload(cluster.addresses(), history, seed, Cluster.DEDICATED);
            Faults faults = new Faults(cluster, schedule, history);
            try {
                workload.runDuring(() -> {
                    faults.happen();
                    awaitHealthy(cluster);
                });
                report("all clients have seen the end", startNanos);
            } finally {
                faults.happened().forEach(System.out::println);
                System.out.println("answers: " + history.answers());
            }
            awaitHealthy(cluster);
            List<FinalRead> ends = new ArrayList<>(workload.readAll());
            report("all streams are read", startNanos);
            Log log = Log.of(cluster.kafka());
            if (!isCompacting) {
                ends.addAll(log.standing());
            }
            List<Event> events = history.events();
            Map<Boolean, List<Violation>> found =
                    HistoryChecker.check(events, ends, isCompacting ? List.of() : log.ended(), DELAY).stream()
                            .collect(Collectors.partitioningBy(violation -> violation
                                    .outdated()
                                    .filter(faults::mayBeOutdated)
                                    .isPresent()));
            List<Violation> violations = found.getOrDefault(false, List.of());
            List<Violation> kafkas = found.getOrDefault(true, List.of());
            report("all is checked", startNanos);
            report(faults.happened().size(), events, violations, kafkas, log);
            assertThat(violations.stream().limit(SHOWN).map(ChaosTest::shown)).isEmpty();
            assertThat(log.repeated().isNot()).isEmpty();
            assertThat(cluster.isAgreed())
                    .as("the gateways' states are the same")
                    .isTrue();
        }
    }

    /**
     * Small bounds, so that whatever has one comes to it. With every other seed the cleaner follows at once, and Kafka
     * gives up the records of ended streams while others read them; with the rest the log tells of all that ever was.
     */
    private static Map<String, String> configuration(boolean isCompacting) {
        return Map.of(
                "MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "2s",
                "MILLRACE_STREAMS_SSE_LIFETIME", "5s",
                "MILLRACE_STREAMS_KEEP_ALIVE", "1s",
                "MILLRACE_STREAMS_APPEND_TIMEOUT", "3s",
                "MILLRACE_STREAMS_CHUNK_BYTES", "4KiB",
                "MILLRACE_STREAMS_TAIL_BYTES", "256KiB",
                "MILLRACE_STREAMS_CHECKPOINT_RECORDS", "100",
                "MILLRACE_STREAMS_THINNING_RECORDS", "100",
                "MILLRACE_STREAMS_COMPACTION_LAG", isCompacting ? "0s" : "1h");
    }

    /** What Kafka itself holds in the end. */
    private record Log(RepeatedOperations repeated, List<FinalRead> standing, List<FinalRead> ended) {

        static Log of(NativeKafka kafka) throws Exception {
            Log log = new Log(
                    new RepeatedOperations(new ArrayList<>(), new ArrayList<>()), new ArrayList<>(), new ArrayList<>());
            List<Concurrently.Action> reads = new ArrayList<>();
            for (TopicPartition partition : kafka.partitions()) {
                boolean isDedicated = partition.topic().startsWith("cluster.");
                if (isDedicated || partition.topic().equals(Cluster.SHARED)) {
                    reads.add(() -> log.add(isDedicated, kafka.consume(partition.topic(), partition.partition())));
                }
            }
            Concurrently.all(reads);
            return log;
        }

        private synchronized void add(boolean isDedicated, List<NativeKafka.Seen> all) {
            List<NativeKafka.Seen> records = all.stream()
                    .filter(record -> !record.operation().isEmpty()) // no tombstones
                    .toList();
            RepeatedOperations operations = RepeatedOperations.in(records.stream()
                    .map(record -> new RepeatedOperations.Entry(
                            record.key(), isDedicated && record.operation().equals("delete")))
                    .toList());
            repeated.isVoid().addAll(operations.isVoid());
            repeated.isNot().addAll(operations.isNot());
            LogStreams.Streams streams = LogStreams.in(records.stream()
                    .map(record -> new LogStreams.Entry(
                            record.offset(), record.key(), record.headers(), String.valueOf(record.value())))
                    .toList());
            standing.addAll(streams.standing());
            ended.addAll(streams.ended());
        }
    }

    /** Without what only makes messages long. */
    private static String shown(Violation violation) {
        return violation.toString().replaceAll("x{9,}", "x...");
    }

    private static void report(String what, long startNanos) {
        System.out.printf("  after %.1f s %s%n", (System.nanoTime() - startNanos) / 1e9, what);
    }

    private static void awaitHealthy(Cluster cluster) throws Exception {
        cluster.awaitInSync();
        for (GatewayProcess gateway : cluster.gateways()) {
            gateway.awaitReady();
        }
    }

    private static void report(
            int faults, List<Event> events, List<Violation> violations, List<Violation> kafkas, Log log) {
        Map<String, Integer> kinds = new TreeMap<>();
        long acknowledged = 0;
        for (Event event : events) {
            kinds.merge(event.getClass().getSimpleName(), 1, Integer::sum);
            if (event instanceof Event.Append append && append.outcome() instanceof Outcome.Acknowledged) {
                acknowledged++;
            }
        }
        System.out.printf(
                "chaos: %d faults, %d events %s, %d appends acknowledged; %d earlier lives; violations %s;"
                        + " answers of a broker that had stood still: %s; operations twice in the log: %d, of them void: %d%n",
                faults,
                events.size(),
                kinds,
                acknowledged,
                log.ended().size(),
                Violation.summary(violations),
                Violation.summary(kafkas),
                log.repeated().isVoid().size() + log.repeated().isNot().size(),
                log.repeated().isVoid().size());
    }
}
