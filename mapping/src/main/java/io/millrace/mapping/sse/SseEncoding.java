package io.millrace.mapping.sse;

import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.json.Slice;
import io.millrace.mapping.stream.MediaType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Records and positions as Server-Sent Events (PROTOCOL.md 5.8).
 *
 * <p>Each record is a data event that decodes on its own. No blank follows {@code data:}, because the official suite
 * looks for the payload right behind the colon; a line that itself begins with a blank gets one more, which the reader
 * takes off again. Every line end that SSE knows (CRLF, LF, CR) starts a new data line, so that no payload can end its
 * event; readers see LF for each of them.
 */
public final class SseEncoding {

    /** The name of the event that carries a record. */
    public static final String DATA = "data";

    /** The name of the event that tells a reader where it is. */
    public static final String CONTROL = "control";

    private static final byte[] DATA_LINE = ascii("data:");

    /** The name's line, the field of the first data line and the line ends of an event. */
    private static final int BYTES_AROUND = ("event: " + DATA + "\n").length() + DATA_LINE.length + 2;

    /** Around the messages of a JSON stream. */
    private static final int BRACKETS = 2;

    private SseEncoding() {}

    /** The data event of one record that holds {@code count} messages in a stream of this type. */
    public static byte[] dataEvent(byte[] value, int count, MediaType type) {
        if (type.isJson()) {
            Slice messages = JsonMessages.fragment(value, count);
            ByteArrayOutputStream array = new ByteArrayOutputStream(messages.length() + 2);
            array.write('[');
            array.write(messages.array(), messages.offset(), messages.length());
            array.write(']');
            return event(DATA, array.toByteArray());
        }
        return event(DATA, type.isText() ? value : Base64.getEncoder().encode(value));
    }

    /** How many bytes {@link #dataEvent} of the same arguments has, without making them. */
    public static long dataEventLength(byte[] value, int count, MediaType type) {
        if (!type.isJson()) {
            return type.isText()
                    ? eventLength(new Slice(value, 0, value.length), 0)
                    : BYTES_AROUND + base64Length(value);
        }
        return eventLength(JsonMessages.fragment(value, count), BRACKETS);
    }

    private static long base64Length(byte[] value) {
        return 4L * Math.ceilDiv(value.length, 3);
    }

    private static long eventLength(Slice payload, int around) {
        byte[] bytes = payload.array();
        int end = payload.offset() + payload.length();
        long length = (long) BYTES_AROUND + around + payload.length();
        boolean lineBegins = around == 0;
        for (int at = payload.offset(); at < end; at++) {
            byte b = bytes[at];
            if (b == '\n' || b == '\r') {
                boolean two = b == '\r' && at + 1 < end && bytes[at + 1] == '\n';
                length += DATA_LINE.length - (two ? 1 : 0);
                at += two ? 1 : 0;
                lineBegins = true;
            } else {
                length += lineBegins && b == ' ' ? 1 : 0;
                lineBegins = false;
            }
        }
        return length;
    }

    /** What a control event says, as JSON. */
    public static String controlData(ControlEvent control) {
        String offset = quoted(control.nextOffset());
        String fields =
                switch (control) {
                    case ControlEvent.Behind behind -> ",\"streamCursor\":" + quoted(behind.cursor());
                    case ControlEvent.UpToDate upToDate ->
                        ",\"streamCursor\":" + quoted(upToDate.cursor()) + ",\"upToDate\":true";
                    case ControlEvent.Closed _ -> ",\"upToDate\":true,\"streamClosed\":true";
                };
        return "{\"streamNextOffset\":" + offset + fields + "}";
    }

    /** A comment, which readers ignore. {@code text} is one line. */
    public static byte[] comment(String text) {
        return (": " + text + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** An event: its name, one line, and its payload, any lines. */
    public static byte[] event(String name, byte[] payload) {
        ByteArrayOutputStream event = new ByteArrayOutputStream(payload.length + payload.length / 16 + 64);
        event.writeBytes(("event: " + name + "\n").getBytes(StandardCharsets.UTF_8));
        int start = 0;
        int at = 0;
        while (at < payload.length) {
            byte b = payload[at];
            if (b != '\n' && b != '\r') {
                at++;
                continue;
            }
            writeLine(event, payload, start, at);
            at += b == '\r' && at + 1 < payload.length && payload[at + 1] == '\n' ? 2 : 1;
            start = at;
        }
        writeLine(event, payload, start, payload.length);
        event.write('\n');
        return event.toByteArray();
    }

    private static void writeLine(ByteArrayOutputStream event, byte[] payload, int from, int to) {
        event.writeBytes(DATA_LINE);
        if (from < to && payload[from] == ' ') {
            event.write(' ');
        }
        event.write(payload, from, to - from);
        event.write('\n');
    }

    /** Offsets and cursors are our own tokens; none needs escaping, and one that does is a mistake of ours. */
    private static String quoted(String token) {
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\') {
                throw new IllegalArgumentException("not a token of ours: " + token);
            }
        }
        return '"' + token + '"';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
