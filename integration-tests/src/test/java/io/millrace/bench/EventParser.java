package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Takes the body of an SSE response, in pieces of any length, apart into events; comments are dropped. */
final class EventParser {

    private static final int LONGEST = 16 * 1024 * 1024;
    private static final byte[] EVENT = "event:".getBytes(UTF_8);
    private static final byte[] DATA = "data:".getBytes(UTF_8);
    private static final byte[] NAMED_DATA = "data".getBytes(UTF_8);
    private static final byte[] NAMED_CONTROL = "control".getBytes(UTF_8);

    /** The kinds of events of the protocol (PROTOCOL.md 5.8). */
    enum Kind {
        DATA,
        CONTROL,
        OTHER
    }

    /** Hears of events. */
    interface Listener {

        /** An event of which the data is {@code bytes} up to {@code length - 1}, valid during the call. */
        void onEvent(Kind kind, byte[] bytes, int length);
    }

    private final Listener listener;
    private Kind kind = Kind.OTHER;
    private byte[] line = new byte[256];
    private int lineBytes;
    private byte[] data = new byte[256];
    private int dataBytes;
    private boolean hasData;

    EventParser(Listener listener) {
        this.listener = listener;
    }

    /** The next bytes: {@code bytes} from {@code from} to {@code to - 1}. */
    void onBytes(byte[] bytes, int from, int to) {
        int begin = from;
        for (int at = from; at < to; at++) {
            if (bytes[at] == '\n') {
                if (lineBytes == 0) {
                    onLine(bytes, begin, at);
                } else {
                    keep(bytes, begin, at);
                    int length = lineBytes;
                    lineBytes = 0;
                    onLine(line, 0, length);
                }
                begin = at + 1;
            }
        }
        keep(bytes, begin, to);
    }

    private void keep(byte[] bytes, int from, int to) {
        line = withRoom(line, lineBytes, to - from);
        System.arraycopy(bytes, from, line, lineBytes, to - from);
        lineBytes += to - from;
    }

    private void onLine(byte[] bytes, int from, int to) {
        int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        if (end == from) {
            dispatch();
        } else if (startsWith(DATA, bytes, from, end)) {
            addData(bytes, afterSpace(bytes, from + DATA.length, end), end);
        } else if (startsWith(EVENT, bytes, from, end)) {
            int name = afterSpace(bytes, from + EVENT.length, end);
            kind = Arrays.equals(bytes, name, end, NAMED_DATA, 0, NAMED_DATA.length)
                    ? Kind.DATA
                    : Arrays.equals(bytes, name, end, NAMED_CONTROL, 0, NAMED_CONTROL.length)
                            ? Kind.CONTROL
                            : Kind.OTHER;
        }
    }

    private void addData(byte[] bytes, int from, int to) {
        data = withRoom(data, dataBytes, to - from + 1);
        if (hasData) {
            data[dataBytes++] = '\n';
        }
        System.arraycopy(bytes, from, data, dataBytes, to - from);
        dataBytes += to - from;
        hasData = true;
    }

    private void dispatch() {
        if (hasData) {
            listener.onEvent(kind, data, dataBytes);
        }
        kind = Kind.OTHER;
        dataBytes = 0;
        hasData = false;
    }

    private static boolean startsWith(byte[] start, byte[] bytes, int from, int to) {
        return to - from >= start.length && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
    }

    private static int afterSpace(byte[] bytes, int from, int to) {
        return from < to && bytes[from] == ' ' ? from + 1 : from;
    }

    private static byte[] withRoom(byte[] bytes, int used, int more) {
        if (used + more > LONGEST) {
            throw new BenchFailure("an event has more than " + LONGEST + " bytes");
        }
        return used + more <= bytes.length ? bytes : Arrays.copyOf(bytes, Math.max(2 * bytes.length, used + more));
    }
}
