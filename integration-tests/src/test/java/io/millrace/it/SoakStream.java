package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * The whole life of one stream under clients that put up with an absent Kafka: it is created, written by idempotent
 * producers, followed by readers of every mode that come and go, closed, compared and deleted.
 */
final class SoakStream {

    private static final int PRODUCERS = 2;

    /** A producer sends so many at once, and then nothing for a while. */
    private static final int BURST = 5;

    private static final Duration BETWEEN_BURSTS = Duration.ofMillis(100);
    private static final Duration BETWEEN_CATCH_UPS = Duration.ofMillis(500);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** An SSE reader leaves after at most so many events. */
    private static final int LONGEST_STAY = 60;

    /** The answers after which a client tries again. */
    private static final Set<Integer> AGAIN = Set.of(500, 502, 503, 504);

    private final StreamClient client;
    private final String path;
    private final int messages;
    private final List<PipelinedProducer> producers;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final StringBuilder byEvents = new StringBuilder();
    private final StringBuilder byLongPoll = new StringBuilder();
    private String byCatchUp = "";

    /** A stream that does not exist yet; each of its producers writes {@code messages}. */
    SoakStream(StreamClient client, String path, int messages) {
        this.client = client;
        this.path = path;
        this.messages = messages;
        this.producers = IntStream.range(0, PRODUCERS)
                .mapToObj(i -> new PipelinedProducer("p" + i, path, _ -> client))
                .toList();
    }

    /** Lives; returns how many messages were written. */
    int live() throws Exception {
        untilAnswered(() -> client.create(path, TEXT), 201, 200);
        Concurrently.all(List.of(this::write, this::followEvents, this::followByLongPoll, this::catchUp));
        String all = readAll();
        for (PipelinedProducer producer : producers) {
            assertThat(TwoGatewaysTest.linesOf(producer.id(), all))
                    .as("what %s wrote to %s", producer.id(), path)
                    .containsExactlyElementsOf(IntStream.range(0, messages)
                            .mapToObj(seq -> producer.id() + ":" + seq)
                            .toList());
        }
        assertThat(byEvents.toString()).as("%s by SSE", path).isEqualTo(all);
        assertThat(byLongPoll.toString()).as("%s by long-poll", path).isEqualTo(all);
        assertThat(all).as("%s while it was written", path).startsWith(byCatchUp);
        untilAnswered(() -> client.delete(path), 204, 404);
        return PRODUCERS * messages;
    }

    private void write() throws Exception {
        Concurrently.times(PRODUCERS, i -> () -> {
            for (int from = 0; from < messages; from += BURST) {
                producers.get(i).produce(from, Math.min(messages, from + BURST));
                Thread.sleep(BETWEEN_BURSTS);
            }
        });
        untilAnswered(() -> client.close(path), 204);
        closed.set(true);
    }

    private void followEvents() throws Exception {
        String next = "-1";
        while (true) {
            int stay = ThreadLocalRandom.current().nextInt(1, LONGEST_STAY);
            try (SseReader events = openEvents(next)) {
                StringBuilder unconfirmed = new StringBuilder();
                Optional<SseReader.Event> event = events.next();
                for (; event.isPresent() && stay > 0; event = events.next(), stay--) {
                    if (event.get().isData()) {
                        unconfirmed.append(event.get().data());
                        continue;
                    }
                    byEvents.append(unconfirmed);
                    unconfirmed.setLength(0);
                    next = event.get().control().path("streamNextOffset").asText();
                    if (event.get().control().path("streamClosed").asBoolean()) {
                        return;
                    }
                }
            } catch (IOException e) {
                // cut off: on with the offset of the last control event
            }
        }
    }

    private SseReader openEvents(String from) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            SseReader events = client.sse(path + "?offset=" + from + "&live=sse");
            if (events.status() == 200) {
                return events;
            }
            events.close();
            if (!AGAIN.contains(events.status()) || System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("SSE of " + path + " was refused: " + events.response());
            }
            Thread.sleep(BETWEEN_TRIES);
        }
    }

    private void followByLongPoll() throws Exception {
        String next = "-1";
        while (true) {
            String query = "?offset=" + next + "&live=long-poll";
            Answer answer = untilAnswered(() -> client.get(path + query), 200, 204);
            byLongPoll.append(answer.text());
            next = answer.next();
            if (answer.isClosed()) {
                return;
            }
        }
    }

    private void catchUp() throws Exception {
        while (!closed.get()) {
            byCatchUp = readAll();
            Thread.sleep(BETWEEN_CATCH_UPS);
        }
    }

    private String readAll() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String next = "-1"; ; ) {
            String query = "?offset=" + next;
            Answer answer = untilAnswered(() -> client.get(path + query), 200);
            all.append(new String(answer.body(), UTF_8));
            next = answer.next();
            if (answer.isUpToDate()) {
                return all.toString();
            }
        }
    }

    /** The first answer with one of these statuses; what tells to try again is tried again. */
    private Answer untilAnswered(Callable<Answer> request, Integer... statuses) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        String last = "nothing";
        while (System.nanoTime() - deadlineNanos < 0) {
            try {
                Answer answer = request.call();
                if (List.of(statuses).contains(answer.status())) {
                    return answer;
                }
                if (!AGAIN.contains(answer.status())) {
                    throw new AssertionError("unexpected: " + answer);
                }
                last = answer.toString();
            } catch (IOException e) {
                last = e.toString();
            }
            Thread.sleep(BETWEEN_TRIES);
        }
        throw new AssertionError("no answer for " + path + " within " + PATIENCE.toSeconds() + " s; last: " + last);
    }
}
