package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mapping.stream.StreamPath;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a gateway knows of streams has a bound: partitions leave its memory and come back, and nobody notices. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class UnloadingTest {

    private static final int PARTITIONS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String REFUSAL = "streams.state-bytes";

    private final String topic = Names.unique("it-unloading");
    private final int adminPort = Ports.free();
    private final StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + adminPort));

    @Test
    void idlePartitionsAreUnloadedAndServedAgainButNotUnderAReader() throws Exception {
        try (GatewayProcess gateway =
                gateway("idle").set("MILLRACE_STREAMS_IDLE_UNLOAD", "1s").start()) {
            StreamClient client = gateway.client();
            List<String> paths = ofEachPartition(1).stream().map(List::getFirst).toList();
            String watched = paths.getFirst();
            String polled = paths.get(1);
            String mortal = onPartition(2, "mortal");
            for (String path : paths) {
                client.put(path, TEXT, "1").expect(201);
            }
            client.create(mortal, TEXT, "Stream-TTL", "8").expect(201);
            try (SseReader reader = client.sse(watched + "?offset=-1&live=sse")) {
                assertThat(reader.nextData().data()).isEqualTo("1");
                CompletableFuture<Answer> poll = client.getAsync(
                        polled + "?live=long-poll&offset=" + client.head(polled).next());
                Await.until(
                        "all but those that somebody reads are unloaded",
                        PATIENCE,
                        () -> metric("millrace_loaded_partitions") == 2);
                long loads = loads(gateway);
                assertThat(metric("millrace_loaded_streams")).isEqualTo(2);
                assertThat(metric("millrace_state_bytes")).isBetween(500.0, 5_000.0);
                assertThat(poll).isNotDone();
                client.append(polled, TEXT, "2").expect(204);
                assertThat(poll.get().expect(200).text()).isEqualTo("2");
                Await.until(
                        "a partition is loaded in order to end a stream whose time is over",
                        PATIENCE,
                        () -> loads(gateway) > loads);
                client.get(mortal).expect(404);
                Await.until(
                        "only the reader's partition is left",
                        PATIENCE,
                        () -> metric("millrace_loaded_partitions") == 1);
                for (String path : paths) {
                    client.append(path, TEXT, "!").expect(204);
                    String text = path.equals(polled) ? "12!" : "1!";
                    assertThat(client.get(path).expect(200).text()).isEqualTo(text);
                }
                assertThat(reader.nextData().data()).isEqualTo("!");
            }
        }
    }

    /** All partitions do not fit, four at a time do: each is served when it is asked for. */
    @Test
    void partitionsThatDoNotFitAreServedByTurns() throws Exception {
        int each = 40;
        List<List<String>> paths = ofEachPartition(each);
        try (GatewayProcess writer = gateway("writer", Ports.free()).start()) {
            fill(writer.client(), paths);
        }
        long limit = 64 * 1024;
        try (GatewayProcess gateway = gateway("turns")
                .set("MILLRACE_STREAMS_STATE_BYTES", Long.toString(limit))
                .start()) {
            StreamClient client = gateway.client();
            String source = paths.get(10).getFirst();
            String fork = onPartition(11, "fork");
            String watched = paths.get(9).getFirst();
            client.fork(fork, source).expect(201);
            client.append(fork, TEXT, "!").expect(204);
            SseReader reader = client.sse(watched + "?offset=-1&live=sse");
            assertThat(reader.nextData().data()).isEqualTo(watched);
            for (int i = 0; i < 4; i++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    String path = paths.get(partition).get(i);
                    assertThat(client.get(path).expect(200).text()).isEqualTo(path);
                    assertThat(metric("millrace_state_bytes")).isBetween(1.0, (double) limit);
                }
                assertThat(new String(client.readAll(fork, "-1"), UTF_8)).isEqualTo(source + "!");
            }
            client.append(watched, TEXT, "?").expect(204);
            assertThat(reader.nextData().data())
                    .as("to who has listened all the time")
                    .isEqualTo("?");
            reader.close();
            client.append(paths.get(3).get(0), TEXT, "!").expect(204);
            client.put(paths.get(4).get(0) + "/new", TEXT, "new").expect(201);
            assertThat(client.get(paths.get(3).get(0)).expect(200).text())
                    .isEqualTo(paths.get(3).get(0) + "!");
            assertThat(client.get(paths.get(4).get(0) + "/new").expect(200).text())
                    .isEqualTo("new");

            // Who asks for many at once is answered, or told of the bound.
            AtomicInteger refused = new AtomicInteger();
            Concurrently.times(8, thread -> () -> {
                for (int i = 0; i < 20; i++) {
                    String path = paths.get((thread * 5 + i) % PARTITIONS).get(i);
                    Answer answer = client.get(path);
                    if (answer.status() == 503) {
                        refused.incrementAndGet();
                        assertThat(answer.header("Retry-After")).isPresent();
                    } else {
                        assertThat(answer.expect(200).text()).startsWith(path);
                    }
                }
            });
            System.out.printf(
                    "unloading: of 160 reads at once of 16 partitions, of which 4 fit, %d got 503%n", refused.get());
            for (List<String> ofPartition : paths) {
                String path = ofPartition.getLast();
                assertThat(getInTheEnd(client, path).expect(200).text()).isEqualTo(path);
            }
        }
    }

    /** The answer once there is room: a partition that was refused is refused for the time that the refusal tells. */
    private static Answer getInTheEnd(StreamClient client, String path) throws Exception {
        Answer answer = client.get(path);
        if (answer.status() == 503) {
            Thread.sleep(Duration.ofSeconds(
                    Long.parseLong(answer.header("Retry-After").orElseThrow())));
            answer = client.get(path);
        }
        return answer;
    }

    @Test
    void onePartitionThatDoesNotFitIsRefusedByName() throws Exception {
        List<List<String>> paths = ofEachPartition(1);
        String large = onPartition(7, "large");
        try (GatewayProcess gateway =
                gateway("large").set("MILLRACE_STREAMS_STATE_BYTES", "64KiB").start()) {
            StreamClient client = gateway.client();
            List<String> made = new ArrayList<>();
            Answer refusal;
            while (true) {
                String path = onPartition(7, "many/" + made.size());
                refusal = client.put(path, TEXT, path);
                if (refusal.status() == 503) {
                    break;
                }
                refusal.expect(201);
                made.add(path);
            }
            refusedByName(refusal);
            assertThat(made).hasSizeBetween(100, 300);

            // It is loaded: whatever else it is asked for goes on.
            String first = made.getFirst();
            client.append(first, TEXT, "!").expect(204);
            assertThat(client.get(first).expect(200).text()).isEqualTo(first + "!");
            client.put(first, TEXT, first).expect(200);
            refusedByName(client.put(large, TEXT, "large"));

            // It is used no more, so others take its place, and it fits beside nobody.
            client.put(paths.get(2).getFirst(), TEXT, "2").expect(201);
            refusedByName(client.get(first));
            assertThat(client.get(paths.get(2).getFirst()).expect(200).text()).isEqualTo("2");
            assertThat(metric("millrace_state_bytes")).isLessThan(64 * 1024);
            assertThat(gateway.readiness()).isEqualTo(200);
        }
    }

    private static void refusedByName(Answer answer) {
        answer.expect(503);
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.text()).contains(REFUSAL, "may take 65536");
    }

    private static void fill(StreamClient client, List<List<String>> paths) throws Exception {
        for (List<String> ofPartition : paths) {
            client.put(ofPartition.getFirst(), TEXT, ofPartition.getFirst()).expect(201);
        }
        Concurrently.times(PARTITIONS, partition -> () -> {
            List<String> rest = paths.get(partition);
            for (String path : rest.subList(1, rest.size())) {
                client.put(path, TEXT, path).expect(201);
            }
        });
    }

    /** Of every partition so many paths. */
    private static List<List<String>> ofEachPartition(int each) {
        List<List<String>> paths = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<String> found = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                found.add(onPartition(partition, "p" + partition + "/" + i));
            }
            paths.add(found);
        }
        return paths;
    }

    /** A path of this partition that begins like that. */
    private static String onPartition(int partition, String beginning) {
        for (int i = 0; ; i++) {
            String path = beginning + "-" + i;
            if (StreamPath.of(path).partition(PARTITIONS) == partition) {
                return "/" + path;
            }
        }
    }

    private static long loads(GatewayProcess gateway) {
        return gateway.process()
                .output()
                .lines()
                .filter(line -> line.contains("event=partition-loaded"))
                .count();
    }

    private double metric(String name) throws Exception {
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$")
                .matcher(admin.get("/metrics").expect(200).text());
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private GatewayProcess.Builder gateway(String role) {
        return gateway(role, adminPort);
    }

    private GatewayProcess.Builder gateway(String role, int port) {
        return GatewayProcess.named(role)
                .on(TestKafka.shared())
                .set("MILLRACE_ADMIN_PORT", Integer.toString(port))
                .sharing(topic, PARTITIONS);
    }
}
