package io.millrace.gateway.tool;

import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.Key;
import io.millrace.gateway.kafka.TopicCatalog;
import io.millrace.gateway.kafka.TopicCatalog.Topic;
import java.util.Map;
import java.util.function.Predicate;

/** The Kafka cluster that a configuration names. */
final class Cluster {

    private Cluster() {}

    /** The cluster could not be asked; the message says what to do. */
    static final class NotAsked extends Exception {

        private static final long serialVersionUID = 1;

        NotAsked(String message) {
            super(message);
        }
    }

    /** Those of its topics whose names are wanted. */
    static Map<String, Topic> topics(Configuration configuration, Predicate<String> isWanted)
            throws NotAsked, InterruptedException {
        if (configuration.kafka().bootstrapServers().isEmpty()) {
            throw new NotAsked(Key.KAFKA_BOOTSTRAP_SERVERS.path()
                    + " is not set, so there is no cluster to ask: set it, or leave out --kafka.");
        }
        try (TopicCatalog catalog = TopicCatalog.open(
                configuration.kafka().bootstrapServers().get(),
                configuration.kafka().client())) {
            return catalog.find(isWanted);
        } catch (TopicCatalog.Unanswered e) {
            throw new NotAsked(String.valueOf(e.getMessage()));
        }
    }
}
