package io.millrace.gateway.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.millrace.mapping.http.StreamHeaders;
import java.util.ArrayList;
import java.util.List;

/** Response headers: the protocol's names as the server knows them, and fields that are always the same. */
final class HeaderFields {

    static final HeaderName NEXT_OFFSET = HeaderNames.create(StreamHeaders.STREAM_NEXT_OFFSET);
    static final HeaderName CURSOR = HeaderNames.create(StreamHeaders.STREAM_CURSOR);
    static final HeaderName TTL = HeaderNames.create(StreamHeaders.STREAM_TTL);
    static final HeaderName EXPIRES_AT = HeaderNames.create(StreamHeaders.STREAM_EXPIRES_AT);
    static final HeaderName PRODUCER_EPOCH = HeaderNames.create(StreamHeaders.PRODUCER_EPOCH);
    static final HeaderName PRODUCER_SEQ = HeaderNames.create(StreamHeaders.PRODUCER_SEQ);
    static final HeaderName PRODUCER_EXPECTED_SEQ = HeaderNames.create(StreamHeaders.PRODUCER_EXPECTED_SEQ);
    static final HeaderName PRODUCER_RECEIVED_SEQ = HeaderNames.create(StreamHeaders.PRODUCER_RECEIVED_SEQ);

    static final Header CLOSED = HeaderValues.createCached(StreamHeaders.STREAM_CLOSED, StreamHeaders.TRUE);
    static final Header UP_TO_DATE = HeaderValues.createCached(StreamHeaders.STREAM_UP_TO_DATE, StreamHeaders.TRUE);
    static final Header SSE_BASE64 = HeaderValues.createCached(StreamHeaders.STREAM_SSE_DATA_ENCODING, "base64");

    static final Header EVENT_STREAM = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/event-stream");
    static final Header PROBLEM_JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/problem+json");
    static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    static final Header GZIP = HeaderValues.createCached(HeaderNames.CONTENT_ENCODING, "gzip");
    static final Header VARY_ENCODING = HeaderValues.createCached(HeaderNames.VARY, "Accept-Encoding");
    static final Header NO_STORE = HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");
    static final Header NO_CACHE = HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache");
    static final Header NO_BUFFERING = HeaderValues.createCached("X-Accel-Buffering", "no");
    static final Header CLOSE = HeaderValues.createCached(HeaderNames.CONNECTION, "close");
    static final Header ALLOW = HeaderValues.createCached(HeaderNames.ALLOW, "PUT, POST, GET, HEAD, DELETE, OPTIONS");

    private static final Header NO_SNIFFING = HeaderValues.createCached(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");

    /** On every answer to operators: no browser guesses at it. */
    static final List<Header> ADMIN = List.of(NO_SNIFFING);

    /** On every answer to clients: any origin may read it and its headers, no browser guesses at it (PROTOCOL.md 12.7). */
    static final List<Header> EVERYWHERE = List.of(
            HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            HeaderValues.createCached(
                    HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS,
                    list(
                            StreamHeaders.RESPONSE,
                            "ETag",
                            "Location",
                            "Retry-After",
                            "Content-Type",
                            "Content-Encoding",
                            "Vary")),
            NO_SNIFFING,
            HeaderValues.createCached("Cross-Origin-Resource-Policy", "cross-origin"));

    /** On the answer to a preflight. */
    static final List<Header> PREFLIGHT = List.of(
            ALLOW,
            HeaderValues.createCached("Access-Control-Allow-Methods", "PUT, POST, GET, HEAD, DELETE, OPTIONS"),
            HeaderValues.createCached(
                    HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
                    list(
                            StreamHeaders.REQUEST,
                            "Content-Type",
                            "Authorization",
                            "If-None-Match",
                            "Cache-Control",
                            "Last-Event-ID")),
            HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_MAX_AGE, "86400"));

    private HeaderFields() {}

    private static String list(List<String> names, String... more) {
        List<String> all = new ArrayList<>(names);
        all.addAll(List.of(more));
        return String.join(", ", all);
    }
}
