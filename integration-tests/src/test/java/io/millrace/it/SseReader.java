package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the events of an SSE response as a browser would; comments are dropped. */
final class SseReader implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    SseReader(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
    }

    /** One event. */
    record Event(String name, String data) {

        boolean isData() {
            return name.equals("data");
        }

        /** What a control event says. */
        JsonNode control() throws IOException {
            return JSON.readTree(data);
        }
    }

    int status() {
        return response.statusCode();
    }

    HttpResponse<InputStream> response() {
        return response;
    }

    /** The next event; empty at the end of the response. */
    Optional<Event> next() throws IOException {
        String name = "message";
        List<String> data = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return Optional.of(new Event(name, String.join("\n", data)));
                }
                name = "message";
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data.add(line.substring(line.startsWith("data: ") ? 6 : 5));
            }
        }
        return Optional.empty();
    }

    /** Reads on to the next comment, past events if there are any. */
    void awaitComment() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(":")) {
                return;
            }
        }
        throw new AssertionError("the response ended without a comment");
    }

    /** The next data event. */
    Event nextData() throws IOException {
        for (Optional<Event> event = next(); event.isPresent(); event = next()) {
            if (event.get().isData()) {
                return event.get();
            }
        }
        throw new AssertionError("the response ended without a further data event");
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
