package io.millrace.mapping.fork;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.MediaType;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The part of a source's record that a sub-offset adds to a fork (PROTOCOL.md 4.2): bytes, or JSON messages. */
final class Partial {

    private Partial() {}

    /** How much there is of {@code record}, in the unit that sub-offsets count. */
    static long length(Payload record, MediaType type) {
        return type.isJson() ? record.count() : record.value().length;
    }

    /** The first {@code length} of {@code record}, more than none and less than all, followed by {@code body}. */
    static Payload before(Payload body, Payload record, long length, MediaType type) {
        return type.isJson()
                ? messages(JsonMessages.messages(record).subList(0, (int) length), JsonMessages.messages(body))
                : bytes(record.value(), (int) length, body.value());
    }

    private static Payload bytes(byte[] record, int length, byte[] body) {
        byte[] value = Arrays.copyOf(record, length + body.length);
        System.arraycopy(body, 0, value, length, body.length);
        return Payload.of(value);
    }

    private static Payload messages(List<byte[]> inherited, List<byte[]> own) {
        List<byte[]> all = new ArrayList<>(inherited);
        all.addAll(own);
        if (all.size() == 1) {
            return Payload.of(all.getFirst());
        }
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        byte[] before = "[".getBytes(UTF_8);
        for (byte[] message : all) {
            array.writeBytes(before);
            array.writeBytes(message);
            before = ",".getBytes(UTF_8);
        }
        array.writeBytes("]".getBytes(UTF_8));
        return new Payload(array.toByteArray(), all.size());
    }
}
