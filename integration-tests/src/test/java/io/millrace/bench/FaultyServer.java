package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server of one stream that acknowledges every append and does with one of them what no server may do. */
final class FaultyServer implements AutoCloseable {

    private static final int AT_FAULT = 7;
    private static final int NO_BODY = -1;
    private static final int UNKNOWN_LENGTH = 0;

    private final Fault fault;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<byte[]> stream = new ArrayList<>();
    private int appends;

    /** What becomes of one append. */
    enum Fault {
        /** It is stored as all others are. */
        NONE,

        /** It is not stored. */
        LOST,

        /** It is stored twice. */
        DOUBLED,

        /** It is stored before the one that came before it. */
        SWAPPED,

        /** One byte of it is changed. */
        GARBLED
    }

    private FaultyServer(Fault fault, HttpServer server) {
        this.fault = fault;
        this.server = server;
    }

    static FaultyServer start(Fault fault) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        FaultyServer faulty = new FaultyServer(fault, server);
        server.createContext("/", faulty::answer);
        server.setExecutor(faulty.threads);
        server.start();
        return faulty;
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/streams");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            switch (exchange.getRequestMethod()) {
                case "PUT" -> exchange.sendResponseHeaders(201, NO_BODY);
                case "POST" -> {
                    store(body);
                    exchange.sendResponseHeaders(204, NO_BODY);
                }
                case "GET" -> {
                    if (exchange.getRequestURI().getQuery().contains("live=sse")) {
                        sendEvents(exchange);
                    } else {
                        sendAll(exchange);
                    }
                }
                default -> exchange.sendResponseHeaders(204, NO_BODY);
            }
        }
    }

    private synchronized void store(byte[] body) {
        switch (appends++ == AT_FAULT ? fault : Fault.NONE) {
            case NONE -> stream.add(body);
            case LOST -> {}
            case DOUBLED -> stream.addAll(List.of(body, body));
            case SWAPPED -> stream.add(stream.size() - 1, body);
            case GARBLED -> {
                body[body.length - 1] = '!';
                stream.add(body);
            }
        }
        notifyAll();
    }

    private synchronized void sendAll(HttpExchange exchange) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        stream.forEach(all::writeBytes);
        exchange.getResponseHeaders().set("Stream-Next-Offset", "end");
        exchange.getResponseHeaders().set("Stream-Up-To-Date", "true");
        exchange.sendResponseHeaders(200, all.size());
        all.writeTo(exchange.getResponseBody());
    }

    private void sendEvents(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, UNKNOWN_LENGTH);
        OutputStream events = exchange.getResponseBody();
        int sent = 0;
        try {
            while (true) {
                write(events, "event: control\ndata: {\"streamNextOffset\":\"" + sent + "\"}\n\n");
                for (byte[] message : after(sent)) {
                    write(events, "event: data\ndata: " + new String(message, UTF_8) + "\n\n");
                    sent++;
                }
            }
        } catch (InterruptedException e) {
            // the server is closed
        }
    }

    /** The message before the one at fault is held back until that has come, because the two may be swapped. */
    private synchronized List<byte[]> after(int sent) throws InterruptedException {
        while (stream.size() <= sent || appends == AT_FAULT) {
            wait();
        }
        return List.copyOf(stream.subList(sent, stream.size()));
    }

    private static void write(OutputStream events, String text) throws IOException {
        events.write(text.getBytes(UTF_8));
        events.flush();
    }
}
