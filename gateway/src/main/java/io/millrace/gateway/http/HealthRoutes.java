package io.millrace.gateway.http;

import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.millrace.gateway.live.LiveReaders;
import io.millrace.gateway.log.StreamLog;
import java.util.function.Predicate;

/** Whether the process runs ({@code live}), and whether requests should come to it ({@code ready}). */
final class HealthRoutes implements HttpService {

    private final StreamLog log;
    private final LiveReaders readers;

    HealthRoutes(StreamLog log, LiveReaders readers) {
        this.log = log;
        this.readers = readers;
    }

    @Override
    public void routing(HttpRules rules) {
        Predicate<Method> reads = Method.predicate(Method.GET, Method.HEAD);
        rules.route(reads, "/live", (request, response) -> Answers.healthy().send(request, response));
        rules.route(reads, "/ready", (request, response) -> readiness().send(request, response));
    }

    private Answer readiness() {
        if (readers.isDraining()) {
            return Answers.draining();
        }
        return log.trouble().map(Answers::notReady).orElseGet(Answers::healthy);
    }
}
