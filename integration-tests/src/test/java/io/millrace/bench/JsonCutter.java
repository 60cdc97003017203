package io.millrace.bench;

/**
 * Finds the messages in JSON arrays, of which each response is one (PROTOCOL.md 9.1.5). Whitespace between them is the
 * server's own affair; within a message, each byte must be as it was sent.
 */
final class JsonCutter implements Cutter {

    private final int size;
    private final MessageCutter messages;
    private final Runnable garbled;
    private Part part = Part.OPENING;
    private int left;

    /** What the next byte belongs to. */
    private enum Part {
        OPENING,
        FIRST_OR_CLOSING,
        MESSAGE,
        COMMA_OR_CLOSING,
        NEXT,
        CLOSED,

        /** Something that nobody sent, which has been told of: goes on to where a message may begin. */
        ASTRAY
    }

    /** Finds messages of {@code size} bytes, and says so where something else stands between them. */
    JsonCutter(int size, MessageCutter messages, Runnable garbled) {
        this.size = size;
        this.messages = messages;
        this.garbled = garbled;
    }

    @Override
    public void onBytes(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (part == Part.MESSAGE) {
                int end = Math.min(to, at + left);
                messages.onBytes(bytes, at, end);
                left -= end - at;
                at = end;
                if (left == 0) {
                    part = Part.COMMA_OR_CLOSING;
                }
            } else {
                byte letter = bytes[at];
                if (!isSpace(letter)) {
                    part = after(letter);
                }
                if (part == Part.MESSAGE) {
                    left = size;
                } else {
                    at++;
                }
            }
        }
    }

    @Override
    public void onResponseEnd() {
        switch (part) {
            case CLOSED, ASTRAY -> {}
            case MESSAGE -> messages.onEnd();
            case OPENING, FIRST_OR_CLOSING, COMMA_OR_CLOSING, NEXT -> garbled.run();
        }
        part = Part.OPENING;
    }

    /** Each response has ended by itself. */
    @Override
    public void onEnd() {}

    private Part after(byte letter) {
        return switch (part) {
            case OPENING -> letter == '[' ? Part.FIRST_OR_CLOSING : astray();
            case FIRST_OR_CLOSING -> letter == ']' ? Part.CLOSED : letter == '{' ? Part.MESSAGE : astray();
            case COMMA_OR_CLOSING -> letter == ']' ? Part.CLOSED : letter == ',' ? Part.NEXT : astray();
            case NEXT -> letter == '{' ? Part.MESSAGE : astray();
            case CLOSED -> astray();
            case ASTRAY -> letter == '{' ? Part.MESSAGE : Part.ASTRAY;
            case MESSAGE -> throw new AssertionError("its bytes are not looked at one by one");
        };
    }

    private Part astray() {
        garbled.run();
        return Part.ASTRAY;
    }

    private static boolean isSpace(byte letter) {
        return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
    }
}
