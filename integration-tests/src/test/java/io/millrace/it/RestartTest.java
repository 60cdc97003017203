package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ctrl-C and SIGTERM: what runs ends in good order, and what was written is there afterwards. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RestartTest {

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
