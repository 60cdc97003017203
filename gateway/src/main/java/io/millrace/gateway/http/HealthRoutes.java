package io.millrace.gateway.http;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.millrace.gateway.live.LiveReaders;
import io.millrace.gateway.log.StreamLog;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether the process runs ({@code live}), and whether requests should come to it ({@code ready}). */
final class HealthRoutes implements HttpService {

    private final StreamLog log;
    private final LiveReaders readers;
    private final Supplier<Optional<String>> trouble;

    /** With {@code trouble} that does not keep the gateway from serving, and that may be told here. */
    HealthRoutes(StreamLog log, LiveReaders readers, Supplier<Optional<String>> trouble) {
        this.log = log;
        this.readers = readers;
        this.trouble = trouble;
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
        return log.trouble()
                .map(Answers::notReady)
                .orElseGet(() -> trouble.get().map(Answers::healthyBut).orElseGet(Answers::healthy));
    }
}
