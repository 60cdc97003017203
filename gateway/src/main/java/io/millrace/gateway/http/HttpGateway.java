package io.millrace.gateway.http;

import io.helidon.http.DirectHandler.EventType;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.millrace.gateway.config.ServerSettings;
import io.millrace.gateway.config.StreamsSettings;
import io.millrace.gateway.connection.Connections;
import io.millrace.gateway.live.LiveReaders;
import io.millrace.gateway.log.StreamLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;

/** The HTTP server, from its first to its last request. */
public final class HttpGateway implements AutoCloseable {

    /** A path of 1024 bytes, each of them escaped, with prefix and query. */
    private static final int LONGEST_REQUEST_LINE = 8 * 1024;

    private static final int LARGEST_HEADERS = 16 * 1024;

    /** What is still in flight after the drain is cut off. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final WebServer server;
    private final LiveReaders readers;
    private final RequestTraffic traffic;
    private final Connections connections;
    private final ServerSettings settings;

    private HttpGateway(
            WebServer server,
            LiveReaders readers,
            RequestTraffic traffic,
            Connections connections,
            ServerSettings settings) {
        this.server = server;
        this.readers = readers;
        this.traffic = traffic;
        this.connections = connections;
        this.settings = settings;
    }

    /** Finds out whether the address can be listened on, which the server itself would only log. */
    public static void checkAddress(ServerSettings settings) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(settings.host(), settings.port()));
        }
    }

    /** Starts to serve {@code log}. */
    public static HttpGateway start(
            StreamLog log, ServerSettings settings, StreamsSettings streams, InstantSource clock) throws IOException {
        LiveReaders readers = new LiveReaders(log, streams.maxLiveReaders());
        RequestTraffic traffic = new RequestTraffic(settings.accessLog());
        Connections connections = Connections.open(settings, streams.uploadBytes());
        HttpRouting.Builder routing = HttpRouting.builder()
                .addFilter(traffic)
                .addFilter(new ConnectedRequests(connections))
                .addFilter(new RequestTargets())
                .register("/health", new HealthRoutes(log, readers))
                .any(new StreamRoutes(log, readers, streams, clock));
        ServerProblems.register(routing);
        ServerProblems refusals = new ServerProblems();
        WebServer server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .connectionOptions(connections.acceptor())
                .idleConnectionTimeout(settings.idleTimeout())
                .shutdownHook(false)
                .shutdownGracePeriod(GRACE)
                .errorHandling(errors -> errors.includeEntity(true))
                .directHandlers(handlers -> {
                    for (EventType type : EventType.values()) {
                        handlers.addHandler(type, refusals);
                    }
                })
                .protocolsDiscoverServices(false)
                .addConnectionSelector(connections.http1(Http1Config.builder()
                        .maxPrologueLength(LONGEST_REQUEST_LINE)
                        .maxHeadersSize(LARGEST_HEADERS)))
                .routing(routing)
                .build()
                .start();
        if (!server.isRunning()) {
            connections.close();
            throw new IOException("the server does not start; its log lines say why");
        }
        return new HttpGateway(server, readers, traffic, connections, settings);
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    /** Serves no new request, lets those in flight end, in bounded time, and stops. */
    @Override
    public void close() {
        readers.drain();
        try {
            traffic.awaitNone(settings.drainTimeout());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // no time to wait
        }
        server.stop();
        connections.close();
    }
}
