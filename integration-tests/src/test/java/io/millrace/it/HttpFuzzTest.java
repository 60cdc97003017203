package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that went wrong on their way, byte by byte: whatever comes, the gateway answers as the protocol says or closes,
 * never fails, and loses nothing of what others write meanwhile. {@code -Dfuzz.seconds=600} fuzzes for longer, {@code
 * -Dfuzz.seed=} repeats a run.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class HttpFuzzTest {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 15));
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int SENDERS = 4;

    /** An answer that waits (long-poll, SSE) is left to itself after this time. */
    private static final int PATIENCE_MILLIS = 500;

    private static final int MOST_READ = 64 * 1024;

    @Test
    void mutatedRequestsDoNoHarm() throws Exception {
        System.out.printf("HTTP fuzz: seed %d, %d s%n", SEED, LENGTH.toSeconds());
        try (GatewayProcess gateway = GatewayProcess.named("fuzz")
                .on(TestKafka.shared())
                .sharing("it-fuzz", 2)
                .start()) {
            StreamClient client = gateway.client();
            String path = "/" + Names.unique("beside-the-fuzz");
            client.create(path, TEXT).expect(201);
            PipelinedProducer producer = new PipelinedProducer("beside", path, _ -> client);
            List<Map<Integer, Integer>> counts = new ArrayList<>();
            List<Concurrently.Action> actions = new ArrayList<>();
            actions.add(() -> producer.produce(0, Integer.MAX_VALUE));
            List<Concurrently.Action> fuzz = IntStream.range(0, SENDERS)
                    .mapToObj(i -> {
                        Map<Integer, Integer> statuses = new TreeMap<>();
                        counts.add(statuses);
                        return (Concurrently.Action) () -> send(gateway.port(), SEED + i, statuses);
                    })
                    .toList();
            actions.add(() -> {
                try {
                    Concurrently.all(fuzz);
                } finally {
                    producer.stop();
                }
            });
            Concurrently.all(actions);

            Map<Integer, Integer> statuses = new TreeMap<>();
            counts.forEach(one -> one.forEach((status, count) -> statuses.merge(status, count, Integer::sum)));
            System.out.printf("HTTP fuzz: answers by status (0: closed or waiting) %s%n", statuses);
            assertThat(statuses.keySet()).as("seed " + SEED).contains(200, 201, 204, 400);
            assertThat(gateway.readiness()).isEqualTo(200);
            assertThat(gateway.process().output()).as("seed " + SEED).doesNotContain(" ERROR ");
            String text = new String(client.readAll(path, "-1"), UTF_8);
            assertThat(text.lines())
                    .containsExactlyElementsOf(producer.acknowledged().keySet().stream()
                            .map(seq -> PipelinedProducer.message(producer.id(), seq)
                                    .strip())
                            .toList());
        }
    }

    /** The same seed sends the same requests. */
    @Test
    void aSeedRepeatsItself() {
        RequestMutator one = new RequestMutator(7);
        RequestMutator other = new RequestMutator(7);
        for (int i = 0; i < 1_000; i++) {
            assertThat(one.next()).isEqualTo(other.next());
        }
    }

    private static void send(int port, long seed, Map<Integer, Integer> statuses) throws IOException {
        RequestMutator requests = new RequestMutator(seed);
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() - end < 0) {
            byte[] request = requests.next();
            int status = status(port, request);
            statuses.merge(status, 1, Integer::sum);
            assertThat(status)
                    .as("seed %d: %s", SEED, new String(request, ISO_8859_1))
                    .matches(code -> code < 500 || code == 501 || code == 503 || code == 505, "is no failure");
        }
    }

    /** The status of the first answer; 0 where none comes. */
    private static int status(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            byte[] answer;
            try {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
                answer = socket.getInputStream().readNBytes(MOST_READ);
            } catch (SocketTimeoutException e) {
                return 0;
            } catch (IOException e) {
                return 0; // cut off in the middle of a request that is refused
            }
            String line = new String(answer, 0, Math.min(answer.length, 12), ISO_8859_1);
            return line.startsWith("HTTP/1.1 ") ? Integer.parseInt(line.substring(9)) : 0;
        }
    }
}
