package io.millrace.gateway.http;

import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.Header;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.millrace.gateway.config.AdminSettings;
import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.ServerSettings;
import io.millrace.gateway.connection.Connections;
import io.millrace.gateway.http2.AgreedConnections;
import io.millrace.gateway.http2.Http2Connections;
import io.millrace.gateway.live.LiveReaders;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.observe.Metrics;
import io.millrace.gateway.tls.CertificateWatch;
import io.millrace.gateway.tls.ServerCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The HTTP server, from its first to its last request: a port for clients, and one for operators where that is set. */
public final class HttpGateway implements AutoCloseable {

    private static final String ADMIN = "admin";

    /** A path of 1024 bytes, each of them escaped, with prefix and query. */
    private static final int LONGEST_REQUEST_LINE = 8 * 1024;

    private static final int LARGEST_HEADERS = 16 * 1024;

    /** What browsers count on; the server's memory for one connection grows with it. */
    private static final int MOST_STREAMS = 100;

    /** How much of a body may come before it is read: memory that {@code streams.upload-bytes} does not count. */
    private static final int WINDOW = 64 * 1024;

    /** Operators and their probes. */
    private static final int MOST_ADMIN_CONNECTIONS = 100;

    /** Nothing on the admin port takes a body. */
    private static final long ADMIN_UPLOADS = 0;

    /** Connections that wait for requests are {@link Connections}' matter; the server does not see open exchanges. */
    private static final Duration NEVER_IDLE = Duration.ofDays(365);

    /** For requests that came while earlier ones were waited for; what is still in flight after it is cut off. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final WebServer server;
    private final LiveReaders readers;
    private final RequestTraffic traffic;
    private final Connections clients;
    private final Optional<Connections> operators;
    private final ServerSettings settings;
    private final Optional<CertificateWatch> certificateWatch;

    private HttpGateway(
            WebServer server,
            LiveReaders readers,
            RequestTraffic traffic,
            Connections clients,
            Optional<Connections> operators,
            ServerSettings settings,
            Optional<ServerCertificate> certificate) {
        this.server = server;
        this.readers = readers;
        this.traffic = traffic;
        this.clients = clients;
        this.operators = operators;
        this.settings = settings;
        this.certificateWatch =
                certificate.map(inUse -> CertificateWatch.start(inUse, changed -> server.reloadTls(changed.tls())));
    }

    /** Finds out whether the address can be listened on, which the server itself would only log. */
    public static void checkAddress(String host, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        }
    }

    /**
     * Starts to serve {@code log}, with TLS where there is a certificate. Operators see and reload the {@code rules}, and
     * see {@code metrics}.
     */
    public static HttpGateway start(
            StreamLog log,
            Configuration configuration,
            Optional<ServerCertificate> certificate,
            ServedRules rules,
            Metrics metrics,
            InstantSource clock)
            throws IOException {
        ServerSettings settings = configuration.server();
        LiveReaders readers = new LiveReaders(log, configuration.streams().maxLiveReaders());
        RequestTraffic traffic = new RequestTraffic(settings.accessLog());
        HealthRoutes health = new HealthRoutes(log, readers, Optional::empty);
        HealthRoutes detailedHealth = new HealthRoutes(log, readers, rules::trouble);
        Connections clients = Connections.open(settings, configuration.streams().uploadBytes());
        Optional<Connections> operators =
                configuration.admin().map(_ -> Connections.open(MOST_ADMIN_CONNECTIONS, settings, ADMIN_UPLOADS));
        HttpRouting.Builder routing = routing(traffic, clients, HeaderFields.EVERYWHERE)
                .register("/health", health)
                .any(new StreamRoutes(log, readers, configuration.streams(), clock));
        WebServerConfig.Builder server = WebServer.builder()
                .shutdownHook(false)
                .host(settings.host())
                .port(settings.port())
                .routing(routing);
        configure(server, clients, HeaderFields.EVERYWHERE);
        if (certificate.isPresent()) {
            server.tls(certificate.get().tls())
                    .useNio(false) // whose way looks every client's name up in the DNS
                    .addConnectionSelector(new AgreedConnections(http1(clients), http2(clients, settings)));
        } else {
            server.addConnectionSelector(http1(clients));
        }
        configuration
                .admin()
                .ifPresent(admin -> server.putSocket(
                        ADMIN,
                        adminListener(
                                admin,
                                traffic,
                                operators.orElseThrow(),
                                detailedHealth,
                                new AdminRoutes(rules, metrics, log))));
        WebServer started = server.build().start();
        HttpGateway gateway = new HttpGateway(started, readers, traffic, clients, operators, settings, certificate);
        if (!started.isRunning()) {
            gateway.close();
            throw new IOException("the server does not start; its log lines say why");
        }
        return gateway;
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    /** The port for operators; only where there is one. */
    public int adminPort() {
        return server.port(ADMIN);
    }

    /** Lets everybody who waits look again, for the rules have changed. */
    public void lookAgain() {
        readers.wakeAll();
    }

    /**
     * Sends its clients away, lets requests in flight end, in bounded time, and stops. It is not ready from the beginning,
     * but serves who still comes: a balancer may take a while to notice, and some never ask.
     */
    @Override
    public void close() {
        certificateWatch.ifPresent(CertificateWatch::close);
        boolean alone = clients.isEmpty();
        traffic.endConnections();
        readers.drain(alone ? Duration.ZERO : settings.drainTime());
        try {
            if (!alone) {
                Thread.sleep(settings.drainTime());
            }
            traffic.awaitBegun(settings.drainTimeout());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // no time to wait
        }
        server.stop();
        clients.close();
        operators.ifPresent(Connections::close);
    }

    /** No browser has business here: other than on the public port, no page of another origin may read an answer. */
    private static ListenerConfig adminListener(
            AdminSettings settings,
            RequestTraffic traffic,
            Connections operators,
            HealthRoutes health,
            AdminRoutes others) {
        HttpRouting.Builder routing = routing(traffic, operators, HeaderFields.ADMIN)
                .register("/health", health)
                .any(others);
        ListenerConfig.Builder listener = ListenerConfig.builder()
                .name(ADMIN)
                .host(settings.host())
                .port(settings.port())
                .addConnectionSelector(http1(operators))
                .routing(routing);
        configure(listener, operators, HeaderFields.ADMIN);
        return listener.build();
    }

    /** What every request on a port goes through. */
    private static HttpRouting.Builder routing(RequestTraffic traffic, Connections connections, List<Header> headers) {
        HttpRouting.Builder routing = HttpRouting.builder()
                .addFilter(new ConnectedRequests(connections))
                .addFilter(traffic)
                .addFilter(new CommonHeaders(headers))
                .addFilter(new Http2Answers())
                .addFilter(new AnsweredRequests())
                .addFilter(new RequestTargets());
        ServerProblems.register(routing);
        return routing;
    }

    /**
     * What holds for every port. The protocols are named one by one, not found on the class path: HTTP/2 is served over
     * TLS alone, and never by an upgrade of a plain connection.
     */
    private static void configure(
            ListenerConfig.BuilderBase<?, ?> listener, Connections connections, List<Header> headers) {
        ServerProblems refusals = new ServerProblems(headers);
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, refusals);
        }
        listener.connectionOptions(connections.acceptor())
                .idleConnectionTimeout(NEVER_IDLE)
                .shutdownGracePeriod(GRACE)
                .errorHandling(errors -> errors.includeEntity(true))
                .directHandlers(handlers.build())
                .protocolsDiscoverServices(false);
    }

    private static ServerConnectionSelector http1(Connections connections) {
        return connections.http1(
                Http1Config.builder().maxPrologueLength(LONGEST_REQUEST_LINE).maxHeadersSize(LARGEST_HEADERS));
    }

    private static Http2Connections http2(Connections connections, ServerSettings settings) {
        return new Http2Connections(
                Http2Config.builder()
                        .maxConcurrentStreams(MOST_STREAMS)
                        .maxHeaderListSize(LARGEST_HEADERS)
                        .initialWindowSize(WINDOW)
                        .flowControlTimeout(settings.writeTimeout())
                        .validatePath(false) // RequestTargets does, without ending the connection
                        .build(),
                connections);
    }
}
