package io.millrace.gateway.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server itself refuses, and what nobody foresaw, in the form of our other errors. */
final class ServerProblems implements DirectHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ServerProblems.class);

    private final List<Header> everywhere;

    /** With the headers that all answers of the port have. */
    ServerProblems(List<Header> everywhere) {
        this.everywhere = List.copyOf(everywhere);
    }

    /** Takes over the server's error handling for handlers' exceptions. */
    static void register(HttpRouting.Builder routing) {
        routing.error(HttpException.class, onHttpException());
        routing.error(
                InterruptedException.class, (request, response, _) -> send(Answers.draining(), request, response));
        routing.error(Throwable.class, (request, response, e) -> {
            String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            LOG.error("{}", line(request, id), e);
            send(Answers.internalError(id), request, response);
        });
    }

    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType eventType,
            Status defaultStatus,
            ServerResponseHeaders headers,
            @Nullable String message) {
        // What breaks before there is a request is no failure of ours: a method that is none, a head that ends early.
        boolean unreadable =
                eventType == EventType.INTERNAL_ERROR && request.method().isEmpty();
        Problem problem =
                unreadable ? Answers.unreadable() : Answers.byServer(defaultStatus, Optional.ofNullable(message));
        TransportResponse.Builder response = TransportResponse.builder()
                .status(problem.status())
                .headers(headers)
                .keepAlive(eventType.keepAlive())
                .header(HeaderFields.PROBLEM_JSON)
                .header(HeaderFields.NO_STORE);
        if (!request.method().equals(Method.HEAD_NAME)) {
            response.entity(problem.json());
        }
        everywhere.forEach(response::header);
        return response.build();
    }

    private static ErrorHandler<HttpException> onHttpException() {
        return (request, response, e) -> send(
                Answers.byServer(e.status(), Optional.ofNullable(e.getMessage()))
                        .answer()
                        .with(HeaderFields.CLOSE, !e.keepAlive()),
                request,
                response);
    }

    private static LogLine line(ServerRequest request, String id) {
        return LogLine.of("internal-error")
                .with(LogKey.ERROR_ID, id)
                .with(LogKey.METHOD, request.prologue().method().text())
                .with(LogKey.PATH, request.prologue().uriPath().rawPath());
    }

    /** Sends an answer whose content is at hand. */
    static void send(Answer answer, ServerRequest request, ServerResponse response) {
        try {
            answer.send(request, response);
        } catch (IOException | LogFailure | InterruptedException e) {
            throw new IllegalStateException("an error's answer has its bytes at hand", e);
        }
    }
}
