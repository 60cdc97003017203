package io.millrace.gateway.connection;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;

/**
 * Takes {@code Content-Length: 0}, which Helidon 4.5.0 always sets, from answers where it is wrong: 204 must not have it,
 * and with 304 and to HEAD it would say that the content is empty (RFC 9110, 8.6).
 */
final class ContentLengths {

    private ContentLengths() {}

    /** Reads along what comes. */
    static final class OfRequests implements Http1ConnectionListener {

        @Override
        public void prologue(ConnectionContext context, HttpPrologue prologue) {
            if (context instanceof Http1Context http1) {
                http1.asked(prologue.method());
            }
        }
    }

    /** Changes what goes out. */
    static final class OfAnswers implements Http1ConnectionListener {

        @Override
        public void status(ConnectionContext context, Status status) {
            if (context instanceof Http1Context http1) {
                http1.answers(status);
            }
        }

        @Override
        public void headers(ConnectionContext context, Headers headers) {
            if (context instanceof Http1Context http1
                    && http1.answersWithoutContent()
                    && headers instanceof WritableHeaders<?> writable) {
                writable.remove(HeaderNames.CONTENT_LENGTH);
            }
        }
    }
}
