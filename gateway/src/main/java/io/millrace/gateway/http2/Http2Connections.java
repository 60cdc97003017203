package io.millrace.gateway.http2;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.millrace.gateway.connection.BoundedContext;
import io.millrace.gateway.connection.Connection;
import io.millrace.gateway.connection.Connections;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes HTTP/2 connections of Helidon's, whose frames are read along, and whose exchanges learn when they end. */
public final class Http2Connections {

    private final Http2ConnectionSelector helidon;
    private final Connections connections;

    /** Connections with these settings, which are bounded as those. */
    public Http2Connections(Http2Config config, Connections connections) {
        this.helidon = Http2ConnectionSelector.builder().http2Config(config).build();
        this.connections = connections;
    }

    ServerConnection connection(ConnectionContext context) {
        return connections
                .of(context)
                .map(connection -> connections.until(context, connection, watched(context, connection)))
                .orElseGet(() -> helidon.connection(context)); // closed already, as its first read will tell
    }

    private ServerConnection watched(ConnectionContext context, Connection connection) {
        Http2Exchanges exchanges = new Http2Exchanges(connection);
        connection.carry(exchanges);
        FrameReader frames = new FrameReader(exchanges);
        DataReader reader = DataReader.create(() -> next(context.dataReader(), frames, exchanges));
        return new Watched(helidon.connection(new BoundedContext(context, connection, reader)), exchanges);
    }

    /** The next bytes for Helidon; null, its word for the end, where there are no more. */
    private static byte @Nullable [] next(DataReader client, FrameReader frames, Http2Exchanges exchanges) {
        try {
            while (!exchanges.isEnding()) {
                client.ensureAvailable();
                byte[] bytes = frames.read(client.readBytes(client.available()));
                if (bytes.length > 0) {
                    return bytes;
                }
            }
            return null;
        } catch (DataReader.InsufficientDataAvailableException _) {
            return null;
        } catch (UncheckedIOException e) {
            if (exchanges.isEnding()) {
                return null; // we did that
            }
            throw e;
        }
    }

    /** A connection whose exchanges are told of its begin and end. */
    private record Watched(ServerConnection helidon, Http2Exchanges exchanges)
            implements ServerConnection, InterruptableTask<Void> {

        @Override
        public void handle(Limit limit) throws InterruptedException {
            exchanges.served();
            try {
                helidon.handle(limit);
            } catch (CloseConnectionException | UncheckedIOException e) {
                throw e;
            } catch (RuntimeException e) {
                // requests have threads of their own: it is the server's word for bytes that are no frames
                throw new CloseConnectionException("the client does not speak HTTP/2", e);
            } finally {
                exchanges.leave();
            }
        }

        @Override
        public Duration idleTime() {
            return helidon.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            helidon.close(interrupt);
        }

        @Override
        public boolean canInterrupt() {
            return helidon instanceof InterruptableTask<?> task && task.canInterrupt();
        }
    }
}
