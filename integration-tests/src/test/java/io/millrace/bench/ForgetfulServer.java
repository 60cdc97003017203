package io.millrace.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** A server of one stream that acknowledges every append and keeps all but one of them. */
final class ForgetfulServer implements AutoCloseable {

    private static final int FORGOTTEN = 7;
    private static final int NO_BODY = -1;

    private final HttpServer server;
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    private int appends;

    private ForgetfulServer(HttpServer server) {
        this.server = server;
    }

    static ForgetfulServer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        ForgetfulServer forgetful = new ForgetfulServer(server);
        server.createContext("/", forgetful::answer);
        server.start();
        return forgetful;
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/streams");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            switch (exchange.getRequestMethod()) {
                case "PUT" -> exchange.sendResponseHeaders(201, NO_BODY);
                case "POST" -> {
                    if (appends++ != FORGOTTEN) {
                        stream.writeBytes(body);
                    }
                    exchange.sendResponseHeaders(204, NO_BODY);
                }
                case "GET" -> {
                    exchange.getResponseHeaders().set("Stream-Next-Offset", "end");
                    exchange.getResponseHeaders().set("Stream-Up-To-Date", "true");
                    exchange.sendResponseHeaders(200, stream.size());
                    stream.writeTo(exchange.getResponseBody());
                }
                default -> exchange.sendResponseHeaders(204, NO_BODY);
            }
        }
    }
}
