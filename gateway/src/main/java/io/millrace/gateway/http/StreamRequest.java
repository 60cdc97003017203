package io.millrace.gateway.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.millrace.mapping.http.QueryParameters;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.http.RequestHeaders.Field;
import io.millrace.mapping.http.StartPoint;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.stream.StreamPath;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A request for one stream. */
record StreamRequest(StreamPath path, ServerRequest http, RequestBody body) {

    private static final String FORWARDED_PROTO = "X-Forwarded-Proto";

    /** What the offset stands for. */
    private static final Set<String> REPLACED = Set.of(QueryParameters.OFFSET, StartPoint.SINCE, StartPoint.LAST);

    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** Runs {@code departure} once the client is known to be gone. */
    void onGone(Runnable departure) {
        body.exchange().onGone(departure);
    }

    /** Its headers, as the core's parsers take them. */
    RequestHeaders headers() {
        return name -> values(HeaderNames.create(name));
    }

    /** The server splits values at commas, and makes much of it where there is nothing to split. */
    private List<String> values(HeaderName name) {
        List<String> lines = http.headers().all(name, List::of);
        boolean whole =
                lines.isEmpty() || (lines.size() == 1 && lines.getFirst().indexOf(',') < 0);
        return whole ? lines : http.headers().values(name);
    }

    /** Its query as it stands in the URL. */
    String rawQuery() {
        return http.query().rawValue();
    }

    /** The URL that the client used, without its query; a proxy in front says whether the client speaks TLS to it. */
    String url() {
        return scheme() + "://" + http.authority() + RequestTargets.rawPath(http);
    }

    /** The same URL with its query, asking from {@code offset} on. */
    String urlFrom(OffsetToken offset) {
        String rest = Stream.of(rawQuery().split("&", -1))
                .filter(pair -> !pair.isEmpty() && !REPLACED.contains(name(pair)))
                .map("&"::concat)
                .collect(Collectors.joining());
        return url() + "?" + QueryParameters.OFFSET + "=" + offset.text() + rest;
    }

    private static String name(String pair) {
        int equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals);
    }

    private String scheme() {
        return headers().field(FORWARDED_PROTO) instanceof Field.Value(String proto) && SCHEMES.contains(proto)
                ? proto
                : http.isSecure() ? "https" : "http";
    }
}
