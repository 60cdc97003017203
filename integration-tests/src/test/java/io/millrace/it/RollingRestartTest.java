package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three gateways are restarted one after another under load: whoever tries again gets through, and nothing is amiss. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RollingRestartTest {

    private static final int STREAMS = 2;
    private static final int READERS = 4;
    private static final List<GatewayProcess> GATEWAYS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        for (int i = 0; i < 3; i++) {
            GATEWAYS.add(GatewayProcess.named("rolling-" + i)
                    .on(TestKafka.shared())
                    .mappings(GatewayPair.MAPPINGS)
                    .set("MILLRACE_SERVER_DRAIN_TIME", "1s")
                    .launch());
        }
        for (GatewayProcess gateway : GATEWAYS) {
            gateway.awaitReady();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (GatewayProcess gateway : GATEWAYS) {
            gateway.close();
        }
    }

    /** Clients know all three, and go to the next one where one fails. */
    @Test
    void clientsThatKnowAllGateways() throws Exception {
        restartUnderLoad("direct", turn -> GATEWAYS.get(turn % GATEWAYS.size()).client());
    }

    @Test
    void clientsOfABalancer() throws Exception {
        try (Nginx nginx = Nginx.start("round-robin", GATEWAYS)) {
            StreamClient client = nginx.client();
            restartUnderLoad("nginx", _ -> client);
            List<Nginx.Passed> passed = nginx.passed();
            assertThat(passed)
                    .extracting(Nginx.Passed::gateways)
                    .as("the next gateway is asked where one does not take connections")
                    .anyMatch(gateways -> gateways.contains(","));
            assertThat(passed)
                    .filteredOn(one -> !one.method().equals("POST"))
                    .as("reads")
                    .noneMatch(one -> one.status() >= 500);
            System.out.println("rolling restart, nginx: "
                    + passed.stream()
                            .collect(Collectors.groupingBy(
                                    one -> one.method() + " " + one.status(), TreeMap::new, Collectors.counting())));
        }
    }

    private static void restartUnderLoad(String way, IntFunction<StreamClient> route) throws Exception {
        StreamClient any = route.apply(0);
        List<String> paths = IntStream.range(0, STREAMS)
                .mapToObj(_ -> "/" + Names.unique("rolling"))
                .toList();
        List<PipelinedProducer> producers = new ArrayList<>();
        List<ResumingReader> readers = new ArrayList<>();
        List<Concurrently.Action> followers = new ArrayList<>();
        List<Concurrently.Action> writers = new ArrayList<>();
        for (String path : paths) {
            any.create(path, TEXT).expect(201);
            PipelinedProducer producer = new PipelinedProducer("p", path, route);
            producers.add(producer);
            writers.add(() -> producer.produce(0, Integer.MAX_VALUE));
            for (int i = 0; i < READERS; i++) {
                int turn = i;
                ResumingReader bySse = new ResumingReader(path, next -> route.apply(turn + next));
                ResumingReader byLongPoll = new ResumingReader(path, next -> route.apply(turn + next));
                readers.addAll(List.of(bySse, byLongPoll));
                followers.addAll(List.of(bySse::followBySse, byLongPoll::followByLongPoll));
            }
        }
        writers.add(() -> {
            try {
                for (GatewayProcess gateway : GATEWAYS) {
                    Thread.sleep(500);
                    gateway.terminate();
                    assertThat(gateway.awaitExit()).isIn(0, 143);
                    gateway.restart();
                }
                Thread.sleep(500);
            } finally {
                producers.forEach(PipelinedProducer::stop);
            }
        });
        followers.add(() -> {
            try {
                Concurrently.all(writers);
            } finally {
                for (String path : paths) {
                    close(route, path);
                }
            }
        });
        Concurrently.all(followers);

        int messages = 0;
        int refused = 0;
        for (PipelinedProducer producer : producers) {
            String text = new String(any.readAll(producer.path(), "-1"), UTF_8);
            assertThat(text.lines())
                    .containsExactlyElementsOf(producer.acknowledged().keySet().stream()
                            .map(seq -> "p:" + seq)
                            .toList());
            readers.stream()
                    .filter(reader -> reader.path().equals(producer.path()))
                    .forEach(reader -> assertThat(reader.text()).isEqualTo(text));
            messages += producer.acknowledged().size();
            refused += producer.failures();
        }
        System.out.printf(
                "rolling restart, %s: %d appends, %d tries of them failed; %d readers with %d requests, %d of them failed%n",
                way,
                messages,
                refused,
                readers.size(),
                readers.stream().mapToInt(ResumingReader::requests).sum(),
                readers.stream().mapToInt(ResumingReader::failures).sum());
        assertThat(messages).isGreaterThan(STREAMS * 100);
    }

    private static void close(IntFunction<StreamClient> route, String path) throws Exception {
        for (int turn = 0; turn < GATEWAYS.size(); turn++) {
            if (route.apply(turn).close(path).status() == 204) {
                return;
            }
        }
        throw new AssertionError("cannot close " + path);
    }
}
