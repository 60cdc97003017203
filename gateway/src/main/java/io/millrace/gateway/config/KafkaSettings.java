package io.millrace.gateway.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The Kafka cluster.
 *
 * @param bootstrapServers host:port, comma-separated; empty where the embedded broker is to be started
 * @param client           properties for every Kafka client
 */
public record KafkaSettings(Optional<String> bootstrapServers, Map<String, String> client) {

    /** What Millrace's promises rest on, and so sets itself. */
    private static final Set<String> OURS = Set.of(
            "bootstrap.servers",
            "acks",
            "enable.idempotence",
            "max.in.flight.requests.per.connection",
            "delivery.timeout.ms",
            "retries",
            "transactional.id",
            "isolation.level",
            "auto.offset.reset",
            "enable.auto.commit",
            "group.id",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer");

    public KafkaSettings {
        client = Map.copyOf(client);
        for (String name : client.keySet()) {
            if (OURS.contains(name)) {
                throw new IllegalArgumentException(
                        Values.CLIENT + "." + name + " cannot be set, because Millrace's promises rest on it: remove it"
                                + (name.equals("bootstrap.servers")
                                        ? ", and write " + Key.KAFKA_BOOTSTRAP_SERVERS.path() + " instead."
                                        : "."));
            }
        }
    }

    static KafkaSettings from(Values values) {
        return new KafkaSettings(
                Optional.of(values.text(Key.KAFKA_BOOTSTRAP_SERVERS)).filter(text -> !text.isEmpty()), values.client());
    }
}
