package io.millrace.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 connection that is kept alive; one request at a time. */
final class Connection {

    private final SocketChannel channel;
    private final ResponseParser parser;
    private final SelectionKey key;
    private @Nullable ByteBuffer unsent;
    private long requests;

    /** Over a channel that does not block, served by {@code selector}. */
    Connection(SocketChannel channel, Selector selector, ResponseParser.Listener listener) throws IOException {
        this.channel = channel;
        this.parser = new ResponseParser(listener);
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Sends a request, which must not be changed before its response is there. */
    void send(ByteBuffer request) {
        requests++;
        try {
            channel.write(request);
        } catch (IOException e) {
            throw new BenchFailure("cannot send a request", e);
        }
        if (request.hasRemaining()) {
            unsent = request;
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    /** Serves what the selector found. */
    void onReady(ByteBuffer readBuffer) {
        try {
            ByteBuffer toSend = unsent;
            if (toSend != null) {
                channel.write(toSend);
                if (!toSend.hasRemaining()) {
                    unsent = null;
                    key.interestOps(SelectionKey.OP_READ);
                }
            }
            readBuffer.clear();
            int read = channel.read(readBuffer);
            if (read > 0) {
                int from = readBuffer.arrayOffset();
                parser.onBytes(readBuffer.array(), from, from + read);
            } else if (read < 0) {
                onEnd();
            }
        } catch (IOException e) {
            throw new BenchFailure("a connection broke", e);
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new BenchFailure("cannot close a connection", e);
        }
    }

    private void onEnd() {
        close();
        if (requests > parser.responses()) {
            throw new BenchFailure("the server closed a connection before it had answered");
        }
    }
}
