package io.millrace.gateway.http;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.millrace.gateway.live.LiveReaders;
import io.millrace.gateway.log.StreamLog;

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
        Handler live = (request, response) -> Answers.healthy().send(request, response);
        Handler ready = (request, response) -> readiness().send(request, response);
        rules.get("/live", live).head("/live", live);
        rules.get("/ready", ready).head("/ready", ready);
    }

    private Answer readiness() {
        if (readers.isDraining()) {
            return Answers.draining();
        }
        return log.trouble().map(Answers::notReady).orElseGet(Answers::healthy);
    }
}
