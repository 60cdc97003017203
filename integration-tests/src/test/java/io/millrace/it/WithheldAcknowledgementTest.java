package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway that does not hear whether Kafka has what it sent: no answer claims what the log does not bear out. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WithheldAcknowledgementTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Long enough for a gateway that answers too early to do so. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private ProxiedBroker kafka;
    private GatewayProcess deaf;
    private GatewayProcess hearing;

    @BeforeEach
    void start() throws Exception {
        kafka = ProxiedBroker.start();
        deaf = GatewayProcess.named("deaf")
                .set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", kafka.proxiedBootstrapServers())
                .set("MILLRACE_STREAMS_APPEND_TIMEOUT", "20s")
                .start();
        hearing = GatewayProcess.named("hearing").on(kafka.broker()).start();
    }

    @AfterEach
    void end() throws Exception {
        deaf.close();
        hearing.close();
        kafka.close();
    }

    @Test
    void retryIsNotAcknowledgedBeforeTheRecordIs() throws Exception {
        String path = begin();
        kafka.proxy().withholdAnswers();
        CompletableFuture<Answer> first = append(deaf, path, 1);
        awaitText(hearing, path, "0;1;");
        CompletableFuture<Answer> retry = append(deaf, path, 1);
        Thread.sleep(SILENCE.toMillis());
        assertThat(isAcknowledged(retry)).isFalse();
        assertThat(append(hearing, path, 1).get().status()).isEqualTo(204);
        assertThat(append(hearing, path, 2).get().status()).isEqualTo(200);
        kafka.proxy().resume();
        settle(deaf, path, 1);
        assertThat(List.of(first.get().status(), retry.get().status())).isSubsetOf(200, 204, 503, 504);
        assertThat(text(deaf, path)).isEqualTo("0;1;2;");
    }

    /** The record never leaves the gateway's socket before the broker is killed. */
    @Test
    void retryIsNotAcknowledgedWhenTheRecordIsLostWithTheBroker() throws Exception {
        String path = begin();
        kafka.proxy().withholdRequests();
        CompletableFuture<Answer> first = append(deaf, path, 1);
        Thread.sleep(200);
        CompletableFuture<Answer> retry = append(deaf, path, 1);
        Thread.sleep(SILENCE.toMillis());
        assertThat(isAcknowledged(first)).isFalse();
        assertThat(isAcknowledged(retry)).isFalse();
        assertThat(text(hearing, path)).isEqualTo("0;");
        killAndRestart();
        settle(deaf, path, 1);
        if (isAcknowledged(first) || isAcknowledged(retry)) {
            assertThat(text(hearing, path)).isEqualTo("0;1;");
        }
        assertThat(append(hearing, path, 1).get().status()).isEqualTo(204);
        assertThat(text(deaf, path)).isEqualTo("0;1;");
    }

    /** Writers of both gateways, with and without producer headers, while acknowledgements vanish and the broker dies. */
    @Test
    void whatIsAcknowledgedIsThereOnceWhateverIsWithheld() throws Exception {
        String path = "/" + Names.unique("stormy");
        deaf.client().create(path, TEXT).expect(201);
        List<PipelinedProducer> producers = IntStream.range(0, 6)
                .mapToObj(i -> new PipelinedProducer(
                        "p" + i, path, turn -> (i < 2 ? deaf : i < 4 ? hearing : turn % 2 == 0 ? deaf : hearing)
                                .client()))
                .toList();
        List<Concurrently.Action> actions = new ArrayList<>();
        producers.forEach(producer -> actions.add(() -> producer.produce(0, Integer.MAX_VALUE)));
        actions.add(() -> {
            try {
                for (int round = 0; round < 2; round++) {
                    Thread.sleep(700);
                    kafka.proxy().withholdAnswers();
                    Thread.sleep(700);
                    kafka.proxy().cut();
                    kafka.proxy().resume();
                    Thread.sleep(700);
                    kafka.proxy().withholdAnswers();
                    Thread.sleep(300);
                    killAndRestart();
                }
                Thread.sleep(700);
            } finally {
                producers.forEach(PipelinedProducer::stop);
            }
        });
        Concurrently.all(actions);
        for (GatewayProcess gateway : List.of(deaf, hearing)) {
            String text = new String(gateway.client().readAll(path, "-1"), UTF_8);
            for (PipelinedProducer producer : producers) {
                assertThat(producer.acknowledged()).isNotEmpty();
                assertThat(TwoGatewaysTest.linesOf(producer.id(), text))
                        .as("what %s sees of %s", gateway, producer.id())
                        .containsExactlyElementsOf(producer.acknowledged().keySet().stream()
                                .map(seq -> producer.id() + ":" + seq)
                                .toList());
            }
        }
        assertThat(deaf.process().isAlive()).isTrue();
        assertThat(hearing.process().isAlive()).isTrue();
    }

    /** A stream with one append in it, known to both gateways. */
    private String begin() throws Exception {
        String path = "/" + Names.unique("withheld");
        deaf.client().create(path, TEXT).expect(201);
        assertThat(append(deaf, path, 0).get().status()).isEqualTo(200);
        assertThat(text(hearing, path)).isEqualTo("0;");
        return path;
    }

    private void killAndRestart() throws Exception {
        kafka.broker().kill();
        kafka.proxy().cut();
        kafka.proxy().resume();
        kafka.broker().restart();
    }

    private static CompletableFuture<Answer> append(GatewayProcess gateway, String path, int seq) {
        return gateway.client()
                .appendAsync(
                        path,
                        TEXT,
                        seq + ";",
                        "Producer-Id",
                        "p",
                        "Producer-Epoch",
                        "0",
                        "Producer-Seq",
                        Integer.toString(seq));
    }

    /** Sends the append again until it is acknowledged. */
    private static void settle(GatewayProcess gateway, String path, int seq) throws Exception {
        Await.until(
                "append " + seq + " is acknowledged", PATIENCE, () -> isAcknowledged(append(gateway, path, seq), true));
    }

    private static boolean isAcknowledged(CompletableFuture<Answer> answer) throws Exception {
        return isAcknowledged(answer, false);
    }

    private static boolean isAcknowledged(CompletableFuture<Answer> answer, boolean wait) throws Exception {
        try {
            return (wait || answer.isDone()) && answer.get().status() < 300;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static void awaitText(GatewayProcess gateway, String path, String text) throws Exception {
        Await.until(text + " in " + path, PATIENCE, () -> text(gateway, path).equals(text));
    }

    private static String text(GatewayProcess gateway, String path) throws Exception {
        return gateway.client().get(path).expect(200).text();
    }
}
