package io.millrace.gateway.http2;

import io.helidon.http.http2.Http2ErrorCode;
import io.helidon.http.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Reads along with what a client sends on an HTTP/2 connection (RFC 9113, 4.1), and hands it on as it is, but for what
 * Helidon 4.5.0 would take amiss:
 *
 * <ul>
 *   <li>Settings that it does not know are taken out, because its parser loses count at them (helidon#12196).
 *   <li>The reset of a stream that is over is taken out: the client cannot have known, and Helidon ends the connection.
 *   <li>Data that nobody reads any more becomes padding: Helidon keeps 32 frames of it, then waits for a reader, and the
 *       connection with it. What it gets instead opens the client's windows again as far.
 *   <li>Headers of very many fields end the connection, because of what they take ({@link HeaderBlock}).
 * </ul>
 *
 * <p>It judges nothing. What is no proper frame goes through, for the server to refuse.
 */
final class FrameReader {

    private static final int PREFACE_BYTES = 24;
    private static final int HEAD_BYTES = 9;
    private static final int SETTING_BYTES = 6;
    private static final int LAST_KNOWN_SETTING = 6;

    /** Frames of settings are far smaller; a larger one is not held back, and passes as it is. */
    private static final int MOST_SETTINGS_BYTES = 16 * 1024;

    /** Frames of data are no larger (RFC 9113, 4.2); the server refuses larger ones. */
    private static final int MOST_DATA_BYTES = 16 * 1024;

    /** A byte for its length, and the padding. */
    private static final int MOST_PADDING = 1 + 255;

    private static final int RESET_BYTES = 4;

    /** Far more than browsers send, a field for each cookie. */
    private static final int MOST_FIELDS = 250;

    /** Of a header block in one frame (RFC 9113, 4.2); the server refuses larger ones. */
    private static final int MOST_HEADERS_BYTES = 16 * 1024;

    private static final int PRIORITY_BYTES = 5;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int CONTINUATION = 9;

    private static final int END_STREAM = 0x1;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;

    private final FrameListener listener;

    /** How much of the frame that has begun, or of the preface, is still to pass. */
    private int left = PREFACE_BYTES;

    /** The frame that has begun; the preface passes as a frame of no type. */
    private Frame frame = new Frame(-1, 0, 0, 0);

    /** What becomes of it. */
    private Fate fate = Fate.PASSES;

    private HeaderBlock headers = new HeaderBlock();

    /** The bytes of a frame's beginning, until they are enough to know what to do with it. */
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(HEAD_BYTES + 1);

    FrameReader(FrameListener listener) {
        this.listener = listener;
    }

    /** What the server is to get of the next bytes that the client sent; nothing, where more must come first. */
    byte[] read(byte[] bytes) {
        ByteArrayOutputStream passed = new ByteArrayOutputStream(bytes.length + HEAD_BYTES);
        int at = 0;
        while (at < bytes.length) {
            if (left > 0) {
                int part = Math.min(left, bytes.length - at);
                if (fate == Fate.PASSES) {
                    passed.write(bytes, at, part);
                }
                at += part;
                left -= part;
                if (left == 0) {
                    end(passed);
                }
            } else {
                int part = Math.min(needed() - held.size(), bytes.length - at);
                held.write(bytes, at, part);
                at += part;
                if (held.size() == needed()) {
                    begin(held.toByteArray(), passed);
                    held.reset();
                }
            }
        }
        return passed.toByteArray();
    }

    /** How many bytes of a frame must be there before any of it passes. */
    private int needed() {
        if (held.size() < HEAD_BYTES) {
            return HEAD_BYTES;
        }
        Frame begun = Frame.parse(held.toByteArray());
        if (begun.isSettings() || begun.isHeaders()) {
            return HEAD_BYTES + begun.length();
        }
        return begun.isPadded() ? HEAD_BYTES + 1 : HEAD_BYTES;
    }

    private void begin(byte[] bytes, ByteArrayOutputStream passed) {
        frame = Frame.parse(bytes);
        if (frame.isHeaders()) {
            count(frame, bytes);
        }
        fate = fate(frame);
        if (fate == Fate.PASSES) {
            passed.writeBytes(frame.isSettings() ? withoutUnknown(bytes) : bytes);
        }
        left = HEAD_BYTES + frame.length() - bytes.length;
        if (frame.isPadded()) {
            frame = frame.withPadding(1 + (bytes[HEAD_BYTES] & 0xff));
        }
        if (left == 0) {
            end(passed);
        }
    }

    /** Padding is taken for fields, as the server takes it where it does not end the block. */
    private void count(Frame begun, byte[] bytes) {
        int from = HEAD_BYTES;
        if (begun.type() == HEADERS) {
            headers = new HeaderBlock();
            from += begun.has(PADDED) ? 1 : 0;
            from += begun.has(PRIORITY) ? PRIORITY_BYTES : 0;
        } else {
            headers.goOn();
        }
        headers.read(bytes, from, bytes.length);
        if (headers.isAbove(MOST_FIELDS)) {
            throw new Http2Exception(Http2ErrorCode.ENHANCE_YOUR_CALM, "there are too many header fields");
        }
    }

    private Fate fate(Frame begun) {
        if (begun.isReset() && listener.isOver(begun.stream())) {
            return Fate.IS_DROPPED;
        }
        return begun.isData() && listener.isUnread(begun.stream()) ? Fate.BECOMES_PADDING : Fate.PASSES;
    }

    private void end(ByteArrayOutputStream passed) {
        if (fate == Fate.BECOMES_PADDING) {
            writePadding(frame, passed);
        }
        tell(frame);
    }

    /** As much as {@code data} took of the client's windows. */
    private static void writePadding(Frame data, ByteArrayOutputStream passed) {
        int rest = data.length();
        while (rest > 0) {
            int length = Math.min(rest, MOST_PADDING);
            rest -= length;
            int flags = PADDED | (rest == 0 ? data.flags() & END_STREAM : 0);
            passed.writeBytes(new Frame(DATA, flags, data.stream(), length).head());
            passed.write(length - 1);
            passed.writeBytes(new byte[length - 1]);
        }
    }

    private void tell(Frame complete) {
        switch (complete.type()) {
            case HEADERS -> listener.onHeaders(complete.stream(), complete.has(END_STREAM));
            case DATA ->
                listener.onData(complete.stream(), complete.length() - complete.padding(), complete.has(END_STREAM));
            case RST_STREAM -> listener.onReset(complete.stream());
            default -> {} // says nothing of a stream's body or end
        }
    }

    private static byte[] withoutUnknown(byte[] settings) {
        byte[] known = Arrays.copyOf(settings, settings.length);
        int end = HEAD_BYTES;
        for (int at = HEAD_BYTES; at < settings.length; at += SETTING_BYTES) {
            int identifier = (settings[at] & 0xff) << 8 | (settings[at + 1] & 0xff);
            if (identifier >= 1 && identifier <= LAST_KNOWN_SETTING) {
                System.arraycopy(settings, at, known, end, SETTING_BYTES);
                end += SETTING_BYTES;
            }
        }
        int length = end - HEAD_BYTES;
        known[0] = (byte) (length >> 16);
        known[1] = (byte) (length >> 8);
        known[2] = (byte) length;
        return Arrays.copyOf(known, end);
    }

    /** What becomes of a frame. */
    private enum Fate {
        PASSES,
        IS_DROPPED,
        BECOMES_PADDING
    }

    /**
     * What the head of a frame says.
     *
     * @param length  of its payload, in bytes
     * @param padding bytes of the payload that are no data
     */
    private record Frame(int type, int flags, int stream, int length, int padding) {

        Frame(int type, int flags, int stream, int length) {
            this(type, flags, stream, length, 0);
        }

        static Frame parse(byte[] head) {
            int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
            int stream = (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | (head[8] & 0xff);
            return new Frame(head[3] & 0xff, head[4] & 0xff, stream, length);
        }

        byte[] head() {
            return new byte[] {
                (byte) (length >> 16),
                (byte) (length >> 8),
                (byte) length,
                (byte) type,
                (byte) flags,
                (byte) (stream >> 24),
                (byte) (stream >> 16),
                (byte) (stream >> 8),
                (byte) stream
            };
        }

        Frame withPadding(int bytes) {
            return new Frame(type, flags, stream, length, bytes);
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        /** Whether it is one whose settings are looked through. */
        boolean isSettings() {
            return type == SETTINGS && length <= MOST_SETTINGS_BYTES && length % SETTING_BYTES == 0;
        }

        /** Whether it is one whose fields are counted. */
        boolean isHeaders() {
            return (type == HEADERS || type == CONTINUATION) && length <= MOST_HEADERS_BYTES;
        }

        boolean isReset() {
            return type == RST_STREAM && length == RESET_BYTES;
        }

        /** Whether it is one that the server takes. */
        boolean isData() {
            return type == DATA && length > 0 && length <= MOST_DATA_BYTES;
        }

        boolean isPadded() {
            return type == DATA && has(PADDED) && length > 0;
        }
    }
}
