package io.millrace.gateway.tool;

import io.millrace.gateway.config.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Configurations for tests of the tools. */
final class Rules {

    private Rules() {}

    /** A file with this text in {@code folder}, on a cluster that nobody asks. */
    static Sources of(Path folder, String yaml) {
        try {
            Path file = Files.writeString(folder.resolve("millrace.yaml"), yaml);
            return new Sources(Optional.of(file), Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
