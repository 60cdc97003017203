package io.millrace.mapping.stream;

import io.millrace.mapping.offset.OffsetToken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * One life of a stream path, from its accepted create to its end: named by the operation id of that create, so that
 * what was meant for one life never reaches the next. That of a stream in a topic of others is named otherwise.
 *
 * @param name    of an operation id the part before the dot; else the whole id
 * @param counter of an operation id the part after the dot; else 0
 * @param tag     the number that the stream's offset tokens carry, 1 to {@link OffsetToken#MAX}
 */
public record Incarnation(String name, long counter, long tag) {

    /** Each stream has an incarnation, and few gateways made them. */
    private static final Shared<String> GATEWAYS = new Shared<>(256);

    private static final Pattern COUNTER = Pattern.compile("[1-9][0-9]{0,17}");

    /** The incarnation that the create {@code id} opens. The tag's derivation is stored by clients: never change. */
    public static Incarnation of(String id) {
        int dot = id.lastIndexOf('.');
        String counter = id.substring(dot + 1);
        return dot >= 0 && COUNTER.matcher(counter).matches()
                ? new Incarnation(GATEWAYS.of(id.substring(0, dot)), Long.parseLong(counter), tag(id))
                : new Incarnation(id, 0, tag(id));
    }

    private static long tag(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return 1 + Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), OffsetToken.MAX);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** What it was made of. */
    public String id() {
        return counter == 0 ? name : name + "." + counter;
    }
}
