package io.millrace.gateway.config;

import io.millrace.mapping.rule.DeniedTopics;
import io.millrace.mapping.rule.MappingRules;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /**
     * The configuration of these values.
     *
     * @param folder what stands in the folder that they name, if they do
     * @param errors what has been found wrong already
     * @throws ConfigurationException with these and all other errors, if there are any
     */
    static Configuration from(Values values, RuleFolder.Text folder, List<String> errors)
            throws ConfigurationException {
        // In this set no sentence stands twice: a value that is unusable is met again in its section.
        Set<String> all = new LinkedHashSet<>(errors);
        all.addAll(values.unusable());
        Optional<ServerSettings> server = part(all, () -> ServerSettings.from(values));
        Optional<Optional<AdminSettings>> admin = part(all, () -> AdminSettings.from(values));
        Optional<KafkaSettings> kafka = part(all, () -> KafkaSettings.from(values));
        Optional<EmbeddedSettings> embedded = part(all, () -> EmbeddedSettings.from(values));
        Optional<StreamsSettings> streams = part(all, () -> StreamsSettings.from(values));
        DeniedTopics denied = kafka.map(KafkaSettings::deniedTopics).orElse(DeniedTopics.NONE);
        Optional<MappingRules.Parsed.Valid> mappings = part(all, () -> mappings(values, folder, denied));
        if (server.isPresent()
                && admin.isPresent()
                && kafka.isPresent()
                && embedded.isPresent()
                && streams.isPresent()
                && mappings.isPresent()) {
            Optional<Configuration> whole = part(
                    all,
                    () -> new Configuration(
                            server.get(),
                            admin.get(),
                            kafka.get(),
                            embedded.get(),
                            streams.get(),
                            mappings.get().rules(),
                            mappings.get().warnings()));
            if (whole.isPresent() && all.isEmpty()) {
                return whole.get();
            }
        }
        throw new ConfigurationException(List.copyOf(all));
    }

    /** The same with other rules. */
    public Configuration withMappings(MappingRules rules) {
        return new Configuration(server, admin, kafka, embedded, streams, rules, warnings);
    }

    /** A part of a configuration that is made of values, unless they are wrong. */
    @FunctionalInterface
    private interface Part<T> {
        /** Makes it. */
        T make() throws ConfigurationException;
    }

    /** The part, or else what is wrong with it is noted. */
    private static <T> Optional<T> part(Set<String> errors, Part<T> part) {
        try {
            return Optional.of(part.make());
        } catch (ConfigurationException e) {
            errors.addAll(e.sentences());
        } catch (IllegalArgumentException e) {
            errors.add(String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    /** The rules of the folder, and then those of the file; where neither has any, the usual ones. */
    private static MappingRules.Parsed.Valid mappings(Values values, RuleFolder.Text text, DeniedTopics denied)
            throws ConfigurationException {
        Set<String> errors = new LinkedHashSet<>();
        boolean isFolderNamed = !values.text(Key.MAPPINGS_FROM).isEmpty();
        RuleFolder folder = RuleFolder.parse(text);
        errors.addAll(folder.errors());
        Optional<Optional<List<MappingRules.Written>>> own = part(errors, () -> values.mappings(""));
        boolean isAnyWritten = isFolderNamed || own.isEmpty() || own.get().isPresent();
        if (!isAnyWritten) {
            return new MappingRules.Parsed.Valid(MappingRules.standard(), List.of());
        }
        List<MappingRules.Written> rules = new ArrayList<>(folder.rules());
        own.flatMap(written -> written).ifPresent(rules::addAll);
        if (rules.isEmpty() && !errors.isEmpty()) {
            throw new ConfigurationException(List.copyOf(errors)); // that there are no rules follows from them
        }
        switch (MappingRules.parseWritten(rules, denied)) {
            case MappingRules.Parsed.Invalid(List<String> wrong) -> errors.addAll(wrong);
            case MappingRules.Parsed.Valid valid -> {
                if (errors.isEmpty()) {
                    List<String> warnings = new ArrayList<>(folder.warnings());
                    warnings.addAll(valid.warnings());
                    return new MappingRules.Parsed.Valid(valid.rules(), warnings);
                }
            }
        }
        throw new ConfigurationException(List.copyOf(errors));
    }
}
