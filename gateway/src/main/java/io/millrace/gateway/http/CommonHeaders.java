package io.millrace.gateway.http;

import io.helidon.http.Header;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.List;

/** Puts the headers on an answer that all answers of its port have. */
final class CommonHeaders implements Filter {

    private final List<Header> headers;

    CommonHeaders(List<Header> headers) {
        this.headers = List.copyOf(headers);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        headers.forEach(response::header);
        chain.proceed();
    }
}
