package io.millrace.gateway.connection;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 connection, which remembers what was asked last, and what is being answered. Of one thread. */
final class Http1Context extends BoundedContext {

    private Method method = Method.GET;
    private Status status = Status.OK_200;

    private Http1Context(ConnectionContext helidon, Connection connection, Http1Exchange exchange) {
        super(helidon, connection, DataReader.create(exchange::pull));
    }

    static Http1Context of(ConnectionContext helidon, Connection connection) {
        Http1Exchange exchange = new Http1Exchange(connection, () -> next(helidon.dataReader()));
        connection.carry(exchange);
        return new Http1Context(helidon, connection, exchange);
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

    private static byte @Nullable [] next(DataReader client) {
        try {
            client.ensureAvailable();
            return client.readBytes(client.available());
        } catch (DataReader.InsufficientDataAvailableException _) {
            return null;
        }
    }
}
