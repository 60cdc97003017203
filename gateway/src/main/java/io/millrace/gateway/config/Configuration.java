package io.millrace.gateway.config;

import io.millrace.mapping.rule.DeniedTopics;
import io.millrace.mapping.rule.MappingRules;
import java.util.List;
import java.util.Optional;

/**
 * All that an operator may decide.
 *
 * @param server   the HTTP server
 * @param admin    the listener for operators; empty where there is none
 * @param kafka    the Kafka cluster
 * @param embedded the embedded broker
 * @param streams  streams as clients meet them
 * @param mappings which streams live in which topics
 * @param warnings sentences for the operator about what is legal but may surprise
 */
public record Configuration(
        ServerSettings server,
        Optional<AdminSettings> admin,
        KafkaSettings kafka,
        EmbeddedSettings embedded,
        StreamsSettings streams,
        MappingRules mappings,
        List<String> warnings) {

    public Configuration {
        admin.ifPresent(port -> Check.that(
                port.port() == 0 || port.port() != server.port(),
                Key.ADMIN_PORT,
                "must not be " + Key.SERVER_PORT.path() + ": choose another port"));
        warnings = List.copyOf(warnings);
    }

    static Configuration from(Values values) throws ConfigurationException {
        ServerSettings server = ServerSettings.from(values);
        Optional<AdminSettings> admin = AdminSettings.from(values);
        KafkaSettings kafka = KafkaSettings.from(values);
        EmbeddedSettings embedded = EmbeddedSettings.from(values);
        StreamsSettings streams = StreamsSettings.from(values);
        return switch (values.mappings()
                .map(rules -> MappingRules.parse(rules, DeniedTopics.NONE))
                .orElseGet(Configuration::standardMappings)) {
            case MappingRules.Parsed.Invalid(List<String> errors) ->
                throw new ConfigurationException(String.join("\n", errors));
            case MappingRules.Parsed.Valid(MappingRules rules, List<String> warnings) ->
                new Configuration(server, admin, kafka, embedded, streams, rules, warnings);
        };
    }

    private static MappingRules.Parsed standardMappings() {
        return new MappingRules.Parsed.Valid(MappingRules.standard(), List.of());
    }
}
