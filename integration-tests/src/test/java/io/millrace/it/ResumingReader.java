package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Follows a stream of text to its end as the protocol's clients do: after an answer that ends it goes on from the last
 * offset, after a failure it tries again a little later.
 */
final class ResumingReader {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String path;
    private final IntFunction<StreamClient> route;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private String offset = "-1";
    private String cursor = "";

    /** {@code route} says through which gateway its next request goes. */
    ResumingReader(String path, IntFunction<StreamClient> route) {
        this.path = path;
        this.route = route;
    }

    String path() {
        return path;
    }

    /** All that it has read. */
    String text() {
        return read.toString(UTF_8);
    }

    int requests() {
        return requests.get();
    }

    /** How many of its requests it had to send again. */
    int failures() {
        return failures.get();
    }

    void followBySse() throws Exception {
        follow(this::readEvents);
    }

    void followByLongPoll() throws Exception {
        follow(this::poll);
    }

    private interface Request {
        /** Whether that was the end. */
        boolean send(StreamClient client) throws IOException, InterruptedException;
    }

    private void follow(Request request) throws InterruptedException {
        long progress = System.nanoTime();
        boolean ended = false;
        while (!ended) {
            String before = offset;
            try {
                ended = request.send(route.apply(requests.getAndIncrement()));
            } catch (IOException e) {
                failures.incrementAndGet();
                Thread.sleep(50);
            }
            if (!before.equals(offset)) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > PATIENCE.toNanos()) {
                throw new AssertionError("nothing comes of " + path + " after " + offset);
            }
        }
    }

    private boolean poll(StreamClient client) throws IOException, InterruptedException {
        Answer answer = client.get(path + "?offset=" + offset + "&live=long-poll" + cursor);
        if (answer.status() >= 500) {
            throw new IOException(answer.toString());
        }
        if (answer.status() != 200 && answer.status() != 204) {
            throw new AssertionError(answer.toString());
        }
        read.writeBytes(answer.body());
        offset = answer.next();
        cursor = answer.header("Stream-Cursor").map(value -> "&cursor=" + value).orElse("");
        return answer.isClosed();
    }

    /** What an event brings counts once the event after it has told where that ends. */
    private boolean readEvents(StreamClient client) throws IOException, InterruptedException {
        try (SseReader reader = client.sse(path + "?offset=" + offset + "&live=sse")) {
            if (reader.status() >= 500) {
                throw new IOException("status " + reader.status());
            }
            if (reader.status() != 200) {
                throw new AssertionError("status " + reader.status() + " from " + offset + " of " + path);
            }
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            for (Optional<SseReader.Event> event = reader.next(); event.isPresent(); event = reader.next()) {
                if (event.get().isData()) {
                    data.writeBytes(event.get().data().getBytes(UTF_8));
                } else {
                    read.writeBytes(data.toByteArray());
                    data.reset();
                    offset = event.get().control().path("streamNextOffset").asText();
                    if (event.get().control().path("streamClosed").asBoolean()) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
