package io.millrace.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.chaos.Gateway;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Three brokers that keep three copies, two of them in sync, and several gateways; each is a process of its own. */
final class Cluster implements AutoCloseable {

    /** What the gateways serve: everything in a shared topic, but for these. */
    static final String MAPPINGS = """
            mappings:
              - path: "topics/{name}"
                kind: dedicated
                topic: "cluster.{name}"
                replication-factor: 3
              - path: "**"
                kind: shared
                topic: cluster-shared
                partitions: 8
                replication-factor: 3
            """;

    static final String SHARED = "cluster-shared";
    private static final int PARTITIONS = 8;

    /** The folder of streams that have topics of their own. */
    static final String DEDICATED = "/topics/";

    /** A broker that was killed waits for the end of its session, and then copies what it has missed. */
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<ChildBroker> brokers;
    private final List<GatewayProcess> gateways = new ArrayList<>();
    private final List<StreamClient> admins = new ArrayList<>();

    private Cluster(List<ChildBroker> brokers) {
        this.brokers = brokers;
    }

    /** Starts brokers and so many gateways, with these keys of the configuration, and returns when all are ready. */
    static Cluster start(int gateways, Map<String, String> configuration) throws Exception {
        Cluster cluster = new Cluster(ChildBroker.cluster((_, _) -> List.of("log.cleaner.backoff.ms=500")));
        try {
            for (int i = 0; i < gateways; i++) {
                GatewayProcess.Builder builder = GatewayProcess.named("gateway-" + i)
                        .set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrapServers())
                        .set("MILLRACE_ADMIN_PORT", Integer.toString(cluster.adminPort()))
                        .mappings(MAPPINGS);
                configuration.forEach(builder::set);
                cluster.gateways.add(builder.launch());
            }
            for (GatewayProcess gateway : cluster.gateways) {
                gateway.awaitReady();
            }
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private int adminPort() {
        int port = Ports.free();
        admins.add(new StreamClient(URI.create("http://127.0.0.1:" + port)));
        return port;
    }

    /** Waits until all gateways have replayed each partition of the shared topic equally far; whether to the same state. */
    boolean isAgreed() throws Exception {
        boolean isAgreed = true;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            String path = "/state/" + SHARED + "/" + partition;
            Set<JsonNode> states = new HashSet<>();
            Await.until("all gateways are equally far in partition " + partition, RECOVERY, () -> {
                states.clear();
                Set<Long> positions = new HashSet<>();
                for (StreamClient admin : admins) {
                    JsonNode state = JSON.readTree(admin.get(path).expect(200).text());
                    positions.add(state.path("position").asLong());
                    states.add(state.path("hash"));
                }
                return positions.size() == 1;
            });
            isAgreed &= states.size() == 1;
        }
        return isAgreed;
    }

    String bootstrapServers() {
        return brokers.stream().map(ChildBroker::bootstrapServers).collect(Collectors.joining(","));
    }

    List<ChildBroker> brokers() {
        return brokers;
    }

    List<GatewayProcess> gateways() {
        return gateways;
    }

    /** Where the gateways serve, each under a short name. */
    List<Gateway> addresses() {
        List<Gateway> addresses = new ArrayList<>();
        for (GatewayProcess gateway : gateways) {
            addresses.add(new Gateway("g" + addresses.size(), URI.create(gateway.origin() + "/v1/stream")));
        }
        return addresses;
    }

    NativeKafka kafka() {
        return new NativeKafka(bootstrapServers());
    }

    /** Waits until every partition has a leader, and all its copies are in sync. */
    void awaitInSync() throws Exception {
        kafka().awaitInSync(RECOVERY);
    }

    @Override
    public void close() throws IOException {
        for (GatewayProcess gateway : gateways) {
            gateway.close();
        }
        for (ChildBroker broker : brokers) {
            broker.close();
        }
    }
}
