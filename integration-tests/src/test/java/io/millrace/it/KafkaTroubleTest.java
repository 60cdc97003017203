package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.chaos.RepeatedOperations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** DESIGN.md 11, row by row, on a cluster of three brokers, beside {@link OutageTest} and {@link StuckPartitionTest}. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class KafkaTroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Beyond the gateway's own deadline and the time that Kafka's clients wait for an answer. */
    private static final Duration STUCK = Duration.ofSeconds(9);

    /** Room for an index as Kafka makes it, of 10 MiB, and not for many records. */
    private static final int LARGEST_FILE_KIB = 12 * 1024;

    private static final Map<String, String> IMPATIENT =
            Map.of("MILLRACE_STREAMS_APPEND_TIMEOUT", "5s", "MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "2s");

    private static Cluster cluster;
    private static NativeKafka kafka;

    private final String name = Names.unique("trouble");
    private final String path = Cluster.DEDICATED + name;
    private final String topic = "cluster." + name;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(2, IMPATIENT);
        kafka = cluster.kafka();
    }

    @AfterAll
    static void end() throws Exception {
        cluster.close();
    }

    @BeforeEach
    void create() throws Exception {
        cluster.awaitInSync();
        Await.until(
                "the stream is created",
                PATIENCE,
                () -> client(0).create(path, TEXT).status() / 100 == 2);
        client(1).append(path, TEXT, "before;").expect(204);
    }

    private static StreamClient client(int gateway) {
        return cluster.gateways().get(gateway).client();
    }

    private ChildBroker leader() throws Exception {
        return cluster.brokers().get(kafka.leader(topic, 0) - 1);
    }

    private void assertStored(String rest) throws Exception {
        for (int gateway = 0; gateway < 2; gateway++) {
            assertThat(new String(client(gateway).readAll(path, "-1"), UTF_8)).isEqualTo("before;" + rest);
        }
    }

    private static String messages(String id, int count) {
        return IntStream.range(0, count)
                .mapToObj(seq -> PipelinedProducer.message(id, seq))
                .collect(Collectors.joining());
    }

    @Test
    void appendsGoOnAfterTheLeaderWasKilled() throws Exception {
        ChildBroker leader = leader();
        int before = kafka.leader(topic, 0);
        CompletableFuture<Long> elected = new CompletableFuture<>();
        leader.kill();
        long killed = System.nanoTime();
        Thread watch = Thread.ofVirtual().start(() -> {
            try {
                Await.until("another leads", PATIENCE, () -> {
                    int now = kafka.leader(topic, 0);
                    return now != before && now > 0;
                });
                elected.complete(System.nanoTime());
            } catch (Exception | AssertionError e) {
                elected.completeExceptionally(e);
            }
        });
        PipelinedProducer producer = new PipelinedProducer("p", path, seq -> client(seq % 2));
        producer.produce(0, 1);
        long resumed = System.nanoTime();
        System.out.printf(
                "leader killed: Kafka elected another after %d ms, an append was taken after %d ms%n",
                TimeUnit.NANOSECONDS.toMillis(elected.get() - killed), TimeUnit.NANOSECONDS.toMillis(resumed - killed));
        watch.join();
        producer.produce(1, 20);
        assertStored(messages("p", 20));
        leader.restart();
    }

    /** What Kafka has too few copies for is not acknowledged; what is there is read, and once there are enough it goes on. */
    @Test
    void tooFewCopiesInSync() throws Exception {
        int leader = kafka.leader(topic, 0);
        ChildBroker other = cluster.brokers().get(leader % 3);
        kafka.alter(topic, "min.insync.replicas", "3");
        other.kill();
        Await.until("a copy is out of sync", PATIENCE, () -> kafka.inSync(topic) == 2);
        Answer refused = client(0).append(path, TEXT, "undecided;");
        assertThat(refused.status()).isIn(503, 504);
        assertThat(refused.header("Content-Type")).contains("application/problem+json");
        assertThat(client(1).get(path + "?offset=-1").status()).isIn(200, 503);
        kafka.alter(topic, "min.insync.replicas", "2");
        Await.until(
                "an append is taken",
                PATIENCE,
                () -> client(1).append(path, TEXT, "after;").status() == 204);
        // One that was not acknowledged may have been written all the same, and in front of what came later.
        assertThat(new String(client(0).readAll(path, "-1"), UTF_8)).matches("before;(undecided;)?(after;)+");
        other.restart();
    }

    @Test
    void allBrokersDownAndBack() throws Exception {
        PipelinedProducer producer = new PipelinedProducer("p", path, seq -> client(seq % 2));
        producer.produce(0, 10);
        for (ChildBroker broker : cluster.brokers()) {
            broker.kill();
        }
        Answer refused = client(0).append(path, TEXT, "lost");
        assertThat(refused.status()).isIn(503, 504);
        CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> {
            try {
                producer.produce(10, 20);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Concurrently.all(cluster.brokers().stream()
                .<Concurrently.Action>map(broker -> broker::restart)
                .toList());
        rest.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        String stored = new String(client(1).readAll(path, "-1"), UTF_8);
        assertThat(stored.replace("lost", "")).isEqualTo("before;" + messages("p", 20));
    }

    /** Whether what was handed to Kafka and not answered in time was written, nobody knows; it is written once. */
    @Test
    void aBrokerThatStoppedForLongerThanAllDeadlinesDoublesNothing() throws Exception {
        List<PipelinedProducer> producers = IntStream.range(0, 3)
                .mapToObj(i -> new PipelinedProducer("p" + i, path + "-" + i, seq -> client(seq % 2)))
                .toList();
        for (PipelinedProducer producer : producers) {
            client(0).create(producer.path(), TEXT).expect(201);
        }
        ChildBroker slow = cluster.brokers().get(kafka.leader(topic + "-0", 0) - 1);
        List<Concurrently.Action> all = new ArrayList<>();
        producers.forEach(producer -> all.add(() -> producer.produce(0, Integer.MAX_VALUE)));
        all.add(() -> {
            try {
                awaitSome(producers, 20);
                slow.process().pause();
                Thread.sleep(STUCK); // the fault itself, not a wait for something
                slow.process().resume();
                awaitSome(producers, 40);
            } finally {
                slow.process().resume();
                producers.forEach(PipelinedProducer::stop);
            }
        });
        Concurrently.all(all);
        for (int i = 0; i < producers.size(); i++) {
            PipelinedProducer producer = producers.get(i);
            assertThat(new String(client(i % 2).readAll(producer.path(), "-1"), UTF_8))
                    .isEqualTo(messages(producer.id(), producer.acknowledged().size()));
            RepeatedOperations repeated = RepeatedOperations.in(kafka.consume(topic + "-" + i, 0).stream()
                    .map(record -> new RepeatedOperations.Entry(record.key(), false))
                    .toList());
            assertThat(repeated.isNot()).isEmpty();
        }
    }

    private static void awaitSome(List<PipelinedProducer> producers, int more) throws Exception {
        List<Integer> had =
                producers.stream().map(one -> one.acknowledged().size()).toList();
        Await.until("appends are taken", PATIENCE, () -> IntStream.range(0, had.size())
                .allMatch(i -> producers.get(i).acknowledged().size() >= had.get(i) + more));
    }

    /** A broker whose disk is full is as good as dead, and the others go on; a limit of the size of files stands for the disk. */
    @Test
    void fullDiskOnTheLeader() throws Exception {
        ChildBroker leader = cluster.brokers().getFirst();
        leader.stop();
        leader.restart(LARGEST_FILE_KIB);
        cluster.awaitInSync();
        String full = ledByFirst();
        String large = "x".repeat(512 * 1024);
        int taken = 0;
        for (int i = 0; i < 30; i++) {
            String seq = Integer.toString(i);
            Await.until(
                    "it is taken, by another broker in the end",
                    PATIENCE,
                    () -> client(1)
                                            .append(
                                                    full,
                                                    TEXT,
                                                    large,
                                                    "Producer-Id",
                                                    "p",
                                                    "Producer-Epoch",
                                                    "0",
                                                    "Producer-Seq",
                                                    seq)
                                            .status()
                                    / 100
                            == 2);
            taken++;
        }
        assertThat(leader.process().isAlive()).as("its disk was full").isFalse();
        assertThat(client(0).readAll(full, "-1")).hasSize(taken * large.length());
        leader.restart();
    }

    /** A stream whose partition is led by the first broker. */
    private String ledByFirst() throws Exception {
        for (int i = 0; i < 50; i++) {
            client(0).create(path + "-full-" + i, TEXT).expect(201);
            if (kafka.leader(topic + "-full-" + i, 0) == 1) {
                return path + "-full-" + i;
            }
        }
        throw new AssertionError("the first broker leads nothing");
    }

    /** A gateway that was paused comes back with what it knew then; nothing of it may be told that is not so any more. */
    @Test
    void aPausedGatewayTellsNothingStale() throws Exception {
        String deleted = path + "-deleted";
        String closed = path + "-closed";
        String again = path + "-again";
        for (String one : List.of(deleted, closed, again)) {
            client(1).create(one, TEXT).expect(201);
            client(0).append(one, TEXT, "old").expect(204);
            client(1).get(one + "?offset=-1").expect(200);
        }
        String token = client(1).head(again).expect(200).next();
        GatewayProcess paused = cluster.gateways().get(1);
        paused.process().pause();
        List<CompletableFuture<Answer>> reads = new ArrayList<>();
        try {
            client(0).delete(deleted).expect(204);
            client(0).close(closed).expect(204);
            client(0).delete(again).expect(204);
            client(0).create(again, TEXT).expect(201);
            client(0).append(again, TEXT, "new").expect(204);
            client(0).append(path, TEXT, "after;").expect(204);
            // They are there already when it wakes up.
            reads.add(client(1).sendAsync("HEAD", deleted));
            reads.add(client(1).getAsync(deleted + "?offset=-1"));
            reads.add(client(1).appendAsync(closed, TEXT, "late"));
            reads.add(client(1).getAsync(closed + "?offset=-1"));
            reads.add(client(1).getAsync(again + "?offset=" + token));
            reads.add(client(1).getAsync(again + "?offset=-1"));
            reads.add(client(1).getAsync(path + "?offset=-1"));
            Thread.sleep(Duration.ofSeconds(Integer.getInteger("pause.seconds", 5))); // the fault itself
        } finally {
            paused.process().resume();
        }
        assertThat(reads.get(0).get().status()).isIn(404, 503);
        assertThat(reads.get(1).get().status()).isIn(404, 503);
        assertThat(reads.get(2).get().status()).isIn(409, 503, 504);
        assertFresh(reads.get(3).get(), "old");
        assertThat(reads.get(4).get().status()).isIn(410, 503);
        assertFresh(reads.get(5).get(), "new");
        assertFresh(reads.get(6).get(), "before;after;");
        assertThat(client(1).get(closed + "?offset=-1").expect(200).header("Stream-Closed"))
                .contains("true");
    }

    private static void assertFresh(Answer answer, String text) {
        assertThat(answer.status()).isIn(200, 503);
        if (answer.status() == 200) {
            assertThat(answer.text()).isEqualTo(text);
        }
    }
}
