package io.millrace.gateway.config;

import io.millrace.mapping.rule.DeniedTopics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Kafka cluster.
 *
 * @param bootstrapServers host:port, comma-separated; empty where the embedded broker is to be started
 * @param client           properties for every Kafka client
 * @param maxLoads         partitions that are loaded at a time
 * @param maxReaders       consumers for loads and for reads that memory does not hold
 * @param maxLookups       unknown topics that are looked up at a time
 * @param deniedTopics     topics that no rule leads to
 */
public record KafkaSettings(
        Optional<String> bootstrapServers,
        Map<String, String> client,
        int maxLoads,
        int maxReaders,
        int maxLookups,
        DeniedTopics deniedTopics) {

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

    /** One broker: a name or address, IPv6 in brackets, and its port. */
    private static final Pattern SERVER = Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^\\s:\\[\\]/]+):([0-9]{1,5})");

    /** A topic's name, or the beginning of some. */
    private static final Pattern DENIED = Pattern.compile("[a-zA-Z0-9._-]+\\*?|\\*");

    public KafkaSettings {
        bootstrapServers.ifPresent(KafkaSettings::checkServers);
        client = Map.copyOf(client);
        Check.that(maxLoads > 0, Key.KAFKA_MAX_LOADS, "must be at least 1");
        Check.that(
                maxReaders > maxLoads,
                Key.KAFKA_MAX_READERS,
                "must leave some for reads: make it more than " + Key.KAFKA_MAX_LOADS.path());
        Check.that(maxLookups > 0, Key.KAFKA_MAX_LOOKUPS, "must be at least 1");
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

    private static void checkServers(String servers) {
        for (String server : servers.split(",", -1)) {
            Matcher parts = SERVER.matcher(server.strip());
            Check.that(
                    parts.matches() && Integer.parseInt(parts.group(2)) <= 65_535,
                    Key.KAFKA_BOOTSTRAP_SERVERS,
                    "must be Kafka brokers as host:port, comma-separated, and \"" + server.strip() + "\" is none");
        }
    }

    private static DeniedTopics deniedTopics(String text) {
        if (text.isEmpty()) {
            return DeniedTopics.NONE;
        }
        List<String> patterns =
                Stream.of(text.split(",", -1)).map(String::strip).toList();
        for (String pattern : patterns) {
            Check.that(
                    DENIED.matcher(pattern).matches(),
                    Key.KAFKA_DENIED_TOPICS,
                    "must be names of topics, comma-separated, each of which may end with *, and \"" + pattern
                            + "\" is none");
        }
        return new DeniedTopics(patterns);
    }

    static KafkaSettings from(Values values) throws ConfigurationException {
        return new KafkaSettings(
                Optional.of(values.text(Key.KAFKA_BOOTSTRAP_SERVERS)).filter(text -> !text.isEmpty()),
                values.client(),
                values.number(Key.KAFKA_MAX_LOADS),
                values.number(Key.KAFKA_MAX_READERS),
                values.number(Key.KAFKA_MAX_LOOKUPS),
                deniedTopics(values.text(Key.KAFKA_DENIED_TOPICS)));
    }
}
