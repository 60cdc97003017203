package io.millrace.gateway;

import io.millrace.gateway.broker.EmbeddedBroker;
import io.millrace.gateway.broker.EmbeddedBrokerException;
import io.millrace.gateway.config.AdminSettings;
import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.EmbeddedSettings;
import io.millrace.gateway.config.Key;
import io.millrace.gateway.config.ServerSettings;
import io.millrace.gateway.config.Sources;
import io.millrace.gateway.config.StreamsSettings;
import io.millrace.gateway.http.HttpGateway;
import io.millrace.gateway.kafka.KafkaStreamLog;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.observe.Metrics;
import io.millrace.gateway.tls.ServerCertificate;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.ServiceLoader;

/** A gateway that serves: broker where it brings its own, log, HTTP, in this order; stopped in reverse. */
public final class Gateway implements AutoCloseable {

    private final Deque<Runnable> stops = new ArrayDeque<>();
    private String url = "";
    private Optional<String> adminUrl = Optional.empty();
    private String bootstrapServers = "";
    private volatile Optional<HttpGateway> serving = Optional.empty();

    private Gateway() {}

    /** Starts all parts; when it returns, requests are served. Rules change with the sources that they were read from. */
    static Gateway start(Sources sources, Sources.Text text, Configuration configuration) throws StartException {
        Gateway gateway = new Gateway();
        boolean started = false;
        try {
            gateway.startParts(sources, text, configuration);
            started = true;
            return gateway;
        } finally {
            if (!started) {
                gateway.close();
            }
        }
    }

    /** Where it is served. */
    String url() {
        return url;
    }

    /** Where operators ask; empty where they have no port of their own. */
    Optional<String> adminUrl() {
        return adminUrl;
    }

    /** The Kafka that holds its streams. */
    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops all parts: first no new requests, then those in flight end, then Kafka is left. */
    @Override
    public void close() {
        while (!stops.isEmpty()) {
            stops.pop().run();
        }
    }

    private void startParts(Sources sources, Sources.Text text, Configuration configuration) throws StartException {
        checkAddresses(configuration);
        Optional<ServerCertificate> certificate = readCertificate(configuration.server());
        bootstrapServers = configuration.kafka().bootstrapServers().isPresent()
                ? configuration.kafka().bootstrapServers().get()
                : startBroker(configuration.embedded());
        Metrics metrics = new Metrics();
        KafkaStreamLog log = openLog(configuration, metrics);
        stops.push(log::close);
        RulesWatch rules = new RulesWatch(sources, text, configuration, metrics, changed -> {
            log.replaceRules(changed);
            serving.ifPresent(HttpGateway::lookAgain);
        });
        HttpGateway http = startHttp(log, configuration, certificate, rules, metrics);
        stops.push(http::close);
        serving = Optional.of(http);
        rules.start();
        stops.push(rules::close);
        url = origin(
                        certificate.isPresent() ? "https" : "http",
                        configuration.server().host(),
                        http.port())
                + configuration.streams().prefix();
        adminUrl = configuration.admin().map(admin -> origin("http", admin.host(), http.adminPort()));
    }

    private static String origin(String scheme, String host, int port) {
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private String startBroker(EmbeddedSettings settings) throws StartException {
        EmbeddedBroker broker = ServiceLoader.load(EmbeddedBroker.class)
                .findFirst()
                .orElseThrow(() -> new StartException("This is the slim gateway, which has no broker of its own: set"
                        + " kafka.bootstrap-servers (or MILLRACE_KAFKA_BOOTSTRAP_SERVERS) to your Kafka's host:port."));
        try {
            EmbeddedBroker.Running running = broker.start(settings.dataDirectory(), settings.port());
            stops.push(running::close);
            return running.bootstrapServers();
        } catch (EmbeddedBrokerException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private KafkaStreamLog openLog(Configuration configuration, Metrics metrics) throws StartException {
        try {
            return KafkaStreamLog.open(logSettings(configuration), configuration.mappings(), metrics);
        } catch (KafkaStreamLog.StartRefused e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void checkAddresses(Configuration configuration) throws StartException {
        ServerSettings server = configuration.server();
        checkAddress(server.host(), server.port(), Key.SERVER_HOST, Key.SERVER_PORT);
        if (configuration.admin().isPresent()) {
            AdminSettings admin = configuration.admin().get();
            checkAddress(admin.host(), admin.port(), Key.ADMIN_HOST, Key.ADMIN_PORT);
        }
    }

    private static void checkAddress(String host, int port, Key hostKey, Key portKey) throws StartException {
        try {
            HttpGateway.checkAddress(host, port);
        } catch (IOException e) {
            throw new StartException(
                    "The gateway cannot listen on " + host + ":" + port + " (" + e.getMessage()
                            + "): stop what uses it, or set " + hostKey.path() + " and " + portKey.path() + " (or "
                            + portKey.variable() + ").",
                    e);
        }
    }

    private static Optional<ServerCertificate> readCertificate(ServerSettings settings) throws StartException {
        if (settings.tls().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ServerCertificate.read(settings.tls().get()));
        } catch (ServerCertificate.Unusable e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static HttpGateway startHttp(
            StreamLog log,
            Configuration configuration,
            Optional<ServerCertificate> certificate,
            RulesWatch rules,
            Metrics metrics)
            throws StartException {
        try {
            return HttpGateway.start(log, configuration, certificate, rules, metrics, InstantSource.system());
        } catch (IOException e) {
            throw new StartException(
                    "The gateway cannot listen on " + configuration.server().host() + ": " + e.getMessage() + ".", e);
        }
    }

    private LogSettings logSettings(Configuration configuration) {
        StreamsSettings streams = configuration.streams();
        return new LogSettings(
                bootstrapServers,
                configuration.kafka().client(),
                streams.prefix(),
                streams.chunkBytes(),
                streams.appendLimit(),
                streams.tailBytes(),
                streams.stateBytes(),
                streams.idleUnload(),
                streams.appendTimeout(),
                streams.compactionLag(),
                new LogSettings.Upkeep(streams.checkpointRecords(), streams.thinningRecords()),
                new LogSettings.Bounds(
                        streams.inFlightBytes(),
                        streams.maxWaiting(),
                        configuration.kafka().maxLoads(),
                        configuration.kafka().maxReaders(),
                        configuration.kafka().maxLookups()));
    }
}
