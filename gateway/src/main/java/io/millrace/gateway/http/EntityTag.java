package io.millrace.gateway.http;

import io.millrace.gateway.log.ReadAnswer.Chunk;

/**
 * Names a read's answer, so that a client that holds it need not get it again (PROTOCOL.md 10.1).
 *
 * <p>Beside the stream's incarnation and the range it tells how the answer ends: {@code :c} at the tail of a closed
 * stream, {@code :t} at the tail of an open one, nothing below the tail. For the same range can later be less than all
 * that there is, and a 304 must not let a client go on believing that it is up to date. {@code :v} and a word where the
 * operator's rules say what records look like.
 */
final class EntityTag {

    private EntityTag() {}

    /** The tag of {@code chunk}, with its quotes. */
    static String of(Chunk chunk, boolean gzip) {
        StringBuilder tag = new StringBuilder(64).append('"');
        tag.append(Long.toString(chunk.stream().incarnation().tag(), Character.MAX_RADIX));
        tag.append(':').append(chunk.start()).append(':').append(chunk.end());
        if (chunk.endOfStream()) {
            tag.append(":c");
        } else if (chunk.upToDate()) {
            tag.append(":t");
        }
        if (!chunk.variant().isEmpty()) {
            tag.append(":v").append(chunk.variant());
        }
        return tag.append(gzip ? ":gzip\"" : "\"").toString();
    }
}
