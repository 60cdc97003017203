package io.millrace.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * One node of a KRaft cluster on loopback, broker and controller at once: who it is, where it listens, where it stores.
 *
 * @param port where clients connect
 * @param voters the controllers of all nodes, this one's among them
 * @param clusterId the same on all nodes; none: the one in the data directory, or a new one
 * @param overrides Kafka's own properties, which win over those that a node has by itself
 */
public record BrokerNode(
        int id,
        int port,
        Path dataDirectory,
        List<Voter> voters,
        Optional<String> clusterId,
        Map<String, String> overrides) {

    /** The controller of one node: its node id and the port on which the nodes reach it. */
    public record Voter(int id, int port) {

        /** The voter in the form of Kafka's {@code controller.quorum.voters}. */
        @Override
        public String toString() {
            return "%d@%s:%d".formatted(id, LOOPBACK, port);
        }
    }

    static final String LOOPBACK = "127.0.0.1";

    public BrokerNode {
        voters = List.copyOf(voters);
        overrides = Map.copyOf(overrides);
        int self = id;
        if (voters.stream().noneMatch(voter -> voter.id() == self)) {
            throw new IllegalArgumentException("Node %d is not among the voters %s".formatted(id, voters));
        }
        if (voters.size() > 1 && clusterId.isEmpty()) {
            throw new IllegalArgumentException("The nodes of a cluster need a cluster id in common");
        }
    }

    /** A cluster of this one node, with a controller port that was free a moment ago. */
    public static BrokerNode alone(Path dataDirectory, int port) throws IOException {
        return new BrokerNode(1, port, dataDirectory, List.of(new Voter(1, freePort())), Optional.empty(), Map.of());
    }

    /** A port that was free a moment ago. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(LOOPBACK))) {
            return socket.getLocalPort();
        }
    }

    public String bootstrapServers() {
        return LOOPBACK + ":" + port;
    }

    int controllerPort() {
        return voters.stream()
                .filter(voter -> voter.id() == id)
                .findFirst()
                .orElseThrow()
                .port();
    }

    /** Where Kafka stores; the data directory itself also holds what is not Kafka's. */
    Path logDirectory() {
        return dataDirectory.resolve("kafka").toAbsolutePath();
    }

    /** The node as Kafka's server properties. */
    Properties properties() {
        Properties properties = new Properties();
        properties.putAll(identity());
        properties.putAll(replication());
        properties.putAll(pace());
        properties.putAll(overrides);
        return properties;
    }

    private Map<String, String> identity() {
        return Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                Integer.toString(id),
                "controller.quorum.voters",
                voters.stream().map(Voter::toString).collect(Collectors.joining(",")),
                "listeners",
                "CLIENT://%s:%d,CONTROLLER://%s:%d".formatted(LOOPBACK, port, LOOPBACK, controllerPort()),
                "advertised.listeners",
                "CLIENT://%s:%d".formatted(LOOPBACK, port),
                "controller.listener.names",
                "CONTROLLER",
                "inter.broker.listener.name",
                "CLIENT",
                "listener.security.protocol.map",
                "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs",
                logDirectory().toString(),
                "auto.create.topics.enable",
                "false");
    }

    /** Copies as a cluster of this size can keep them, for Kafka's own topics and for those made without saying how many. */
    private Map<String, String> replication() {
        String factor = Integer.toString(Math.min(3, voters.size()));
        String inSync = voters.size() < 3 ? "1" : "2";
        return Map.ofEntries(
                Map.entry("default.replication.factor", factor),
                Map.entry("min.insync.replicas", inSync),
                Map.entry("offsets.topic.replication.factor", factor),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", factor),
                Map.entry("transaction.state.log.min.isr", inSync),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", factor),
                Map.entry("share.coordinator.state.topic.min.isr", inSync),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"));
    }

    /*
     * How fast the node reacts. After a kill -9 the controller waits for the dead broker's session to end before the
     * restarted one may serve: 9 s by default. Alone a broker can afford a short session, as nobody else's pause can
     * cost it the leadership; with peers on a busy machine, a longer one. The timeouts of controller.quorum.* stay as they
     * are: tighter ones kept a cluster on two cores without a controller for over a minute.
     */
    private Map<String, String> pace() {
        return Map.of(
                "broker.session.timeout.ms", voters.size() == 1 ? "2000" : "3000",
                "broker.heartbeat.interval.ms", "500",
                "controller.quorum.append.linger.ms", "0",
                "group.initial.rebalance.delay.ms", "0",
                "log.cleaner.dedupe.buffer.size", "2097152");
    }
}
