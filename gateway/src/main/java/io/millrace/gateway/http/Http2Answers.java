package io.millrace.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * What HTTP/1.1 does for answers and Helidon 4.5.0 leaves undone over HTTP/2: headers that belong to a connection or
 * promise content where there is none are left out.
 */
final class Http2Answers implements Filter {

    static final String HTTP_2 = "2.0";

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!request.prologue().protocolVersion().equals(HTTP_2)) {
            chain.proceed();
            return;
        }
        response.beforeSend(() -> removeUnfit(request, response));
        chain.proceed();
    }

    private static void removeUnfit(RoutingRequest request, RoutingResponse response) {
        response.headers().remove(HeaderNames.CONNECTION);
        Status status = response.status();
        if (status.equals(Status.NO_CONTENT_204)
                || status.equals(Status.NOT_MODIFIED_304)
                || request.prologue().method().equals(Method.HEAD)) {
            response.headers().remove(HeaderNames.CONTENT_LENGTH);
        }
    }
}
