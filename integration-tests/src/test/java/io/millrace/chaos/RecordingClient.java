package io.millrace.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.history.Asked;
import io.millrace.history.Event;
import io.millrace.history.History;
import io.millrace.history.Outcome;
import io.millrace.history.Place;
import io.millrace.history.Refusal;
import io.millrace.history.Span;
import io.millrace.history.Writer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Sends each request once, through a gateway chosen at random, and writes into the history what came of it. After a
 * failure it turns to another gateway.
 */
public final class RecordingClient {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LONG_POLL_PATIENCE = Duration.ofSeconds(8);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    private final String name;
    private final List<Gateway> gateways;
    private final History history;
    private final RandomGenerator random;
    private volatile int avoided = -1;

    public RecordingClient(String name, List<Gateway> gateways, History history, RandomGenerator random) {
        this.name = name;
        this.gateways = List.copyOf(gateways);
        this.history = history;
        this.random = random;
    }

    String name() {
        return name;
    }

    RandomGenerator random() {
        return random;
    }

    /** An answer, and who gave it to which request. */
    private record Answered(Asked asked, HttpResponse<byte[]> response) {

        int status() {
            return response.statusCode();
        }

        Optional<String> header(String field) {
            return response.headers().firstValue(field);
        }

        boolean isClosed() {
            return header("Stream-Closed").equals(Optional.of("true"));
        }

        /** Empty where the answer does not say. */
        Optional<Place> place(boolean isAll) {
            return header("Stream-Next-Offset").map(next -> new Place(next, isAll, isClosed()));
        }

        @Override
        public String toString() {
            return response.statusCode() + " " + response.headers().map() + " " + new String(response.body(), UTF_8);
        }
    }

    /** A request that no answer came to. */
    private record Unanswered(Asked asked, boolean wasSent) {}

    /** Either an answer or none. */
    private record Reply(Optional<Answered> answer, Optional<Unanswered> failure) {}

    public Outcome create(String path, Format format) throws InterruptedException {
        Reply reply = send("PUT", path, BodyPublishers.noBody(), PATIENCE, "Content-Type", format.contentType());
        Outcome outcome = outcome(reply, answer -> answer.status() == 201);
        history.add(new Event.Create(asked(reply), outcome));
        return outcome;
    }

    public Outcome append(String path, Format format, String text, Writer writer, boolean closes)
            throws InterruptedException {
        String message = history.held(text);
        List<String> headers = new ArrayList<>(List.of("Content-Type", format.contentType()));
        switch (writer) {
            case Writer.Plain() -> {}
            case Writer.Sequenced(String streamSeq) -> headers.addAll(List.of("Stream-Seq", streamSeq));
            case Writer.Producer(String id, long epoch, long seq) ->
                headers.addAll(List.of(
                        "Producer-Id", id, "Producer-Epoch", Long.toString(epoch), "Producer-Seq", Long.toString(seq)));
        }
        if (closes) {
            headers.addAll(List.of("Stream-Closed", "true"));
        }
        Reply reply = send(
                "POST",
                path,
                BodyPublishers.ofByteArray(format.body(message)),
                PATIENCE,
                headers.toArray(String[]::new));
        int isNew = writer instanceof Writer.Producer ? 200 : 204;
        Outcome outcome = outcome(reply, answer -> answer.status() == isNew);
        history.add(new Event.Append(asked(reply), message, writer, closes, outcome));
        return outcome;
    }

    /** Closes without data. */
    public Outcome close(String path) throws InterruptedException {
        Reply reply = send("POST", path, BodyPublishers.noBody(), PATIENCE, "Stream-Closed", "true");
        Outcome outcome = outcome(reply, _ -> false);
        history.add(new Event.Close(asked(reply), outcome));
        return outcome;
    }

    public Outcome delete(String path) throws InterruptedException {
        Reply reply = send("DELETE", path, BodyPublishers.noBody(), PATIENCE);
        boolean isDone = reply.answer().map(Answered::status).equals(Optional.of(204));
        Outcome outcome = isDone ? new Outcome.Deleted() : outcome(reply, _ -> false);
        history.add(new Event.Delete(asked(reply), outcome));
        return outcome;
    }

    /** Empty where there was no answer that tells something of the stream. */
    public Optional<Event> head(String path) throws InterruptedException {
        Reply reply = send("HEAD", path, BodyPublishers.noBody(), PATIENCE);
        return reply.answer().flatMap(answer -> {
            Optional<Event> event = answer.status() == 200
                    ? answer.place(true).map(place -> new Event.Head(answer.asked(), place))
                    : missing(answer, "");
            event.ifPresent(history::add);
            return event;
        });
    }

    /** A catch-up read or a long-poll. Empty where there was no answer that tells something of the stream. */
    public Optional<Event> read(String path, Format format, String from, Event.Mode mode) throws InterruptedException {
        boolean isLive = mode == Event.Mode.LONG_POLL;
        Reply reply = send(
                "GET",
                path + "?offset=" + from + (isLive ? "&live=long-poll" : ""),
                BodyPublishers.noBody(),
                isLive ? LONG_POLL_PATIENCE : PATIENCE);
        return reply.answer().flatMap(answer -> {
            boolean isAll = answer.header("Stream-Up-To-Date").equals(Optional.of("true"));
            Optional<Event> event = answer.status() == 200 || answer.status() == 204
                    ? answer.place(isAll)
                            .map(place -> read(
                                    answer.asked(),
                                    mode,
                                    from,
                                    format.messages(new String(answer.response().body(), UTF_8)),
                                    place))
                    : missing(answer, from);
            event.ifPresent(history::add);
            return event;
        });
    }

    /** An SSE response, to its end or until {@code goesOn} does not want more; the last thing that it told, if any. */
    public Optional<Event> events(String path, Format format, String from, Predicate<Event.Read> goesOn)
            throws InterruptedException {
        Gateway gateway = choose();
        long startNanos = history.nanos();
        HttpRequest request =
                request(gateway, "GET", path + "?offset=" + from + "&live=sse", BodyPublishers.noBody(), PATIENCE);
        try {
            HttpResponse<InputStream> response = HTTP.send(request, BodyHandlers.ofInputStream());
            history.count("SSE " + response.statusCode());
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
                Asked asked = new Asked(name, gateway.name(), path, new Span(startNanos, history.nanos()));
                if (response.statusCode() == 200) {
                    return events(lines, asked, format, from, goesOn);
                }
                Optional<Event> event = missing(response.statusCode(), asked, from);
                event.ifPresent(history::add);
                avoid(gateway, event.isEmpty());
                return event;
            }
        } catch (IOException e) {
            history.count("SSE " + kind(e));
            avoid(gateway, true);
            return Optional.empty();
        }
    }

    private Optional<Event> events(
            BufferedReader lines, Asked asked, Format format, String from, Predicate<Event.Read> goesOn)
            throws IOException {
        Optional<Event> last = Optional.empty();
        String next = from;
        boolean wasAll = false;
        Span span = asked.span();
        List<String> messages = new ArrayList<>();
        String name = "";
        List<String> data = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data.add(line.substring(line.startsWith("data: ") ? 6 : 5));
            } else if (line.isEmpty() && name.equals("data")) {
                messages.addAll(format.messages(String.join("\n", data)));
                name = "";
                data.clear();
            } else if (line.isEmpty() && name.equals("control")) {
                JsonNode control = JSON.readTree(String.join("\n", data));
                name = "";
                data.clear();
                boolean isAll = control.path("upToDate").asBoolean()
                        || control.path("streamClosed").asBoolean();
                span = new Span(span.startNanos(), history.nanos());
                Event.Read read = read(
                        new Asked(asked.client(), asked.gateway(), asked.path(), span),
                        Event.Mode.EVENTS,
                        next,
                        messages,
                        new Place(
                                control.path("streamNextOffset").asText(),
                                isAll && !wasAll, // what follows is as fresh as what Kafka has sent
                                control.path("streamClosed").asBoolean()));
                history.add(read);
                last = Optional.of(read);
                messages = new ArrayList<>();
                next = read.place().next();
                if (isAll) {
                    wasAll = true;
                    span = new Span(span.endNanos(), span.endNanos());
                }
                if (!goesOn.test(read)) {
                    return last;
                }
            }
        }
        return last;
    }

    private Event.Read read(Asked asked, Event.Mode mode, String from, List<String> messages, Place place) {
        return new Event.Read(
                asked, mode, from, messages.stream().map(history::held).toList(), place);
    }

    private static Optional<Event> missing(Answered answer, String from) {
        return missing(answer.status(), answer.asked(), from);
    }

    private static Optional<Event> missing(int status, Asked asked, String from) {
        return switch (status) {
            case 404 -> Optional.of(new Event.Absent(asked));
            case 410 -> Optional.of(new Event.Gone(asked, from));
            case 503, 504 -> Optional.empty();
            default -> Optional.of(new Event.NoAnswer(asked, "offset " + from + ": " + status));
        };
    }

    private static Asked asked(Reply reply) {
        return reply.answer()
                .map(Answered::asked)
                .orElseGet(() -> reply.failure().orElseThrow().asked());
    }

    private static Outcome outcome(Reply reply, Predicate<Answered> isNew) {
        if (reply.answer().isEmpty()) {
            return reply.failure().orElseThrow().wasSent()
                    ? new Outcome.Unknown()
                    : new Outcome.Refused(new Refusal.Unavailable());
        }
        Answered answer = reply.answer().get();
        Optional<Place> place = answer.place(true);
        return switch (answer.status()) {
            case 200, 201, 204 ->
                place.<Outcome>map(known -> new Outcome.Acknowledged(known, isNew.test(answer)))
                        .orElseGet(() -> unexpected(answer));
            case 400 ->
                new String(answer.response().body(), UTF_8).contains("epoch-not-opened")
                        ? new Outcome.Refused(new Refusal.EpochNotOpened())
                        : unexpected(answer);
            case 403 ->
                answer.header("Producer-Epoch")
                        .<Outcome>map(epoch -> new Outcome.Refused(new Refusal.Fenced(Long.parseLong(epoch))))
                        .orElseGet(() -> unexpected(answer));
            case 404 -> new Outcome.Refused(new Refusal.Absent());
            case 409 -> new Outcome.Refused(conflict(answer));
            case 503 -> new Outcome.Refused(new Refusal.Unavailable());
            case 504 -> new Outcome.Unknown();
            default -> unexpected(answer);
        };
    }

    private static Refusal conflict(Answered answer) {
        if (answer.isClosed()) {
            return new Refusal.Closed();
        }
        Optional<String> expected = answer.header("Producer-Expected-Seq");
        Optional<String> received = answer.header("Producer-Received-Seq");
        if (expected.isPresent() && received.isPresent()) {
            return new Refusal.Gap(Long.parseLong(expected.get()), Long.parseLong(received.get()));
        }
        return new String(answer.response().body(), UTF_8).contains("stream-seq-regression")
                ? new Refusal.Regression()
                : new Refusal.Unexpected(answer.toString());
    }

    private static Outcome unexpected(Answered answer) {
        return new Outcome.Refused(new Refusal.Unexpected(answer.toString()));
    }

    private Reply send(String method, String path, BodyPublisher body, Duration timeout, String... headers)
            throws InterruptedException {
        Gateway gateway = choose();
        HttpRequest request = request(gateway, method, path, body, timeout, headers);
        long startNanos = history.nanos();
        try {
            HttpResponse<byte[]> response = HTTP.send(request, BodyHandlers.ofByteArray());
            history.count(method + " " + response.statusCode());
            avoid(gateway, response.statusCode() >= 500);
            return new Reply(Optional.of(new Answered(since(startNanos, gateway, path), response)), Optional.empty());
        } catch (IOException e) {
            history.count(method + " " + kind(e));
            avoid(gateway, true);
            boolean wasSent = !(e instanceof ConnectException) && !(e instanceof HttpConnectTimeoutException);
            return new Reply(Optional.empty(), Optional.of(new Unanswered(since(startNanos, gateway, path), wasSent)));
        }
    }

    private Asked since(long startNanos, Gateway gateway, String path) {
        int query = path.indexOf('?');
        return new Asked(
                name,
                gateway.name(),
                query < 0 ? path : path.substring(0, query),
                new Span(startNanos, history.nanos()));
    }

    private static HttpRequest request(
            Gateway gateway, String method, String path, BodyPublisher body, Duration timeout, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.streams() + path))
                .timeout(timeout)
                .method(method, body);
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    private Gateway choose() {
        int chosen = random.nextInt(gateways.size());
        if (chosen == avoided) {
            chosen = (chosen + 1 + random.nextInt(gateways.size() - 1)) % gateways.size();
        }
        return gateways.get(chosen);
    }

    private void avoid(Gateway gateway, boolean isFailed) {
        avoided = isFailed && gateways.size() > 1 ? gateways.indexOf(gateway) : -1;
    }

    private static String kind(IOException e) {
        return switch (e) {
            case HttpConnectTimeoutException _, ConnectException _ -> "not connected";
            case HttpTimeoutException _ -> "timed out";
            default -> "cut off";
        };
    }
}
