package io.millrace.gateway.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.gateway.live.EventStream;
import io.millrace.gateway.log.LogFailure;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** A response before it is sent. */
record Answer(Status status, List<Header> headers, Content content) {

    /** What is sent in one piece; above it, it pays to spare the copy. */
    private static final int ONE_PIECE = 16 * 1024;

    Answer {
        headers = List.copyOf(headers);
    }

    /** An answer without headers of its own and without content. */
    static Answer of(Status status) {
        return new Answer(status, List.of(), Content.None.NONE);
    }

    /** With one more header. */
    Answer with(Header header) {
        List<Header> more = new ArrayList<>(headers);
        more.add(header);
        return new Answer(status, more, content);
    }

    /** With more headers. */
    Answer with(List<Header> further) {
        List<Header> more = new ArrayList<>(headers);
        more.addAll(further);
        return new Answer(status, more, content);
    }

    /** With one more header. */
    Answer with(HeaderName name, String value) {
        return with(HeaderValues.create(name, value));
    }

    /** With one more header. */
    Answer with(HeaderName name, long value) {
        return with(HeaderValues.create(name, value));
    }

    /** With one more header where {@code holds}. */
    Answer with(Header header, boolean holds) {
        return holds ? with(header) : this;
    }

    /** With this content. */
    Answer carrying(Content newContent) {
        return new Answer(status, headers, newContent);
    }

    /** Sends it to who asked {@code request}, HEAD without the content; returns when all of it is written. */
    void send(ServerRequest request, ServerResponse response) throws IOException, LogFailure, InterruptedException {
        response.status(status);
        headers.forEach(response::header);
        // The server writes to HEAD what it is given, which the client would take for the next answer.
        boolean head = request.prologue().method().equals(Method.HEAD);
        try {
            send(head ? Content.None.NONE : content, response);
        } catch (ServerConnectionException e) {
            throw new CloseConnectionException("the client takes no answer", e);
        }
    }

    private static void send(Content content, ServerResponse response)
            throws IOException, LogFailure, InterruptedException {
        switch (content) {
            case Content.None() -> response.send();
            case Content.Bytes(byte[] bytes) -> response.send(bytes);
            case Content.Range(RangeBody body) -> send(body, response);
            case Content.Events(EventStream events) -> {
                try (events;
                        OutputStream out = response.outputStream()) {
                    events.writeTo(out);
                }
            }
        }
    }

    private static void send(RangeBody body, ServerResponse response) throws IOException {
        if (body.length() <= ONE_PIECE) {
            response.send(body.toByteArray());
            return;
        }
        response.header(HeaderValues.create(HeaderNames.CONTENT_LENGTH, body.length()));
        try (OutputStream out = new BufferedOutputStream(response.outputStream(), ONE_PIECE)) {
            body.writeTo(out);
        }
    }
}
