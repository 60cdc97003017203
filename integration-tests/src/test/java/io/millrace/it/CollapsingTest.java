package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** nginx as a cache, with the recipe {@code cache}: what comes through it, and how little of it a gateway is asked for. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CollapsingTest {

    private static final int READERS = 1_000;
    private static final int APPENDS = 8;

    /** Before this append nothing happens for so long that readers are told so, several times. */
    private static final int IDLE_BEFORE = 4;

    private static final int IDLE_MILLIS = 6_000;
    private static final int BETWEEN_APPENDS_MILLIS = 1_200;
    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();

    private static Nginx nginx;

    private StreamClient client;
    private final String path = "/" + Names.unique("collapsed");

    @BeforeAll
    static void start() throws Exception {
        Nginx.require();
        List<GatewayProcess> gateways = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            GatewayProcess gateway = GatewayProcess.named("collapsing-" + i)
                    .on(TestKafka.shared())
                    .mappings(GatewayPair.MAPPINGS)
                    .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "2s")
                    .launch();
            STARTED.push(gateway);
            gateways.add(gateway);
        }
        for (GatewayProcess gateway : gateways) {
            gateway.awaitReady();
        }
        nginx = Nginx.start("cache", gateways);
        STARTED.push(nginx);
    }

    @BeforeEach
    void connect() {
        client = nginx.client();
    }

    @AfterAll
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    @Test
    void ofAThousandWhoWaitOneAsksAGateway() throws Exception {
        String begin = client.create(path, TEXT).expect(201).next();
        AtomicLongArray appendedNanos = new AtomicLongArray(APPENDS);
        Collection<Long> delays = new ConcurrentLinkedQueue<>();
        AtomicInteger answers = new AtomicInteger();
        List<Concurrently.Action> actions = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            actions.add(() -> {
                String offset = begin;
                String cursor = "";
                for (int next = 0; next < APPENDS; ) {
                    Answer answer = client.get(path + "?offset=" + offset + "&live=long-poll" + cursor);
                    answers.incrementAndGet();
                    assertThat(answer.status()).isIn(200, 204);
                    for (char message : answer.text().toCharArray()) {
                        assertThat(message).isEqualTo((char) ('a' + next));
                        delays.add(System.nanoTime() - appendedNanos.get(next));
                        next++;
                    }
                    offset = answer.next();
                    cursor = "&cursor=" + answer.header("Stream-Cursor").orElseThrow();
                }
            });
        }
        List<String> upstream = new ArrayList<>();
        actions.add(() -> {
            Thread.sleep(1_500); // for all to come
            for (int n = 0; n < APPENDS; n++) {
                int asked = asked();
                if (n == IDLE_BEFORE) {
                    Thread.sleep(IDLE_MILLIS);
                    upstream.add((asked() - asked) + " while idle");
                    asked = asked();
                }
                appendedNanos.set(n, System.nanoTime());
                client.append(path, TEXT, Character.toString('a' + n)).expect(204);
                Thread.sleep(BETWEEN_APPENDS_MILLIS);
                int wake = asked() - asked;
                upstream.add(Integer.toString(wake));
                assertThat(wake).as("requests upstream after append " + n).isLessThan(READERS / 20);
            }
        });
        Concurrently.all(actions);
        List<Long> sorted = delays.stream().sorted().toList();
        System.out.printf(
                "cache: %d long-poll readers, %d answers; requests upstream, the append's with them: %s;"
                        + " from append to reader %d ms (median), %d ms (99 %%)%n",
                READERS,
                answers.get(),
                upstream,
                TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() / 2)),
                TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() * 99 / 100)));
        assertThat(sorted).hasSize(READERS * APPENDS);
    }

    @Test
    void whatIsBelowTheTailIsKeptAndWhatIsAtTheTailIsNot() throws Exception {
        String begin = client.create(path, TEXT).expect(201).next();
        client.append(path, TEXT, "a").expect(204);
        for (int i = 0; i < 2; i++) {
            Answer tail = client.get(path + "?offset=" + begin).expect(200);
            assertThat(tail.header("X-Cache-Status")).contains("MISS");
            assertThat(client.head(path).header("X-Cache-Status")).contains("MISS");
        }
        String middle = client.append(path, TEXT, "b").expect(204).next();
        assertThat(client.get(path + "?offset=" + begin).expect(200).text())
                .as("a copy that is not up to date any more is not given out")
                .isEqualTo("ab");
        client.close(path).expect(204);
        Answer first = client.get(path + "?offset=" + begin).expect(200);
        Answer second = client.get(path + "?offset=" + begin).expect(200);
        assertThat(first.header("X-Cache-Status")).contains("MISS");
        assertThat(second.header("X-Cache-Status")).contains("HIT");
        assertThat(second.text()).isEqualTo("ab");
        assertThat(second.isClosed()).isTrue();
        assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(client.head(path).expect(200).next()).isEqualTo(middle);
    }

    /** Many who follow by SSE do not wait for each other, and none gets another one's events. */
    @Test
    void eventsComeAsTheyHappen() throws Exception {
        client.create(path, TEXT).expect(201);
        List<SseReader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                readers.add(client.sse(path + "?offset=-1&live=sse"));
            }
            for (String text : List.of("a", "b")) {
                client.append(path, TEXT, text).expect(204);
                for (SseReader reader : readers) {
                    assertThat(reader.nextData().data()).isEqualTo(text);
                }
            }
        } finally {
            for (SseReader reader : readers) {
                reader.close();
            }
        }
    }

    private static int asked() throws Exception {
        return (int) nginx.passed().stream().filter(Nginx.Passed::isUpstream).count();
    }
}
