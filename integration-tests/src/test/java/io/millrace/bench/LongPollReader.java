package io.millrace.bench;

import org.jspecify.annotations.Nullable;

/** One client that asks for what follows an offset by long-poll, over a connection that stays open. */
final class LongPollReader implements ResponseParser.Listener {

    /** Hears of what comes. */
    interface Listener {

        /** Bytes of the stream. */
        void onBytes(LongPollReader reader, byte[] bytes, int from, int to);

        /** An answer is complete; the reader asks again only where it is told to, and where the answer was empty. */
        void onAnswer(LongPollReader reader);
    }

    private final Target target;
    private final String stream;
    private final Listener listener;
    private final Connection connection;
    private final int number;
    private String next = "-1";
    private @Nullable String cursor;
    private boolean empty;

    /** The reader with this number. */
    LongPollReader(EventLoop loop, Target target, String stream, int number, Listener listener) {
        this.target = target;
        this.stream = stream;
        this.number = number;
        this.listener = listener;
        this.connection = loop.connect(target.address(), this);
    }

    int number() {
        return number;
    }

    /** Asks for what follows {@code offset}. */
    void ask(String offset) {
        next = offset;
        askOn();
    }

    /** Asks for what follows the last answer. */
    void askOn() {
        empty = true;
        String query = "offset=" + next + "&live=long-poll";
        connection.send(target.read(stream, cursor == null ? query : query + "&cursor=" + cursor));
    }

    /** Leaves. */
    void stop() {
        connection.close();
    }

    @Override
    public void onHead(ResponseHead head) {
        if (head.status() != 200 && head.status() != 204) {
            throw new BenchFailure("a reader was refused: " + head);
        }
        next = head.field("stream-next-offset").orElseThrow(() -> new BenchFailure("no Stream-Next-Offset: " + head));
        cursor = head.field("stream-cursor").orElse(null);
    }

    @Override
    public void onBody(byte[] bytes, int from, int to) {
        empty = false;
        listener.onBytes(this, bytes, from, to);
    }

    /** A server answers with nothing when nothing has come for a while (PROTOCOL.md 5.7). */
    @Override
    public void onEnd() {
        if (empty) {
            askOn();
        } else {
            listener.onAnswer(this);
        }
    }
}
