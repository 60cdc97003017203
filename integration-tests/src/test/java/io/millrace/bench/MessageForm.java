package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** How messages are written, in the body of an append and in what is read. A message has a fixed size in each. */
@SuppressWarnings("ImmutableEnumChecker") // the arrays are never written to
enum MessageForm {
    /** One directly after the other, as text. */
    TEXT(Target.TEXT, "", "", "", "", ""),

    /** One directly after the other, as bytes. */
    BYTES(Target.BYTES, "", "", "", "", ""),

    /** An array of objects with one string each. */
    JSON(Target.JSON, "[", "{\"m\":\"", "\"}", ",", "]");

    private final String type;
    private final byte[] opening;
    private final byte[] before;
    private final byte[] after;
    private final byte[] between;
    private final byte[] closing;

    MessageForm(String type, String opening, String before, String after, String between, String closing) {
        this.type = type;
        this.opening = opening.getBytes(US_ASCII);
        this.before = before.getBytes(US_ASCII);
        this.after = after.getBytes(US_ASCII);
        this.between = between.getBytes(US_ASCII);
        this.closing = closing.getBytes(US_ASCII);
    }

    /** The content type of a stream of them. */
    String type() {
        return type;
    }

    /** The length of a body of {@code count} messages of {@code size} bytes. */
    int bodyBytes(int count, int size) {
        return messageAt(count, size) - between.length + closing.length;
    }

    /** Where in a body the message with this index begins. */
    int messageAt(int index, int size) {
        return opening.length + index * (size + between.length);
    }

    /** Where in a message its text begins, see {@link Message#encode}. */
    int textAt() {
        return before.length;
    }

    /** Writes a body of {@code count} copies of a message, to be renumbered. */
    void encodeBody(Message message, byte[] into, int at, int count, int size) {
        put(opening, into, at);
        for (int i = 0; i < count; i++) {
            int begin = at + messageAt(i, size);
            encode(message, into, begin, size);
            put(i < count - 1 ? between : closing, into, begin + size);
        }
    }

    /** Writes the message as {@code size} bytes. */
    void encode(Message message, byte[] into, int at, int size) {
        put(before, into, at);
        message.encode(into, at + before.length, textBytes(size));
        put(after, into, at + size - after.length);
    }

    /** The message that these {@code size} bytes are; empty where they are none, or not all as they were sent. */
    Optional<Message> decode(byte[] bytes, int from, int size) {
        return stands(before, bytes, from) && stands(after, bytes, from + size - after.length)
                ? Message.decode(bytes, from + before.length, textBytes(size))
                : Optional.empty();
    }

    /** Hands on each message of {@code size} bytes, and says so where something else stands. */
    Cutter cutter(int size, Consumer<Message> messages, Runnable garbled) {
        MessageCutter cutter = new MessageCutter(this, size, messages, garbled);
        return switch (this) {
            case TEXT, BYTES -> cutter;
            case JSON -> new JsonCutter(size, cutter, garbled);
        };
    }

    private int textBytes(int size) {
        return size - before.length - after.length;
    }

    private static void put(byte[] part, byte[] into, int at) {
        System.arraycopy(part, 0, into, at, part.length);
    }

    private static boolean stands(byte[] part, byte[] bytes, int at) {
        return Arrays.equals(bytes, at, at + part.length, part, 0, part.length);
    }
}
