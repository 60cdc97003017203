package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.BrokerTraffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three gateways behind a real nginx, with either recipe: one server for its clients. What each costs is printed. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BalancerTest {

    private static final int CONFORMANCE_TESTS = 332;
    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);

    private static final int STREAMS = 24;
    private static final int APPENDS = 40;
    private static final int APPEND_BYTES = 2_000;
    private static final Duration BETWEEN_APPENDS = Duration.ofMillis(75);

    private static final List<GatewayProcess> GATEWAYS = new ArrayList<>();
    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();

    private static ChildBroker broker;

    @BeforeAll
    static void start() throws Exception {
        Nginx.require();
        broker = ChildBroker.start();
        STARTED.push(broker);
        for (int i = 0; i < 3; i++) {
            GatewayProcess gateway = GatewayProcess.named("balanced-" + i)
                    .on(broker)
                    .mappings(mappings())
                    .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", LONG_POLL_TIMEOUT.toMillis() + "ms")
                    .launch();
            STARTED.push(gateway);
            GATEWAYS.add(gateway);
        }
        for (GatewayProcess gateway : GATEWAYS) {
            gateway.awaitReady();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    /** Topics of its own for each recipe, so that one's partitions are not loaded for the other. */
    private static String mappings() {
        return """
                mappings:
                  - path: "path-hash/topics/{name}"
                    kind: dedicated
                    topic: "path-hash.{name}"
                    replication-factor: 1
                  - path: "round-robin/topics/{name}"
                    kind: dedicated
                    topic: "round-robin.{name}"
                    replication-factor: 1
                  - path: "path-hash/**"
                    kind: shared
                    topic: path-hash
                    partitions: 8
                    replication-factor: 1
                  - path: "round-robin/**"
                    kind: shared
                    topic: round-robin
                    partitions: 8
                    replication-factor: 1
                  - path: "warm-up/**"
                    kind: shared
                    topic: warm-up
                    partitions: 8
                    replication-factor: 1
                  - path: "**"
                    kind: shared
                    topic: durable-streams
                    partitions: 8
                    replication-factor: 1
                """;
    }

    /** Each request of a test may go to another gateway than the one before. */
    @Test
    void theConformanceSuitePassesWithARoundRobin() throws Exception {
        Path report = Build.target("conformance-reports").resolve("balanced.xml");
        Files.deleteIfExists(report);
        try (Nginx nginx = Nginx.start("round-robin", GATEWAYS)) {
            ChildProcess vitest = NodeProject.vitest(
                    "conformance.test.js",
                    report,
                    Map.of(
                            "GATEWAY_URL",
                            nginx.origin().toString(),
                            "LONG_POLL_TIMEOUT_MS",
                            Long.toString(LONG_POLL_TIMEOUT.toMillis())),
                    Duration.ofMinutes(4));
            assertThat(report).as(vitest.describe("wrote no report")).exists();
            TestReport tests = TestReport.of(report);
            assertThat(tests.failed()).isEmpty();
            assertThat(tests.passed()).hasSize(CONFORMANCE_TESTS);
            Map<String, Long> shares = nginx.passed().stream()
                    .collect(Collectors.groupingBy(Nginx.Passed::gateways, Collectors.counting()));
            assertThat(shares).as("all three were asked").hasSizeGreaterThanOrEqualTo(GATEWAYS.size());
        }
    }

    @Test
    void pathHashAndRoundRobinGiveTheSameAndCostDifferently() throws Exception {
        cost("round-robin", "warm-up", "/"); // JVMs that have just started compile their code
        for (String folder : List.of("/", "/topics/")) {
            Cost hashed = cost("path-hash", "path-hash", folder);
            Cost robin = cost("round-robin", "round-robin", folder);
            String kind = folder.equals("/") ? "shared" : "dedicated";
            System.out.printf("balanced, path hash, %s: %s%n", kind, hashed);
            System.out.printf("balanced, round robin, %s: %s%n", kind, robin);
            assertThat(hashed.fetched()).isLessThan(robin.fetched() * 1.2);
            if (kind.equals("dedicated")) {
                assertThat(hashed.loads()).as("each stream at one gateway").isEqualTo(STREAMS);
                assertThat(robin.loads()).as("each stream at all gateways").isGreaterThan(STREAMS * 2);
                assertThat(hashed.fetched()).isLessThan(robin.fetched() * 0.6);
            }
        }
    }

    /**
     * What it took.
     *
     * @param loads   partitions that were loaded, by all gateways together
     * @param fetched bytes that gateways fetched for each byte that was appended
     * @param cpu     of all gateways
     * @param median  from the moment an append was sent until its reader had it
     */
    private record Cost(long loads, double fetched, Duration cpu, Duration median, Duration slow) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d partitions loaded, %.1f bytes fetched per byte appended, %.1f s of CPU, from append to reader"
                            + " %.1f ms (median), %.1f ms (99 %%)",
                    loads,
                    fetched,
                    cpu.toMillis() / 1e3,
                    median.toNanos() / 1e6,
                    slow.toNanos() / 1e6);
        }
    }

    private static Cost cost(String recipe, String root, String folder) throws Exception {
        List<String> names =
                IntStream.range(0, STREAMS).mapToObj(_ -> Names.unique("s")).toList();
        Collection<Duration> delays = new ConcurrentLinkedQueue<>();
        try (Nginx nginx = Nginx.start(recipe, GATEWAYS)) {
            StreamClient client = nginx.client();
            for (String name : names) {
                client.create("/" + root + folder + name, TEXT).expect(201);
            }
            CountDownLatch begun = new CountDownLatch(STREAMS);
            List<Concurrently.Action> actions = new ArrayList<>();
            long[] fetchedBefore = new long[1];
            Duration[] cpuBefore = new Duration[1];
            for (String name : names) {
                String path = "/" + root + folder + name;
                actions.add(() -> follow(client, path, begun, delays));
                actions.add(() -> {
                    begun.await();
                    append(client, path);
                });
            }
            cpuBefore[0] = cpu();
            fetchedBefore[0] = fetched(root, folder, names);
            Concurrently.all(actions);
            List<Duration> sorted = delays.stream().sorted().toList();
            assertThat(sorted).hasSize(STREAMS * APPENDS);
            return new Cost(
                    loads(root, folder),
                    (double) (fetched(root, folder, names) - fetchedBefore[0]) / (STREAMS * APPENDS * APPEND_BYTES),
                    cpu().minus(cpuBefore[0]),
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() * 99 / 100));
        }
    }

    private static void append(StreamClient client, String path) throws Exception {
        for (int n = 0; n < APPENDS; n++) {
            Thread.sleep(BETWEEN_APPENDS);
            String text = n + " " + System.nanoTime() + " ";
            client.append(path, TEXT, text + "x".repeat(APPEND_BYTES - text.length()))
                    .expect(204);
        }
        client.close(path).expect(204);
    }

    private static void follow(StreamClient client, String path, CountDownLatch begun, Collection<Duration> delays)
            throws Exception {
        try (SseReader reader = client.sse(path + "?offset=-1&live=sse")) {
            assertThat(reader.next()).isPresent();
            begun.countDown();
            for (int n = 0; n < APPENDS; n++) {
                String[] words = reader.nextData().data().split(" ", 3);
                delays.add(Duration.ofNanos(System.nanoTime() - Long.parseLong(words[1])));
                assertThat(words[0]).isEqualTo(Integer.toString(n));
            }
            assertThat(reader.next()
                            .orElseThrow()
                            .control()
                            .path("streamNextOffset")
                            .asText())
                    .isNotEmpty();
        }
    }

    private static long fetched(String root, String folder, List<String> names) throws Exception {
        if (folder.equals("/")) {
            return BrokerTraffic.bytesOut(broker.process().handle(), root);
        }
        long sum = 0;
        for (String name : names) {
            sum += BrokerTraffic.bytesOut(broker.process().handle(), root + "." + name);
        }
        return sum;
    }

    private static Duration cpu() {
        return GATEWAYS.stream()
                .map(gateway ->
                        gateway.process().handle().info().totalCpuDuration().orElseThrow())
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static long loads(String root, String folder) {
        String topic = root + (folder.equals("/") ? "-" : ".");
        return GATEWAYS.stream()
                .flatMap(gateway -> gateway.process().output().lines())
                .filter(line -> line.contains("event=partition-loaded partition=" + topic))
                .count();
    }
}
