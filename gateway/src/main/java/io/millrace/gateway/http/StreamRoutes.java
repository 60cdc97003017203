package io.millrace.gateway.http;

import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.gateway.config.StreamsSettings;
import io.millrace.gateway.live.LiveReaders;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.mapping.stream.StreamPath;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;

/** Every path below the streams' prefix: what follows it into a stream's name, the method into an operation. */
final class StreamRoutes implements Handler {

    private final String prefix;
    private final Map<Method, StreamOperation> operations;

    StreamRoutes(StreamLog log, LiveReaders readers, StreamsSettings settings, InstantSource clock) {
        this.prefix = settings.prefix() + "/";
        this.operations = Map.of(
                Method.PUT, new CreateHandler(log, settings.prefix(), settings.appendLimit()),
                Method.POST, new AppendHandler(log, settings.appendLimit()),
                Method.GET, new ReadHandler(log, readers, settings, clock),
                Method.HEAD, new HeadHandler(log),
                Method.DELETE, new DeleteHandler(log),
                Method.OPTIONS, _ -> Answers.preflight());
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response)
            throws IOException, LogFailure, InterruptedException {
        answer(request).send(request, response);
    }

    private Answer answer(ServerRequest request) throws IOException, InterruptedException {
        // The server's own idea of the path has slashes folded and dots resolved: one stream would get many names.
        String rawPath = RequestTargets.rawPath(request);
        if (!rawPath.startsWith(prefix)) {
            return Answers.noSuchPage("Streams live below " + prefix + ".");
        }
        StreamOperation operation = operations.get(request.prologue().method());
        if (operation == null) {
            return Answers.methodNotAllowed();
        }
        return switch (StreamPath.parse(rawPath.substring(prefix.length()))) {
            case StreamPath.Parsed.Invalid(String reason) -> Answers.badRequest(reason);
            case StreamPath.Parsed.Reserved _ -> Answers.notImplemented("Subscriptions are");
            case StreamPath.Parsed.Valid(StreamPath path) -> {
                try {
                    yield operation.answer(new StreamRequest(path, request, RequestBody.CURRENT.get()));
                } catch (LogFailure failure) {
                    yield Answers.of(failure);
                }
            }
        };
    }
}
