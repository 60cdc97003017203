package io.millrace.gateway.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.observe.Metrics;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What operators find on their port beside health. */
final class AdminRoutes implements Handler {

    private static final String METRICS = "/metrics";
    private static final String RELOAD = "/rules/reload";
    private static final Pattern STATE = Pattern.compile("/state/([a-zA-Z0-9._-]{1,249})/([0-9]{1,9})");
    private static final HeaderName ORIGIN = HeaderNames.ORIGIN;

    private final ServedRules rules;
    private final Metrics metrics;
    private final StreamLog log;

    AdminRoutes(ServedRules rules, Metrics metrics, StreamLog log) {
        this.log = log;
        this.rules = rules;
        this.metrics = metrics;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response)
            throws IOException, LogFailure, InterruptedException {
        answer(request).send(request, response);
    }

    private Answer answer(ServerRequest request) throws LogFailure, InterruptedException {
        Method method = request.prologue().method();
        String path = RequestTargets.rawPath(request);
        Matcher state = STATE.matcher(path);
        if (state.matches()) {
            return method.equals(Method.GET)
                    ? log.state(state.group(1), Integer.parseInt(state.group(2)))
                            .map(Answers::of)
                            .orElseGet(() -> Answers.noSuchPage("The rules know no such partition of a shared topic."))
                    : Answers.methodNotAllowed("A partition's state is read.", "GET");
        }
        return switch (path) {
            case METRICS ->
                method.equals(Method.GET) || method.equals(Method.HEAD)
                        ? Answers.metrics(metrics.text())
                        : Answers.methodNotAllowed("Metrics are read.", "GET, HEAD");
            case RELOAD ->
                method.equals(Method.POST)
                        ? reload(request)
                        : Answers.methodNotAllowed("Rules are reloaded by POST.", "POST");
            default ->
                Answers.noSuchPage("The admin port serves /health/live, /health/ready, " + METRICS
                        + " and /state/{topic}/{partition}, and takes POST " + RELOAD + ".");
        };
    }

    /** A page needs nobody's leave to send a POST without content; its browser says where it is from. */
    private Answer reload(ServerRequest request) {
        return request.headers().contains(ORIGIN) ? Answers.notForPages() : Answers.of(rules.reload());
    }
}
