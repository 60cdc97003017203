package io.millrace.gateway.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Configurations for tests, as an operator would write them. */
final class ConfigurationText {

    private ConfigurationText() {}

    /** What holds where nothing is written. */
    static Configuration standard() throws ConfigurationException {
        return new Sources(Optional.empty(), Map.of(), Map.of()).load();
    }

    /** What a YAML file with this text gives. */
    static Configuration load(String yaml) throws ConfigurationException {
        return load(yaml, Map.of(), Map.of());
    }

    /** What the three sources together give. */
    static Configuration load(String yaml, Map<String, String> environment, Map<String, String> systemProperties)
            throws ConfigurationException {
        try {
            Path file = Files.createTempFile("millrace", ".yaml");
            try {
                Files.writeString(file, yaml);
                return new Sources(Optional.of(file), environment, systemProperties).load();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
