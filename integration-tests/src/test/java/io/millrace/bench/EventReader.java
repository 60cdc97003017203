package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.bench.DeliveryCheck.Verdict;
import io.millrace.bench.EventParser.Kind;

/** One client that follows a stream by SSE, checks what comes, and connects again where a response ends. */
final class EventReader implements ResponseParser.Listener {

    private static final String NEXT_OFFSET = "\"streamNextOffset\":\"";
    private static final int LONGEST_CONTROL = 1024;

    /** Hears of what comes first. */
    interface Listener {

        /** The reader has caught up for the first time: it is told of all that follows. */
        void onLive();

        /** A message that this reader had not got before. */
        void onMessage(Message message);
    }

    private final EventLoop loop;
    private final Target target;
    private final String stream;
    private final int messageBytes;
    private final DeliveryCheck check;
    private final Listener listener;
    private final byte[] lastControl = new byte[LONGEST_CONTROL];
    private int lastControlBytes;
    private boolean live;
    private EventParser events;
    private Connection connection;

    /** Follows a stream from its beginning; {@code check} is told of all that comes. */
    EventReader(
            EventLoop loop, Target target, String stream, int messageBytes, DeliveryCheck check, Listener listener) {
        this.loop = loop;
        this.target = target;
        this.stream = stream;
        this.messageBytes = messageBytes;
        this.check = check;
        this.listener = listener;
        this.events = new EventParser(this::onEvent);
        this.connection = loop.connect(target.address(), this);
    }

    void start() {
        connection.send(target.read(stream, "offset=" + next() + "&live=sse"));
    }

    /** Leaves, so that it does not ask for the stream again where that ends because it is deleted. */
    void stop() {
        connection.close();
    }

    /** What came, when each writer has had this many acknowledged. */
    Verdict verdict(int[] acknowledged) {
        return check.verdict(acknowledged);
    }

    @Override
    public void onHead(ResponseHead head) {
        if (head.status() != 200) {
            throw new BenchFailure("a reader was refused: " + head);
        }
    }

    @Override
    public void onBody(byte[] bytes, int from, int to) {
        events.onBytes(bytes, from, to);
    }

    /** Servers end responses after a while, so that readers may be spread anew (PROTOCOL.md 5.8). */
    @Override
    public void onEnd() {
        events = new EventParser(this::onEvent);
        connection.close();
        connection = loop.connect(target.address(), this);
        start();
    }

    private void onEvent(Kind kind, byte[] bytes, int length) {
        switch (kind) {
            case DATA -> onData(bytes, length);
            case CONTROL -> {
                if (length > LONGEST_CONTROL) {
                    throw new BenchFailure("a control event has " + length + " bytes");
                }
                System.arraycopy(bytes, 0, lastControl, 0, length);
                lastControlBytes = length;
                if (!live) {
                    live = true;
                    listener.onLive();
                }
            }
            case OTHER -> throw new BenchFailure("an event that is neither data nor control");
        }
    }

    private void onData(byte[] bytes, int length) {
        if (length % messageBytes != 0) {
            check.onGarbled();
            return;
        }
        for (int from = 0; from < length; from += messageBytes) {
            Message.decode(bytes, from, messageBytes)
                    .ifPresentOrElse(
                            message -> {
                                if (check.onMessage(message)) {
                                    listener.onMessage(message);
                                }
                            },
                            check::onGarbled);
        }
    }

    /** The offset after what has come. */
    private String next() {
        if (lastControlBytes == 0) {
            return "-1";
        }
        String control = new String(lastControl, 0, lastControlBytes, US_ASCII);
        int from = control.indexOf(NEXT_OFFSET);
        if (from < 0) {
            throw new BenchFailure("a control event without streamNextOffset: " + control);
        }
        return control.substring(from + NEXT_OFFSET.length(), control.indexOf('"', from + NEXT_OFFSET.length()));
    }
}
