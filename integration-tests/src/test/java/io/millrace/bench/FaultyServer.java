package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that acknowledges every append and does with one message, or one request, what no server may do. */
final class FaultyServer implements AutoCloseable {

    private static final int AT_FAULT = 7;
    private static final int NO_BODY = -1;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int UNKNOWN_LENGTH = 0;

    private final Fault fault;
    private final int at;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, List<byte[]>> streams = new HashMap<>();
    private int creates;
    private int stored;
    private int conditionalReads;

    /** What becomes of one message of an append, or of one request. */
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
        GARBLED,

        /** A stream that was created is not there. */
        NOT_CREATED,

        /** A producer is told that the stream has its append already. */
        TAKEN_FOR_A_DUPLICATE,

        /** A client that has the content gets it again. */
        SENT_AGAIN,

        /** Whatever streams are named, they are one. */
        ONE_STREAM,

        /** Clients that have the content as it was are told that it has not changed. */
        STALE
    }

    private FaultyServer(Fault fault, int at, HttpServer server) {
        this.fault = fault;
        this.at = at;
        this.server = server;
    }

    static FaultyServer start(Fault fault) throws IOException {
        return start(fault, AT_FAULT);
    }

    /** The append at fault is this one, counted from 0. */
    static FaultyServer start(Fault fault, int at) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        FaultyServer faulty = new FaultyServer(fault, at, server);
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
            String path =
                    fault == Fault.ONE_STREAM ? "" : exchange.getRequestURI().getPath();
            switch (exchange.getRequestMethod()) {
                case "PUT" -> {
                    create(path);
                    exchange.sendResponseHeaders(201, NO_BODY);
                }
                case "POST" -> {
                    int status = append(path, body, exchange.getRequestHeaders());
                    exchange.getResponseHeaders().set("Stream-Next-Offset", Integer.toString(size(path)));
                    exchange.sendResponseHeaders(status, NO_BODY);
                }
                case "GET" -> {
                    String query = exchange.getRequestURI().getQuery();
                    if (query.contains("live=sse")) {
                        sendEvents(exchange, path);
                    } else if (query.contains("live=long-poll")) {
                        sendNext(exchange, path, offsetIn(query));
                    } else {
                        sendAll(exchange, path);
                    }
                }
                default -> exchange.sendResponseHeaders(delete(path) ? 204 : 404, NO_BODY);
            }
        }
    }

    private synchronized void create(String path) {
        if (creates++ != at || fault != Fault.NOT_CREATED) {
            streams.putIfAbsent(path, new ArrayList<>());
        }
    }

    private synchronized boolean delete(String path) {
        return fault == Fault.ONE_STREAM || streams.remove(path) != null;
    }

    /** Returns the status. */
    private synchronized int append(String path, byte[] body, Headers head) throws IOException {
        boolean isAtFault = stored == at;
        List<byte[]> stream = stream(path);
        if (isJson(head)) {
            for (JsonNode message : JSON.readTree(body)) {
                store(message.toString().getBytes(UTF_8), stream);
            }
        } else {
            store(body, stream);
        }
        notifyAll();
        boolean isByProducer = head.containsKey("Producer-Seq");
        return isByProducer && !(isAtFault && fault == Fault.TAKEN_FOR_A_DUPLICATE) ? 200 : 204;
    }

    private void store(byte[] message, List<byte[]> stream) {
        switch (stored++ == at ? fault : Fault.NONE) {
            case NONE, NOT_CREATED, TAKEN_FOR_A_DUPLICATE, SENT_AGAIN, ONE_STREAM, STALE -> stream.add(message);
            case LOST -> {}
            case DOUBLED -> stream.addAll(List.of(message, message));
            case SWAPPED -> stream.add(stream.size() - 1, message);
            case GARBLED -> {
                message[message.length - 1] = '!';
                stream.add(message);
            }
        }
    }

    private synchronized void sendAll(HttpExchange exchange, String path) throws IOException {
        List<byte[]> stream = streams.get(path);
        if (stream == null) {
            exchange.sendResponseHeaders(404, NO_BODY);
            return;
        }
        String etag = "\"" + (fault == Fault.STALE ? "always" : stream.size()) + "\"";
        exchange.getResponseHeaders().set("ETag", etag);
        exchange.getResponseHeaders().set("Stream-Next-Offset", "end");
        exchange.getResponseHeaders().set("Stream-Up-To-Date", "true");
        if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))
                && (conditionalReads++ != at || fault != Fault.SENT_AGAIN)) {
            exchange.sendResponseHeaders(304, NO_BODY);
            return;
        }
        byte[] body = bodyOf(stream);
        exchange.sendResponseHeaders(200, body.length > 0 ? body.length : NO_BODY);
        exchange.getResponseBody().write(body);
    }

    private void sendNext(HttpExchange exchange, String path, int offset) throws IOException {
        try {
            ByteArrayOutputStream next = new ByteArrayOutputStream();
            List<byte[]> messages = after(path, offset);
            messages.forEach(next::writeBytes);
            exchange.getResponseHeaders().set("Stream-Next-Offset", Integer.toString(offset + messages.size()));
            exchange.getResponseHeaders().set("Stream-Cursor", "1");
            exchange.sendResponseHeaders(200, next.size());
            next.writeTo(exchange.getResponseBody());
        } catch (InterruptedException e) {
            // the server is closed
        }
    }

    private static int offsetIn(String query) {
        return Math.max(0, Integer.parseInt(query.substring("offset=".length(), query.indexOf('&'))));
    }

    /** The messages one after the other; as an array where they are objects. */
    private static byte[] bodyOf(List<byte[]> stream) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        boolean isJson = !stream.isEmpty() && stream.getFirst()[0] == '{';
        for (byte[] message : stream) {
            if (isJson) {
                all.write(all.size() == 0 ? '[' : ',');
            }
            all.writeBytes(message);
        }
        if (isJson) {
            all.write(']');
        }
        return all.toByteArray();
    }

    private static boolean isJson(Headers head) {
        return "application/json".equals(head.getFirst("Content-Type"));
    }

    private synchronized int size(String path) {
        return stream(path).size();
    }

    private List<byte[]> stream(String path) {
        return Objects.requireNonNull(streams.get(path), "it was not created");
    }

    private void sendEvents(HttpExchange exchange, String path) throws IOException {
        exchange.sendResponseHeaders(200, UNKNOWN_LENGTH);
        OutputStream events = exchange.getResponseBody();
        int sent = 0;
        try {
            while (true) {
                write(events, "event: control\ndata: {\"streamNextOffset\":\"" + sent + "\"}\n\n");
                for (byte[] message : after(path, sent)) {
                    write(events, "event: data\ndata: " + new String(message, UTF_8) + "\n\n");
                    sent++;
                }
            }
        } catch (InterruptedException e) {
            // the server is closed
        }
    }

    /** Where two messages are swapped, the first is held back until the other has come. */
    private synchronized List<byte[]> after(String path, int sent) throws InterruptedException {
        List<byte[]> stream = stream(path);
        while (stream.size() <= sent || (fault == Fault.SWAPPED && stored == at)) {
            wait();
        }
        return List.copyOf(stream.subList(sent, stream.size()));
    }

    private static void write(OutputStream events, String text) throws IOException {
        events.write(text.getBytes(UTF_8));
        events.flush();
    }
}
