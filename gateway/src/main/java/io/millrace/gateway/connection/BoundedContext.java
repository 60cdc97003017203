package io.millrace.gateway.connection;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** What Helidon knows of an HTTP/1.1 connection, with reads and writes that take only so long. */
final class BoundedContext implements ConnectionContext {

    private final ConnectionContext helidon;
    private final DataReader reader;
    private final DataWriter writer;

    /** What was asked last, and what is being answered; of one thread. */
    private Method method = Method.GET;

    private Status status = Status.OK_200;

    private BoundedContext(ConnectionContext helidon, DataReader reader, DataWriter writer) {
        this.helidon = helidon;
        this.reader = reader;
        this.writer = writer;
    }

    static BoundedContext of(ConnectionContext helidon, Connection connection) {
        Connection.Source client = () -> next(helidon.dataReader());
        connection.readFrom(client);
        return new BoundedContext(
                helidon,
                DataReader.create(() -> connection.pull(client)),
                new BoundedWriter(helidon.dataWriter(), connection));
    }

    /** A request with this method has come. */
    void asked(Method newMethod) {
        method = newMethod;
    }

    /** It gets this status. */
    void answers(Status newStatus) {
        status = newStatus;
    }

    /** Whether what goes out now can have no content, so that a length of 0 says something wrong or forbidden. */
    boolean answersWithoutContent() {
        return method.equals(Method.HEAD)
                || status.equals(Status.NO_CONTENT_204)
                || status.equals(Status.NOT_MODIFIED_304);
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    @Override
    public ListenerContext listenerContext() {
        return helidon.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return helidon.executor();
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

    private static byte @Nullable [] next(DataReader client) {
        try {
            client.ensureAvailable();
            return client.readBytes(client.available());
        } catch (DataReader.InsufficientDataAvailableException _) {
            return null;
        }
    }
}
