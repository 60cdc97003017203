package io.millrace.gateway.config;

import java.util.Optional;

/**
 * The listener for operators, which no client of streams should reach.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 for any that is free
 */
public record AdminSettings(String host, int port) {

    public AdminSettings {
        Check.that(!host.isEmpty(), Key.ADMIN_HOST, "must not be empty: write an address, such as 127.0.0.1");
        Check.port(port, Key.ADMIN_PORT);
    }

    static Optional<AdminSettings> from(Values values) throws ConfigurationException {
        return values.optionalNumber(Key.ADMIN_PORT).map(port -> new AdminSettings(values.text(Key.ADMIN_HOST), port));
    }
}
