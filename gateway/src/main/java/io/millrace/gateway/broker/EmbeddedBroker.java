package io.millrace.gateway.broker;

import java.nio.file.Path;

/**
 * A Kafka broker that can be started inside the gateway's process.
 *
 * <p>Found by {@link java.util.ServiceLoader}: the development distribution carries one, the slim distribution none.
 */
public interface EmbeddedBroker {

    /**
     * Starts a broker on loopback and returns when it serves clients.
     *
     * @param dataDirectory where everything the broker stores lives; created if missing, and picked up again if not
     * @param port where clients connect
     */
    Running start(Path dataDirectory, int port) throws EmbeddedBrokerException;

    /** A broker that serves clients until it is closed. */
    interface Running extends AutoCloseable {

        /** Where clients connect, as {@code host:port}. */
        String bootstrapServers();

        /** Stops the broker cleanly; when it returns, port and data directory are free. */
        @Override
        void close();
    }
}
