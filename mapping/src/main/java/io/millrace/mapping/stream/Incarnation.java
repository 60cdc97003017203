package io.millrace.mapping.stream;

import io.millrace.mapping.offset.OffsetToken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One life of a stream path, from its accepted create to its end: named by the operation id of that create, so that
 * what was meant for one life never reaches the next.
 *
 * @param id  the operation id of the accepted create
 * @param tag the number that the stream's offset tokens carry, 1 to {@link OffsetToken#MAX}
 */
public record Incarnation(String id, long tag) {

    /** The incarnation that the create {@code id} opens. The tag's derivation is stored by clients: never change. */
    public static Incarnation of(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return new Incarnation(
                    id, 1 + Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), OffsetToken.MAX));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
