package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Optional;

/** What a gateway answered. */
@SuppressWarnings("ArrayRecordComponent") // nothing compares two of them
record Answer(String request, int status, HttpHeaders headers, byte[] body) {

    static Answer of(HttpResponse<byte[]> response) {
        String request = response.request().method() + " " + response.request().uri();
        return new Answer(request, response.statusCode(), response.headers(), response.body());
    }

    String text() {
        return new String(body, UTF_8);
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** {@code Stream-Next-Offset}. */
    String next() {
        return header("Stream-Next-Offset")
                .orElseThrow(() -> new AssertionError("no Stream-Next-Offset in the answer " + this));
    }

    boolean isUpToDate() {
        return header("Stream-Up-To-Date").equals(Optional.of("true"));
    }

    boolean isClosed() {
        return header("Stream-Closed").equals(Optional.of("true"));
    }

    /** The answer, if its status is {@code expected}. */
    Answer expect(int expected) {
        if (status != expected) {
            throw new AssertionError("expected " + expected + ", got " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        String text = text();
        return request + " -> " + status + " " + headers.map() + " "
                + (text.length() > 500 ? text.substring(0, 500) + "..." : text);
    }
}
