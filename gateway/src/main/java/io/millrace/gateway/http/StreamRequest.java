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
        return (http.isSecure() ? "https" : "http") + "://" + http.authority() + rawPath(http);
    }

    /** The URL's path as the client sent it, also where it sent a whole URL (RFC 9112, 3.2.2). */
    static String rawPath(ServerRequest http) {
        String target = http.prologue().uriPath().rawPath();
        int authority = target.startsWith("/") ? -1 : target.indexOf("://");
        return authority < 0 ? target : target.substring(Math.max(0, target.indexOf('/', authority + 3)));
    }
}
