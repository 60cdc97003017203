package io.millrace.gateway.http;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.millrace.gateway.connection.Connections;
import io.millrace.gateway.connection.Exchange;

/**
 * Ties each request to its connection, which must not be closed as idle meanwhile. What comes of its body after its end
 * is taken in out here, where the request does not count any more.
 */
final class ConnectedRequests implements Filter {

    private final Connections connections;

    ConnectedRequests(Connections connections) {
        this.connections = connections;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Exchange exchange = connections
                .of(request.socketId(), request.remotePeer())
                .flatMap(connection -> connection.begin(request.id()))
                .orElseThrow(() -> tooLate(request));
        RequestBody body = new RequestBody(request, exchange);
        try {
            ScopedValue.where(RequestBody.CURRENT, body).run(chain::proceed);
        } finally {
            exchange.end();
            exchange.takeRest(body::takeRest);
        }
    }

    private static CloseConnectionException tooLate(RoutingRequest request) {
        if (request.prologue().protocolVersion().equals(Http2Answers.HTTP_2)) {
            RequestBody.leave(request);
        }
        return new CloseConnectionException("the connection is closed already");
    }
}
