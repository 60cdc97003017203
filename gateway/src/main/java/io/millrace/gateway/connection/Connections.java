package io.millrace.gateway.connection;

import io.helidon.common.socket.PeerInfo;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.millrace.gateway.config.ServerSettings;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All clients' TCP connections. Up to the bound they are served; some more are there to be told 503; whoever comes above
 * that is closed at once. So nobody hangs, and what connections cost has a limit.
 */
public final class Connections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final int FEWEST_SURPLUS = 16;
    private static final int CONNECTIONS_PER_SURPLUS = 10;

    /** How exactly deadlines are kept: a part of the shortest, within these. */
    private static final int LOOKS_PER_DEADLINE = 10;

    private static final Duration OFTENEST_LOOK = Duration.ofMillis(10);
    private static final Duration RAREST_LOOK = Duration.ofSeconds(1);

    private final int most;
    private final int mostWithSurplus;
    private final Patience patience;
    private final UploadBudget uploads;
    private final Map<Name, Connection> open = new ConcurrentHashMap<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("connection-deadlines").factory());

    private Connections(int most, Patience patience, UploadBudget uploads) {
        this.most = most;
        this.mostWithSurplus = most + surplus(most);
        this.patience = patience;
        this.uploads = uploads;
    }

    /** Connections of clients, within the operator's bounds; {@code uploadBytes} for their bodies on their way in. */
    public static Connections open(ServerSettings settings, long uploadBytes) {
        return open(settings.maxConnections(), settings, uploadBytes);
    }

    /** At most so many connections, which may wait as clients' may. */
    public static Connections open(int mostWanted, ServerSettings settings, long uploadBytes) {
        int most = FileDescriptors.bound(mostWanted, FileDescriptors.most());
        if (most < mostWanted) {
            LOG.warn(
                    "{}",
                    LogLine.of("few-file-descriptors")
                            .with(LogKey.REASON, "at most " + most + " connections are served: raise ulimit -n"));
        }
        Connections connections = new Connections(most, Patience.of(settings), new UploadBudget(uploadBytes));
        long period =
                connections.patience.shortest().dividedBy(LOOKS_PER_DEADLINE).toMillis();
        long millis = Math.clamp(period, OFTENEST_LOOK.toMillis(), RAREST_LOOK.toMillis());
        ScheduledFuture<?> _ =
                connections.looks.scheduleWithFixedDelay(connections::look, millis, millis, TimeUnit.MILLISECONDS);
        return connections;
    }

    /** Options for the listener, which gives them every connection that it accepts before anything else is done with it. */
    public SocketOptions acceptor() {
        return new Acceptor(this::accept);
    }

    /** Connections that speak HTTP/1.1, and wait for their clients only so long. */
    public ServerConnectionSelector http1(Http1Config.Builder config) {
        return new Http1Connections(config, this);
    }

    /** The connection that Helidon's socket with this id has to {@code remote}; empty where it is closed already. */
    public Optional<Connection> of(String socketId, PeerInfo remote) {
        return Name.of(socketId, remote.address()).map(open::get);
    }

    /** The connection that Helidon knows so; empty where it is closed already. */
    public Optional<Connection> of(ConnectionContext context) {
        return of(context.childSocketId(), context.remotePeer());
    }

    /** {@code connection} as {@code served} by Helidon, until which is over it is one of these. */
    public ServerConnection until(ConnectionContext context, Connection connection, ServerConnection served) {
        Optional<Name> name =
                Name.of(context.childSocketId(), context.remotePeer().address());
        return new BoundedConnection(served, () -> {
            connection.leave(context.serverSocket()::close);
            name.ifPresent(open::remove);
        });
    }

    /** Whether nobody is connected. */
    public boolean isEmpty() {
        return open.values().stream().noneMatch(Connection::isOpen);
    }

    /** Looks after nobody any more. */
    @Override
    public void close() {
        looks.shutdownNow();
    }

    /** How many connections may be there to be told that they are too many. */
    static int surplus(int most) {
        return Math.max(FEWEST_SURPLUS, most / CONNECTIONS_PER_SURPLUS);
    }

    private void accept(SocketChannel channel) throws IOException {
        int others = open.size();
        if (others >= mostWithSurplus) {
            throw new IOException("there are " + others + " connections already");
        }
        Connection connection = new Connection(channel, patience, uploads, others >= most);
        Name.of(channel).ifPresent(name -> open.put(name, connection));
    }

    private void look() {
        try {
            long nowNanos = System.nanoTime();
            open.values().removeIf(connection -> !connection.isOpen());
            open.values().forEach(connection -> connection.expire(nowNanos));
        } catch (RuntimeException e) {
            LOG.error("{}", LogLine.of("deadlines-missed"), e); // thrown, it would be the last look
        }
    }

    /**
     * What tells a connection from others. Its addresses would not: a client that resets its connection may open the next
     * one from the same port before the server has noticed.
     *
     * @param socketId as Helidon 4.5.0 calls a socket: by the identity of its channel, which alone would not be unique
     */
    private record Name(String socketId, SocketAddress remote) {

        /** Empty where the address is not known, as of a socket that was closed meanwhile. */
        static Optional<Name> of(String socketId, @Nullable SocketAddress remote) {
            return remote == null ? Optional.empty() : Optional.of(new Name(socketId, remote));
        }

        static Optional<Name> of(SocketChannel channel) throws IOException {
            String socketId = "0x" + HexFormat.of().toHexDigits(System.identityHashCode(channel));
            return of(socketId, channel.getRemoteAddress());
        }
    }
}
