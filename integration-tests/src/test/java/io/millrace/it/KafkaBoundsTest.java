package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However many requests need Kafka, a bounded number waits for it: the others are told so, and other streams go on. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class KafkaBoundsTest {

    private static final int WAITING = 400;
    private static final int WAITING_FOR_ONE = WAITING / 4;

    /** More than may wait for lookups. */
    private static final int LOOKING_UP = WAITING_FOR_ONE + 50;

    /** Not more than may wait for one partition. */
    private static final int READING = WAITING_FOR_ONE - 20;

    private static final int REQUESTS_EACH = 15;
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Platform threads that a flood may cost, and heap that it may leave: far below what each request would need. */
    private static final int MORE_THREADS = 50;

    private static final long MORE_HEAP = 6L * 1024 * 1024;

    /** A class: its objects, their bytes, its name. */
    private static final Pattern HISTOGRAM_LINE = Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +(\\S+)");

    /** What the collector fills gaps with. */
    private static final String FILLER = "FillerElement";

    /** Every answer is 404, or 503 that says which bound; streams that are there do not notice. */
    @Test
    void floodOfPathsThatNobodyHas() throws Exception {
        try (GatewayProcess gateway = bounded("flooded", WAITING)
                .on(TestKafka.shared())
                .set("MILLRACE_KAFKA_MAX_LOADS", "1")
                .set("MILLRACE_KAFKA_MAX_READERS", "2")
                .set("MILLRACE_KAFKA_MAX_LOOKUPS", "2")
                .start()) {
            flood(gateway);
            long heap = liveHeap(gateway);
            long threads = threads(gateway);
            flood(gateway);
            assertThat(threads(gateway)).isLessThan(threads + MORE_THREADS);
            assertThat(liveHeap(gateway)).isLessThan(heap + MORE_HEAP);
            assertThat(gateway.readiness()).isEqualTo(200);
        }
    }

    private static void flood(GatewayProcess gateway) throws Exception {
        StreamClient client = gateway.client();
        List<String> there = List.of("/" + Names.unique("there"), "/jobs/" + Names.unique("there"));
        for (String path : there) {
            client.create(path, TEXT).expect(201);
        }
        long threads = threads(gateway);
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        List<Concurrently.Action> senders = new ArrayList<>();
        for (int i = 0; i < LOOKING_UP + READING; i++) {
            String prefix = i < LOOKING_UP ? "/jobs/" : "/";
            senders.add(() -> {
                for (int n = 0; n < REQUESTS_EACH; n++) {
                    Answer answer = client.get(prefix + Names.unique("nobody"));
                    if (answer.status() != 404) {
                        expectUnavailable(answer);
                    }
                    answers.merge(answer.status() == 404 ? "404" : bound(answer), 1, Integer::sum);
                }
            });
        }
        AtomicBoolean done = new AtomicBoolean();
        List<Concurrently.Action> all = new ArrayList<>();
        all.add(() -> {
            try {
                Concurrently.all(senders);
            } finally {
                done.set(true);
            }
        });
        for (String path : there) {
            all.add(() -> {
                while (!done.get()) {
                    client.append(path, TEXT, "x").expect(204);
                    client.get(path).expect(200);
                    assertThat(threads(gateway)).isLessThan(threads + MORE_THREADS);
                }
            });
        }
        Concurrently.all(all);
        System.out.println("flood of unknown paths: " + answers);
        assertThat(answers).containsOnlyKeys("404", "kafka.max-lookups", "streams.max-waiting");
    }

    /** It takes its part of the places, and its clients wait in vain; nobody else does. */
    @Test
    void stalledStreamDoesNotTakeThePlacesOfOthers() throws Exception {
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        try (GatewayProcess gateway =
                bounded("stalled", WAITING).on(TestKafka.shared()).start()) {
            StreamClient client = gateway.client();
            String name = Names.unique("stalled");
            String stalled = "/jobs/" + name;
            String beside = "/jobs/" + Names.unique("beside");
            client.create(stalled, TEXT).expect(201);
            client.create(beside, TEXT).expect(201);
            try (KafkaProducer<byte[], byte[]> transaction = kafka.openTransaction("it-job." + name, "a")) {
                List<CompletableFuture<Answer>> appends = IntStream.range(0, WAITING + WAITING_FOR_ONE)
                        .mapToObj(_ -> client.appendAsync(stalled, TEXT, "b"))
                        .toList();
                Await.until("all are refused at once but those who wait", PATIENCE, () -> done(appends) >= WAITING);
                assertThat(appends).anyMatch(append -> !append.isDone());
                client.append(beside, TEXT, "x").expect(204);
                client.create("/jobs/" + Names.unique("beside"), TEXT).expect(201);
                client.create("/" + Names.unique("beside"), TEXT).expect(201);
                int undecided = 0;
                for (CompletableFuture<Answer> append : appends) {
                    if (append.get().status() == 504) {
                        undecided++;
                    } else {
                        expectUnavailable(append.get());
                        assertThat(bound(append.get())).isEqualTo("streams.max-waiting");
                    }
                }
                assertThat(undecided).isEqualTo(WAITING_FOR_ONE);
                transaction.commitTransaction();
            }
            Await.until(
                    "appends go on",
                    PATIENCE,
                    () -> client.append(stalled, TEXT, "c").status() == 204);
        }
    }

    /** 503 for those beyond the bound, at once, and nothing of theirs is written; 503 or 504 in time for the others. */
    @Test
    void kafkaIsCutOffWhileManyWait() throws Exception {
        int most = 40;
        int each = 20;
        int streams = 8;
        try (ProxiedBroker kafka = ProxiedBroker.start();
                GatewayProcess gateway = bounded("cut-off", most)
                        .set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", kafka.proxiedBootstrapServers())
                        .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "25s")
                        .start()) {
            StreamClient client = gateway.client();
            List<String> paths = IntStream.range(0, streams)
                    .mapToObj(i -> (i % 2 == 0 ? "/" : "/jobs/") + Names.unique("cut"))
                    .toList();
            for (String path : paths) {
                client.create(path, TEXT).expect(201);
            }
            kafka.proxy().withholdRequests();
            List<Append> appends = new ArrayList<>();
            for (int i = 0; i < each * streams; i++) {
                String path = paths.get(i % streams);
                String text = "<" + i + ">";
                appends.add(new Append(path, text, client.appendAsync(path, TEXT, text)));
            }
            Await.until(
                    "all are refused at once but those who wait",
                    Duration.ofSeconds(12),
                    () -> done(appends.stream().map(Append::answer).toList()) >= each * streams - most);
            for (String path : paths) {
                expectUnavailable(client.head(path));
                expectUnavailable(client.get("/" + Names.unique("nobody")));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Append append : appends) {
                statuses.add(append.answer().get().status());
            }
            assertThat(statuses).contains(503, 504).isSubsetOf(503, 504);
            assertThat(statuses.stream().filter(status -> status == 504)).hasSizeLessThanOrEqualTo(most);
            kafka.proxy().resume();
            for (String path : paths) {
                Await.until(
                        "appends go on",
                        PATIENCE,
                        () -> client.append(path, TEXT, "!").status() == 204);
            }
            for (Append append : appends) {
                String text = client.get(append.path()).expect(200).text();
                int status = append.answer().get().status();
                assertThat(Pattern.compile(append.text(), Pattern.LITERAL)
                                .matcher(text)
                                .results())
                        .as("%s in %s was answered %d", append.text(), append.path(), status)
                        .hasSizeLessThanOrEqualTo(status == 503 ? 0 : 1);
            }
        }
    }

    /** An append on its way. */
    private record Append(String path, String text, CompletableFuture<Answer> answer) {}

    private static GatewayProcess.Builder bounded(String role, int waiting) {
        return GatewayProcess.named(role)
                .mappings("""
                        mappings:
                          - path: "jobs/{id}"
                            kind: dedicated
                            topic: "it-job.{id}"
                            replication-factor: 1
                          - path: "**"
                            kind: shared
                            topic: it-kafka-bounds
                            partitions: %d
                            replication-factor: 1
                        """.formatted(PARTITIONS))
                .set("MILLRACE_STREAMS_MAX_WAITING", Integer.toString(waiting))
                .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "8s");
    }

    private static long done(Iterable<CompletableFuture<Answer>> answers) {
        long done = 0;
        for (CompletableFuture<Answer> answer : answers) {
            done += answer.isDone() ? 1 : 0;
        }
        return done;
    }

    /** The setting that a refusal names. */
    private static String bound(Answer refusal) {
        Matcher named = Pattern.compile("\\((kafka|streams)(\\.[a-z-]+)\\)").matcher(refusal.text());
        return named.find() ? named.group(1) + named.group(2) : refusal.text();
    }

    private static void expectUnavailable(Answer answer) {
        answer.expect(503);
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
    }

    /** Bytes of the objects that the gateway can reach. */
    private static long liveHeap(GatewayProcess gateway) throws Exception {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(gateway.process().pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
        assertThat(jcmd.waitFor()).as(output).isZero();
        return HISTOGRAM_LINE
                .matcher(output)
                .results()
                .filter(line -> !line.group(2).contains(FILLER))
                .mapToLong(line -> Long.parseLong(line.group(1)))
                .sum();
    }

    /** The gateway's platform threads. */
    private static long threads(GatewayProcess gateway) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + gateway.process().pid() + "/status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring("Threads:".length()).strip()))
                .findFirst()
                .orElseThrow();
    }
}
