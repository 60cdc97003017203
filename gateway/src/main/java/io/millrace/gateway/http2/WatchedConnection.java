package io.millrace.gateway.http2;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** A connection of Helidon's whose frames are read along, and whose streams learn when it ends. */
final class WatchedConnection implements ServerConnection, InterruptableTask<Void> {

    private final ServerConnection helidon;
    private final ClientStreams streams;

    private WatchedConnection(ServerConnection helidon, ClientStreams streams) {
        this.helidon = helidon;
        this.streams = streams;
    }

    static WatchedConnection open(Http2ConnectionSelector selector, ConnectionContext context) {
        ClientStreams streams = new ClientStreams();
        return new WatchedConnection(selector.connection(Watched.of(context, streams)), streams);
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        streams.begin();
        try {
            helidon.handle(limit);
        } finally {
            streams.ended();
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

    /** What Helidon knows of the connection, with our reader between it and the client. */
    private record Watched(ConnectionContext helidon, ListenerContext listenerContext, DataReader dataReader)
            implements ConnectionContext {

        static Watched of(ConnectionContext context, ClientStreams streams) {
            FrameReader frames = new FrameReader(streams);
            return new Watched(
                    context,
                    new WatchedListener(context.listenerContext(), streams),
                    DataReader.create(() -> next(context.dataReader(), frames, streams)));
        }

        /** The next bytes for Helidon; null, its word for the end, where there are no more. */
        private static byte @Nullable [] next(DataReader client, FrameReader frames, ClientStreams streams) {
            try {
                while (!streams.isEnding()) {
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
                if (streams.isEnding()) {
                    return null; // we did that
                }
                throw e;
            }
        }

        @Override
        public ExecutorService executor() {
            return helidon.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return helidon.dataWriter();
        }

        @Override
        public Router router() {
            return helidon.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return helidon.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return helidon.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return helidon.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return helidon.localPeer();
        }

        @Override
        public boolean isSecure() {
            return helidon.isSecure();
        }

        @Override
        public String socketId() {
            return helidon.socketId();
        }

        @Override
        public String childSocketId() {
            return helidon.childSocketId();
        }
    }
}
