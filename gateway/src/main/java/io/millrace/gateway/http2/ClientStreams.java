package io.millrace.gateway.http2;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection that are not over on both sides. The server bounds their number; a stream that it
 * refuses without asking a handler stays here until the connection ends, and it does not refuse many.
 */
final class ClientStreams implements FrameListener {

    private final Map<Integer, WatchedStream> open = new ConcurrentHashMap<>();

    /** The highest that the client has opened. Clients count upwards; later frames of lower ones open nothing. */
    private int last;

    private volatile @Nullable Thread thread;
    private volatile boolean ending;

    /** The stream of a request that is being handled. */
    WatchedStream get(int id) {
        WatchedStream stream = open.get(id);
        if (stream == null) {
            throw new IllegalStateException("stream " + id + " is over");
        }
        return stream;
    }

    /** The connection is served by this thread, until {@link #ended}. */
    void begin() {
        thread = Thread.currentThread();
    }

    /** The connection is gone. */
    void ended() {
        thread = null;
        open.values().forEach(WatchedStream::leave);
    }

    /** Ends the connection from outside. */
    void end() {
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
    public void onHeaders(int id, boolean endsStream) {
        if (id > last) {
            last = id;
            open.put(id, new WatchedStream(this, id));
        }
        WatchedStream stream = open.get(id);
        if (stream != null && endsStream) {
            stream.end();
        }
    }

    @Override
    public void onData(int id, int bytes, boolean endsStream) {
        WatchedStream stream = open.get(id);
        if (stream == null) {
            return;
        }
        stream.receive(bytes);
        if (endsStream) {
            stream.end();
        }
    }

    @Override
    public void onReset(int id) {
        WatchedStream stream = open.get(id);
        if (stream != null) {
            stream.leave();
        }
    }
}
