package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ctrl-C and SIGTERM: what runs ends in good order, and what was written is there afterwards. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RestartTest {

    private static final int READERS = 200;
    private static final Duration DRAIN_TIME = Duration.ofSeconds(3);

    @Test
    void terminationEndsLiveReadersWithAFinalWord() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.named("drain")
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .start()) {
            StreamClient client = gateway.client();
            String path = "/" + Names.unique("drain");
            client.create(path, JSON).expect(201);
            String tail = client.append(path, JSON, "1").expect(204).next();
            try (SseReader sse = client.sse(path + "?offset=-1&live=sse")) {
                assertThat(sse.nextData().data()).isEqualToIgnoringWhitespace("[1]");
                CompletableFuture<Answer> poll = client.getAsync(path + "?live=long-poll&offset=" + tail);
                CompletableFuture<Answer> late = client.getAsync(path + "?live=long-poll&offset=now");
                Thread.sleep(500);
                assertThat(poll).isNotDone();
                AtomicInteger notReady = new AtomicInteger();
                gateway.terminate();
                Thread watcher = Thread.ofVirtual().start(() -> {
                    try {
                        for (int status = 200; status != 0; status = gateway.readiness()) {
                            notReady.compareAndSet(0, status == 200 ? 0 : status);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                List<SseReader.Event> events = new ArrayList<>();
                for (Optional<SseReader.Event> event = sse.next(); event.isPresent(); event = sse.next()) {
                    events.add(event.get());
                }
                SseReader.Event last = events.getLast();
                assertThat(last.name()).isEqualTo("control");
                assertThat(last.control().path("streamNextOffset").asText()).isEqualTo(tail);
                assertThat(last.control().path("streamCursor").asText()).isNotEmpty();
                for (Answer answer : List.of(poll.get(), late.get())) {
                    assertThat(answer.expect(204).next()).isEqualTo(tail);
                    assertThat(answer.isUpToDate()).isTrue();
                }
                assertThat(gateway.awaitExit()).isIn(0, 143);
                watcher.join();
                assertThat(notReady.get()).isIn(0, 503);
            }
            gateway.restart();
            assertThat(client.get(path + "?offset=" + tail).expect(200).text()).isEqualTo("[]");
            client.append(path, JSON, "2").expect(204);
            assertThat(client.get(path + "?offset=" + tail).expect(200).text()).isEqualTo("[2]");
        }
    }

    /** Two hundred who follow, and as many who poll, are not sent to another gateway as one wave. */
    @Test
    void terminationSendsLiveReadersAwayOneByOneAndServesMeanwhile() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.named("leave")
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .set("MILLRACE_SERVER_DRAIN_TIME", DRAIN_TIME.toMillis() + "ms")
                .start()) {
            StreamClient client = gateway.client();
            String path = "/" + Names.unique("leave");
            String tail = client.create(path, TEXT).expect(201).next();
            List<Long> ends = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch begun = new CountDownLatch(READERS);
            AtomicLong terminated = new AtomicLong();
            List<Concurrently.Action> actions = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                actions.add(() -> {
                    try (SseReader reader = client.sse(path + "?offset=-1&live=sse")) {
                        assertThat(reader.next()).isPresent();
                        begun.countDown();
                        assertThat(reader.next()
                                        .orElseThrow()
                                        .control()
                                        .path("upToDate")
                                        .asBoolean())
                                .isTrue();
                        assertThat(reader.next()).isEmpty();
                        ends.add(System.nanoTime());
                    }
                });
                actions.add(() -> {
                    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
                    assertThat(client.get(path + "?live=long-poll&offset=" + tail)
                                    .expect(204)
                                    .next())
                            .isEqualTo(tail);
                    ends.add(System.nanoTime());
                });
            }
            actions.add(() -> {
                assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
                Thread.sleep(500); // for the long-polls to come
                terminated.set(System.nanoTime());
                gateway.terminate();
                Await.until("not ready", Duration.ofSeconds(1), () -> gateway.readiness() == 503);
                Answer served = client.head(path).expect(200);
                assertThat(served.header("Connection")).contains("close");
                assertThat(RawHttp.exchange(
                                        gateway.port(), List.of("GET /v1/stream" + path + "?offset=-1 HTTP/1.1"), "")
                                .status())
                        .isEqualTo(200);
                assertThat(gateway.awaitExit()).isIn(0, 143);
            });
            Concurrently.all(actions);
            int[] slices = new int[10];
            for (long end : ends) {
                long slice = (end - terminated.get()) * slices.length / DRAIN_TIME.toNanos();
                slices[Math.clamp(slice, 0, slices.length - 1)]++;
            }
            System.out.printf(
                    "drain: %d readers left within %d ms, in tenths of it: %s%n",
                    ends.size(), DRAIN_TIME.toMillis(), Arrays.toString(slices));
            assertThat(ends).hasSize(2 * READERS);
            assertThat(Arrays.stream(slices).max().orElseThrow()).isLessThan(ends.size() * 35 / 100);
        }
    }

    /** Nobody is kept waiting at a terminal for clients that there are none of. */
    @Test
    void terminationWithNobodyConnectedIsQuick() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.named("alone")
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .set("MILLRACE_SERVER_DRAIN_TIME", "1m")
                .launch()) {
            gateway.process().awaitOutput("event=started", Duration.ofSeconds(30));
            gateway.terminate();
            assertThat(gateway.awaitExit()).isIn(0, 143);
        }
    }

    @Test
    void embeddedDataSurvivesCtrlC() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.embedded("ctrl-c").start()) {
            StreamClient client = gateway.client();
            client.create("/kept", TEXT).expect(201);
            String middle = client.append("/kept", TEXT, "before").expect(204).next();
            client.append("/kept", TEXT, "after").expect(204);
            client.put("/closed", TEXT, "all of it", "Stream-Closed", "true").expect(201);
            client.create("/gone", TEXT).expect(201);
            client.delete("/gone").expect(204);
            String etag = client.get("/kept").header("ETag").orElseThrow();
            gateway.terminate();
            assertThat(gateway.awaitExit()).isIn(0, 143);
            gateway.restart();
            Answer all = client.get("/kept").expect(200);
            assertThat(all.text()).isEqualTo("beforeafter");
            assertThat(all.header("ETag")).contains(etag);
            assertThat(client.get("/kept?offset=" + middle).expect(200).text()).isEqualTo("after");
            assertThat(client.get("/closed").expect(200).isClosed()).isTrue();
            client.get("/gone").expect(404);
            client.append("/kept", TEXT, "!").expect(204);
        }
    }
}
