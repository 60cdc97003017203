package io.millrace.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.http.RequestHeaders.Field;
import io.millrace.mapping.stream.StreamPath;
import java.util.Set;

/** A request for one stream. */
record StreamRequest(StreamPath path, ServerRequest http, RequestBody body) {

    private static final String FORWARDED_PROTO = "X-Forwarded-Proto";
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** Runs {@code departure} once the client is known to be gone. */
    void onGone(Runnable departure) {
        body.exchange().onGone(departure);
    }

    /** Its headers, as the core's parsers take them. */
    RequestHeaders headers() {
        return name -> http.headers().values(HeaderNames.create(name));
    }

    /** Its query as it stands in the URL. */
    String rawQuery() {
        return http.query().rawValue();
    }

    /** The URL that the client used, without its query; a proxy in front says whether the client speaks TLS to it. */
    String url() {
        return scheme() + "://" + http.authority() + RequestTargets.rawPath(http);
    }

    private String scheme() {
        return headers().field(FORWARDED_PROTO) instanceof Field.Value(String proto) && SCHEMES.contains(proto)
                ? proto
                : http.isSecure() ? "https" : "http";
    }
}
