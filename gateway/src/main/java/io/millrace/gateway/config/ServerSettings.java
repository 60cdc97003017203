package io.millrace.gateway.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The HTTP server.
 *
 * @param host           address to listen on
 * @param port           port to listen on; 0 for any that is free
 * @param accessLog      whether each request is logged
 * @param drainTime      how long requests are still served at a shutdown, while live readers are sent away
 * @param drainTimeout   how long requests in flight may take to end after that
 * @param maxConnections connections served at a time
 * @param requestTimeout how long a client may take for a connection's first request, and be silent in a body
 * @param idleTimeout    how long a connection may be without a next request
 * @param writeTimeout   how long a client may take nothing of an answer
 * @param tls            what it proves itself with; empty where it speaks plain HTTP
 */
public record ServerSettings(
        String host,
        int port,
        boolean accessLog,
        Duration drainTime,
        Duration drainTimeout,
        int maxConnections,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration writeTimeout,
        Optional<TlsSettings> tls) {

    private static final Duration LONGEST = Duration.ofDays(1);

    public ServerSettings {
        Check.that(!host.isEmpty(), Key.SERVER_HOST, "must not be empty: write an address, such as 127.0.0.1");
        Check.port(port, Key.SERVER_PORT);
        Check.that(maxConnections > 0, Key.SERVER_MAX_CONNECTIONS, "must be at least 1");
        positive(requestTimeout, Key.SERVER_REQUEST_TIMEOUT);
        positive(idleTimeout, Key.SERVER_IDLE_TIMEOUT);
        positive(writeTimeout, Key.SERVER_WRITE_TIMEOUT);
    }

    static ServerSettings from(Values values) throws ConfigurationException {
        return new ServerSettings(
                values.text(Key.SERVER_HOST),
                values.number(Key.SERVER_PORT),
                values.isOn(Key.SERVER_ACCESS_LOG),
                values.duration(Key.SERVER_DRAIN_TIME),
                values.duration(Key.SERVER_DRAIN_TIMEOUT),
                values.number(Key.SERVER_MAX_CONNECTIONS),
                values.duration(Key.SERVER_REQUEST_TIMEOUT),
                values.duration(Key.SERVER_IDLE_TIMEOUT),
                values.duration(Key.SERVER_WRITE_TIMEOUT),
                TlsSettings.from(values));
    }

    private static void positive(Duration duration, Key key) {
        Check.that(duration.isPositive() && duration.compareTo(LONGEST) <= 0, key, "must be above 0 and at most a day");
    }
}
