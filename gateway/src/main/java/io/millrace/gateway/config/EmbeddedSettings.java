package io.millrace.gateway.config;

import java.nio.file.InvalidPathException;
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
        String directory = values.text(Key.EMBEDDED_DATA_DIR);
        Check.that(!directory.isEmpty(), Key.EMBEDDED_DATA_DIR, "must not be empty: write a directory");
        try {
            return new EmbeddedSettings(Path.of(directory), values.number(Key.EMBEDDED_PORT));
        } catch (InvalidPathException e) {
            throw new ConfigurationException(
                    Key.EMBEDDED_DATA_DIR.path() + " is no path that this system knows: " + e.getReason() + ".");
        }
    }
}
