package io.millrace.it;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A gateway as an operator runs it: a process of its own, configured by environment and file. */
final class GatewayProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(TlsFiles.trustingAnybody())
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private static final String CONFIGURATION = "millrace.yaml";

    private final String name;
    private final Path directory;
    private final Map<String, String> environment;
    private final List<String> flags;
    private final String prefix;
    private final int port;
    private ChildProcess process;

    private GatewayProcess(
            String name, Path directory, Map<String, String> environment, List<String> flags, ChildProcess process) {
        this.name = name;
        this.directory = directory;
        this.environment = environment;
        this.flags = flags;
        this.prefix = environment.getOrDefault("MILLRACE_STREAMS_PREFIX", "/v1/stream");
        this.port = Integer.parseInt(environment.getOrDefault("MILLRACE_SERVER_PORT", ""));
        this.process = process;
    }

    /** What a gateway is started with. */
    static final class Builder {
        private final String name;
        private final Map<String, String> environment = new TreeMap<>();
        private String mappings = "";
        private List<String> flags = Build.SMALL;

        private Builder(String name) {
            this.name = name;
        }

        /** A key of the configuration, as its environment variable. */
        Builder set(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        Builder on(KafkaFixture kafka) {
            return set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        }

        /** Serves with TLS. */
        Builder tls(TlsFiles files) {
            return set("MILLRACE_SERVER_TLS_CERTIFICATE", files.certificate().toString())
                    .set("MILLRACE_SERVER_TLS_KEY", files.key().toString());
        }

        /** The part {@code mappings:} of the configuration file, in YAML. */
        Builder mappings(String yaml) {
            mappings = yaml;
            return this;
        }

        /** Mappings that lead every path to one shared topic. */
        Builder sharing(String topic, int partitions) {
            return mappings("""
                    mappings:
                      - path: "**"
                        kind: shared
                        topic: %s
                        partitions: %d
                        replication-factor: 1
                    """.formatted(topic, partitions));
        }

        /** Flags of its JVM, in place of those that make it small. */
        Builder flags(List<String> jvmFlags) {
            flags = jvmFlags;
            return this;
        }

        /** Starts it and returns when it is ready. */
        GatewayProcess start() throws Exception {
            GatewayProcess gateway = launch();
            try {
                gateway.awaitReady();
            } catch (Throwable e) {
                gateway.close();
                throw e;
            }
            return gateway;
        }

        /** Starts it without waiting. */
        GatewayProcess launch() throws IOException {
            environment.putIfAbsent("MILLRACE_SERVER_PORT", Integer.toString(Ports.free()));
            environment.putIfAbsent(
                    "MILLRACE_SERVER_DRAIN_TIME", "0s"); // few tests are about how clients are sent away
            Path directory = Files.createTempDirectory(Build.target("gateways"), name);
            if (!mappings.isEmpty()) {
                Files.writeString(directory.resolve(CONFIGURATION), mappings);
            }
            return new GatewayProcess(name, directory, environment, flags, run(name, directory, environment, flags));
        }
    }

    static Builder named(String name) {
        return new Builder(name);
    }

    /** A gateway with its own broker, as it runs from a fresh clone. */
    static Builder embedded(String name) {
        return named(name).set("MILLRACE_EMBEDDED_PORT", Integer.toString(Ports.free()));
    }

    private static ChildProcess run(String name, Path directory, Map<String, String> environment, List<String> flags)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        Path file = directory.resolve(CONFIGURATION);
        if (Files.exists(file)) {
            arguments.addAll(List.of("--config", file.toString()));
        }
        return ChildProcess.start(
                name, Build.java(flags, "io.millrace.gateway.Main", arguments), directory, environment);
    }

    URI origin() {
        String scheme = environment.containsKey("MILLRACE_SERVER_TLS_CERTIFICATE") ? "https" : "http";
        return URI.create(scheme + "://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    /** Where its mappings stand. */
    Path configurationFile() {
        return directory.resolve(CONFIGURATION);
    }

    StreamClient client() {
        return new StreamClient(URI.create(origin() + prefix));
    }

    ChildProcess process() {
        return process;
    }

    /** The status of {@code /health/ready}; 0 where nobody listens. */
    int readiness() throws InterruptedException {
        return health("ready");
    }

    /** The status of {@code /health/live}; 0 where nobody listens. */
    int liveness() throws InterruptedException {
        return health("live");
    }

    void awaitReady() throws Exception {
        Await.until(name + " is ready", START, () -> {
            if (!process.isAlive()) {
                throw new AssertionError(process.describe("ended before it was ready"));
            }
            return readiness() == 200;
        });
    }

    /** SIGKILL. */
    void kill() {
        process.kill();
    }

    /** SIGTERM, without waiting. */
    void terminate() {
        process.terminate();
    }

    int awaitExit() throws InterruptedException {
        return process.awaitExit(Duration.ofSeconds(30));
    }

    /** Starts it again as it was started before: same port, same data directory. */
    void restart() throws Exception {
        process = run(name, directory, environment, flags);
        awaitReady();
    }

    @Override
    public void close() throws IOException {
        process.kill();
        Directories.delete(directory);
    }

    private int health(String kind) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(origin() + "/health/" + kind))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            HttpResponse<Void> response = HTTP.send(request, BodyHandlers.discarding());
            return response.statusCode();
        } catch (ConnectException e) {
            return 0;
        } catch (IOException e) {
            return 0; // cut while it starts or ends
        }
    }
}
