package io.millrace.gateway.http;

import io.helidon.common.uri.UriPath;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.util.Locale;
import java.util.Optional;

/**
 * Lets through what asks for a path, as such or in a whole URL. The other forms of a target (RFC 9112, 3.2) are for
 * proxies, and a fragment is a browser's own: with it one stream would have many names.
 */
final class RequestTargets implements Filter {

    private static final Method CONNECT = Method.create("CONNECT");
    private static final String WHOLE_SERVER = "*";

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        refusal(request.prologue())
                .ifPresentOrElse(answer -> ServerProblems.send(answer, request, response), chain::proceed);
    }

    /** The path that a request asks for, as the client sent it, also where it sent a whole URL. */
    static String rawPath(ServerRequest request) {
        return rawPath(request.prologue()).orElseThrow();
    }

    private static Optional<Answer> refusal(HttpPrologue request) {
        if (request.method().equals(CONNECT)) {
            return Optional.of(Answers.methodNotAllowed().with(HeaderFields.CLOSE));
        }
        if (request.method().equals(Method.OPTIONS)
                && request.uriPath().rawPath().equals(WHOLE_SERVER)) {
            return Optional.of(Answers.preflight());
        }
        if (rawPath(request).isEmpty()) {
            return Optional.of(Answers.badRequest("the request's target is neither a path nor an http or https URL"));
        }
        if (request.protocolVersion().equals(Http2Answers.HTTP_2) && !isValid(request.uriPath())) {
            return Optional.of(
                    Answers.badRequest("the path is malformed, or has characters that must be percent-encoded"));
        }
        return request.fragment().hasValue()
                ? Optional.of(Answers.badRequest("a '#' in the request's target must be percent-encoded"))
                : Optional.empty();
    }

    /** The server's own check, which it makes itself over HTTP/1.1; over HTTP/2 it would end the connection. */
    private static boolean isValid(UriPath path) {
        try {
            path.validate();
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static Optional<String> rawPath(HttpPrologue request) {
        String target = request.uriPath().rawPath();
        if (target.startsWith("/")) {
            return Optional.of(target);
        }
        String lowerCase = target.toLowerCase(Locale.ROOT);
        if (!lowerCase.startsWith("http://") && !lowerCase.startsWith("https://")) {
            return Optional.empty();
        }
        int path = target.indexOf('/', target.indexOf("://") + "://".length());
        return Optional.of(path < 0 ? "/" : target.substring(path));
    }
}
