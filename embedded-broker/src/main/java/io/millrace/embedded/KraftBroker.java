package io.millrace.embedded;

import io.millrace.gateway.broker.EmbeddedBroker;
import io.millrace.gateway.broker.EmbeddedBrokerException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A running Kafka broker and controller in this process, listening on loopback only. */
public final class KraftBroker implements EmbeddedBroker.Running {

    private final BrokerNode node;
    private final KafkaRaftServer server;
    private final DataDirectoryLock lock;

    private KraftBroker(BrokerNode node, KafkaRaftServer server, DataDirectoryLock lock) {
        this.node = node;
        this.server = server;
        this.lock = lock;
    }

    /** Starts the node and returns when it serves clients: in a cluster, when enough of the others run. */
    public static KraftBroker start(BrokerNode node) throws EmbeddedBrokerException {
        DataDirectoryLock lock = DataDirectoryLock.acquire(node.dataDirectory());
        boolean started = false;
        try {
            requireFree(node.port(), "Kafka clients (embedded.port)");
            requireFree(node.controllerPort(), "Kafka's controller");
            format(node);
            KraftBroker broker = new KraftBroker(node, startServer(node), lock);
            started = true;
            return broker;
        } finally {
            if (!started) {
                lock.close();
            }
        }
    }

    @Override
    public String bootstrapServers() {
        return node.bootstrapServers();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        lock.close();
    }

    private static KafkaRaftServer startServer(BrokerNode node) throws EmbeddedBrokerException {
        KafkaRaftServer server;
        try {
            server = new KafkaRaftServer(KafkaConfig.fromProps(node.properties(), false), Time.SYSTEM);
        } catch (RuntimeException e) {
            throw new EmbeddedBrokerException("Kafka refuses its configuration: " + e.getMessage(), e);
        }
        try {
            server.startup();
            return server;
        } catch (Exception e) { // not RuntimeException: Scala throws checked exceptions without declaring them
            server.shutdown();
            server.awaitShutdown();
            throw new EmbeddedBrokerException("The embedded Kafka broker did not start: " + e.getMessage(), e);
        }
    }

    /** Makes an empty directory one of Kafka's; one that is already is left as it is. */
    private static void format(BrokerNode node) throws EmbeddedBrokerException {
        String logDirectory = node.logDirectory().toString();
        try {
            new Formatter()
                    .setNodeId(node.id())
                    .setClusterId(clusterId(node))
                    .addDirectory(logDirectory)
                    .setMetadataLogDirectory(logDirectory)
                    .setControllerListenerName("CONTROLLER")
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (Exception e) {
            throw new EmbeddedBrokerException(
                    "The data directory %s cannot be used by this broker: %s"
                            .formatted(node.dataDirectory(), e.getMessage()),
                    e);
        }
    }

    private static String clusterId(BrokerNode node) throws IOException {
        Optional<String> stored = storedClusterId(node.logDirectory());
        return node.clusterId().or(() -> stored).orElseGet(() -> Uuid.randomUuid()
                .toString());
    }

    private static Optional<String> storedClusterId(Path logDirectory) throws IOException {
        Path file = logDirectory.resolve("meta.properties");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties stored = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            stored.load(reader);
        }
        return Optional.ofNullable(stored.getProperty("cluster.id"));
    }

    /** Kafka would say the same as a stack trace, half started. */
    private static void requireFree(int port, String purpose) throws EmbeddedBrokerException {
        try (ServerSocket socket = new ServerSocket()) {
            // As Kafka binds: a port whose last connections still linger in TIME_WAIT is free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(BrokerNode.LOOPBACK), port));
        } catch (IOException e) {
            throw new EmbeddedBrokerException(
                    "Port %d, needed for %s, is not free (%s); stop what uses it or choose another port"
                            .formatted(port, purpose, e.getMessage()),
                    e);
        }
    }
}
