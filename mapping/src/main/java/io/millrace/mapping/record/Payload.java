package io.millrace.mapping.record;

import java.util.Arrays;

/**
 * What one append carries: the bytes as the client sent them, and how many JSON messages they are.
 *
 * @param value the bytes; in JSON mode one message's text, or an array of {@code count} messages; never null, empty
 *              where there is no data
 * @param count messages in {@code value}: 1 but for a flattened JSON array
 */
@SuppressWarnings("ArrayRecordComponent") // compares by content; whoever holds it does not write to the array
public record Payload(byte[] value, int count) {

    /** No data. */
    public static final Payload NONE = new Payload(new byte[0], 0);

    public Payload {
        if (value.length == 0 ? count != 0 : count < 1) {
            throw new IllegalArgumentException("a payload has bytes and at least one message, or neither");
        }
    }

    /** Bytes that are one message. */
    public static Payload of(byte[] value) {
        return value.length == 0 ? NONE : new Payload(value, 1);
    }

    /** Whether there is nothing for a reader to see. */
    public boolean isEmpty() {
        return value.length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload payload && count == payload.count && Arrays.equals(value, payload.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }
}
