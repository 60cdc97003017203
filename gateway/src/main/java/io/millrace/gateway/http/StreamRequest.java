package io.millrace.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.stream.StreamPath;

/** A request for one stream. */
record StreamRequest(StreamPath path, ServerRequest http, RequestBody body) {

    /** Its headers, as the core's parsers take them. */
    RequestHeaders headers() {
        return name -> http.headers().values(HeaderNames.create(name));
    }

    /** Its query as it stands in the URL. */
    String rawQuery() {
        return http.query().rawValue();
    }

    /** The URL that the client used, without its query. */
    String url() {
        return (http.isSecure() ? "https" : "http") + "://" + http.authority() + RequestTargets.rawPath(http);
    }
}
