package io.millrace.bench;

import java.nio.ByteBuffer;

/** One client that appends to one stream over one connection, and waits for each acknowledgement. */
final class Writer implements ResponseParser.Listener {

    /** Hears that an append is acknowledged. */
    interface Listener {
        void onAcknowledged(Writer writer, long sentNanos);
    }

    private final int number;
    private final int messageBytes;
    private final int messagesPerAppend;
    private final Listener listener;
    private final Connection connection;
    private final byte[] request;
    private final int bodyAt;
    private int acknowledged;
    private boolean waits;
    private long sentNanos;

    /** A writer with this number, which stands in its messages; each append is {@code messagesPerAppend} of them. */
    Writer(
            EventLoop loop,
            Target target,
            String stream,
            String type,
            int number,
            int messageBytes,
            int messagesPerAppend,
            Listener listener) {
        this.number = number;
        this.messageBytes = messageBytes;
        this.messagesPerAppend = messagesPerAppend;
        this.listener = listener;
        int body = messageBytes * messagesPerAppend;
        ByteBuffer head = target.append(stream, type, body);
        this.bodyAt = head.remaining();
        this.request = new byte[bodyAt + body];
        head.get(request, 0, bodyAt);
        this.connection = loop.connect(target.address(), this);
    }

    int number() {
        return number;
    }

    /** Sends the next append; not before the last one is acknowledged. */
    void send(long nowNanos) {
        sentNanos = nowNanos;
        for (int i = 0; i < messagesPerAppend; i++) {
            new Message(number, acknowledged + i, nowNanos).encode(request, bodyAt + i * messageBytes, messageBytes);
        }
        waits = true;
        connection.send(ByteBuffer.wrap(request));
    }

    /** Whether an append is under way. */
    boolean isWaiting() {
        return waits;
    }

    /** How many of its messages are acknowledged: the first ones. */
    int acknowledged() {
        return acknowledged;
    }

    @Override
    public void onHead(ResponseHead head) {
        if (head.status() != 200 && head.status() != 204) {
            throw new BenchFailure("an append was refused: " + head);
        }
    }

    @Override
    public void onEnd() {
        waits = false;
        acknowledged += messagesPerAppend;
        listener.onAcknowledged(this, sentNanos);
    }
}
