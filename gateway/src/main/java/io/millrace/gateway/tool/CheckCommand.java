package io.millrace.gateway.tool;

import io.millrace.gateway.broker.EmbeddedBroker;
import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.ConfigurationException;
import io.millrace.gateway.config.Key;
import io.millrace.gateway.config.Sources;
import io.millrace.gateway.kafka.TopicCatalog.Topic;
import io.millrace.gateway.tls.ServerCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** {@code millrace check}: whether a gateway would serve with this configuration, and what may surprise. */
public final class CheckCommand {

    private CheckCommand() {}

    /** Checks all that a start would, but for what depends on the machine: whether a port is free. */
    public static Printed run(Sources sources, Scope scope, Form form) throws InterruptedException {
        return check(sources, scope).print(form);
    }

    private static CheckReport check(Sources sources, Scope scope) throws InterruptedException {
        Configuration configuration;
        try {
            configuration = sources.load();
        } catch (ConfigurationException e) {
            return new CheckReport(0, e.sentences(), List.of(), Map.of());
        }
        List<String> errors = new ArrayList<>();
        checkCertificate(configuration, errors);
        checkBroker(configuration, errors);
        CheckReport report =
                new CheckReport(configuration.mappings().rules().size(), errors, configuration.warnings(), Map.of());
        return scope == Scope.CLUSTER ? askCluster(configuration, report) : report;
    }

    private static void checkCertificate(Configuration configuration, List<String> errors) {
        if (configuration.server().tls().isPresent()) {
            try {
                ServerCertificate.read(configuration.server().tls().get());
            } catch (ServerCertificate.Unusable e) {
                errors.add(String.valueOf(e.getMessage()));
            }
        }
    }

    private static void checkBroker(Configuration configuration, List<String> errors) {
        if (configuration.kafka().bootstrapServers().isEmpty()
                && ServiceLoader.load(EmbeddedBroker.class).findFirst().isEmpty()) {
            errors.add(Key.KAFKA_BOOTSTRAP_SERVERS.path()
                    + " is not set, and the slim gateway has no broker of its own: set it to your Kafka's host:port.");
        }
    }

    private static CheckReport askCluster(Configuration configuration, CheckReport report) throws InterruptedException {
        try {
            Map<String, Topic> topics = Cluster.topics(configuration, ClusterCheck.isNamed(configuration.mappings()));
            return report.with(ClusterCheck.compare(configuration.mappings(), topics), topics);
        } catch (Cluster.NotAsked e) {
            return report.with(new ClusterCheck(List.of(String.valueOf(e.getMessage())), List.of()), Map.of());
        }
    }
}
