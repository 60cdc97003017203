package io.millrace.gateway.http;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.millrace.gateway.connection.Exchange;

/** Tells an exchange when its request is answered; of a connection that is one too many, it answers itself. */
final class AnsweredRequests implements Filter {

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        RequestBody body = RequestBody.CURRENT.get();
        Exchange exchange = body.exchange();
        try {
            if (exchange.isSurplus()) {
                ServerProblems.send(Answers.tooManyConnections(), request, response);
            } else {
                chain.proceed();
            }
            body.discardRest();
        } finally {
            exchange.end();
        }
    }
}
