package io.millrace.gateway.config;

import java.nio.file.Path;

/**
 * The embedded broker, which is started where no other Kafka is named.
 *
 * @param dataDirectory where it keeps its data
 * @param port          where clients connect, on loopback
 */
public record EmbeddedSettings(Path dataDirectory, int port) {

    public EmbeddedSettings {
        Check.that(port > 0, Key.EMBEDDED_PORT, "must be a port, 1 to 65535");
        Check.port(port, Key.EMBEDDED_PORT);
    }

    static EmbeddedSettings from(Values values) throws ConfigurationException {
        Check.that(
                !values.text(Key.EMBEDDED_DATA_DIR).isEmpty(),
                Key.EMBEDDED_DATA_DIR,
                "must not be empty: write a directory");
        return new EmbeddedSettings(values.path(Key.EMBEDDED_DATA_DIR), values.number(Key.EMBEDDED_PORT));
    }
}
