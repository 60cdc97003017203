package io.millrace.gateway.http2;

import io.millrace.gateway.connection.Connection;
import io.millrace.gateway.connection.Exchange;
import io.millrace.gateway.connection.Exchanges;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of one connection that somebody still has to do with, each a stream of HTTP/2's. The server bounds their
 * number; one that it refuses without asking a handler stays here until the connection ends, and it does not refuse many.
 */
final class Http2Exchanges implements Exchanges, FrameListener {

    private final Connection connection;
    private final Map<Integer, Http2Exchange> open = new ConcurrentHashMap<>();

    /** The highest that the client has opened. Clients count upwards; later frames of lower ones open nothing. */
    private int last;

    private volatile @Nullable Thread thread;
    private volatile boolean ending;

    Http2Exchanges(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Exchange begin(int id) {
        Http2Exchange exchange = open.get(id);
        if (exchange == null) {
            throw new IllegalStateException("stream " + id + " is over");
        }
        exchange.begin();
        return exchange;
    }

    @Override
    public void expire(long nowNanos) {
        open.values().forEach(exchange -> exchange.expire(nowNanos));
    }

    /** The connection is served by this thread, until {@link #leave}. */
    void served() {
        thread = Thread.currentThread();
    }

    /** The connection is gone. */
    void leave() {
        thread = null;
        open.values().forEach(Http2Exchange::leave);
    }

    /** Its thread may wait for room in a stream that nobody reads, where it does not see that the connection is closed. */
    @Override
    public void cutOff() {
        ending = true;
        Thread serving = thread;
        if (serving != null) {
            serving.interrupt();
        }
    }

    /** Whether no more is to be read from the connection. */
    boolean isEnding() {
        return ending;
    }

    void forget(int id) {
        open.remove(id);
    }

    @Override
    public boolean isOver(int id) {
        Http2Exchange exchange = open.get(id);
        return id % 2 == 1 && id <= last && (exchange == null || exchange.isPast());
    }

    @Override
    public boolean isUnread(int id) {
        Http2Exchange exchange = open.get(id);
        return exchange != null && exchange.isUnread();
    }

    @Override
    public void onHeaders(int id, boolean endsStream) {
        if (id > last) {
            last = id;
            open.put(id, new Http2Exchange(connection, this, id));
        }
        Http2Exchange exchange = open.get(id);
        if (exchange != null && endsStream) {
            exchange.finish();
        }
    }

    @Override
    public void onData(int id, int bytes, boolean endsStream) {
        Http2Exchange exchange = open.get(id);
        if (exchange == null) {
            return;
        }
        exchange.receive(bytes);
        if (endsStream) {
            exchange.finish();
        }
    }

    @Override
    public void onReset(int id) {
        Http2Exchange exchange = open.get(id);
        if (exchange != null) {
            exchange.reset();
        }
    }
}
