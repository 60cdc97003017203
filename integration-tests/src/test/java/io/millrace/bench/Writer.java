package io.millrace.bench;

/** One client that appends to one stream over one connection, and waits for each acknowledgement. */
final class Writer implements ResponseParser.Listener {

    /** Hears that an append is acknowledged. */
    interface Listener {
        void onAcknowledged(Writer writer, long sentNanos);
    }

    private final Source source;
    private final Listener listener;
    private final Connection connection;
    private boolean waits;
    private long sentNanos;

    /** A writer with this number, which stands in its messages. */
    Writer(EventLoop loop, Target target, String stream, int number, Appends appends, Listener listener) {
        this.source = new Source(target, stream, number, appends);
        this.listener = listener;
        this.connection = loop.connect(target.address(), this);
    }

    int number() {
        return source.number();
    }

    /** Sends the next append; not before the last one is acknowledged. */
    void send(long nowNanos) {
        sentNanos = nowNanos;
        waits = true;
        connection.send(source.next(nowNanos));
    }

    /** Whether an append is under way. */
    boolean isWaiting() {
        return waits;
    }

    /** How many of its messages are acknowledged: the first ones. */
    int acknowledged() {
        return source.acknowledged();
    }

    @Override
    public void onHead(ResponseHead head) {
        source.requireTaken(head);
    }

    @Override
    public void onEnd() {
        waits = false;
        source.onAcknowledged();
        listener.onAcknowledged(this, sentNanos);
    }
}
