package io.millrace.mapping.stream;

import java.util.Optional;

/**
 * Where a fork comes from (PROTOCOL.md 4.2): what was asked for, and what that was resolved to.
 *
 * @param source         path of the stream that it inherits from
 * @param reference      what holds that stream's data for it; empty where the source is in a topic of others, which keep
 *                       what they like
 * @param position       stream position up to which the source is inherited, that of the fork's own first record
 * @param tag            the tag of the offset token at that position, which is the source's (or an ancestor's)
 * @param partial        how much of the source's next record the fork's first one begins with: bytes, or JSON messages
 * @param requested      the divergence point as the client named it
 * @param inheritsExpiry whether the client named no expiry and got the source's
 */
public record ForkOrigin(
        StreamPath source,
        Optional<Reference> reference,
        long position,
        long tag,
        long partial,
        Requested requested,
        boolean inheritsExpiry) {

    /** How far past its time a reference is good for a create, in log time. Part of format version 1: never change. */
    public static final long REFERENCE_MILLIS = 3_600_000;

    /**
     * What keeps the source's data for one fork: the source's partition knows it by its id.
     *
     * @param source     the life of the source's path that is inherited from
     * @param id         names the reference: the operation id of its {@code fork-ref}
     * @param timeMillis sender's clock of that operation, epoch milliseconds
     */
    public record Reference(Incarnation source, String id, long timeMillis) {

        /** Whether a create with it comes too late in a log that shows {@code logTimeMillis}: it may be forgotten. */
        public boolean lapsedAt(long logTimeMillis) {
            return logTimeMillis - timeMillis > REFERENCE_MILLIS;
        }
    }

    /**
     * A divergence point as a client names it.
     *
     * @param offset    Stream-Fork-Offset; empty: the source's tail
     * @param subOffset Stream-Fork-Sub-Offset, 0 to {@link ProducerStamp#MAX}; 0 where there is none
     */
    public record Requested(Optional<String> offset, long subOffset) {}

    /** The same, held by {@code held}. */
    public ForkOrigin with(Optional<Reference> held) {
        return new ForkOrigin(source, held, position, tag, partial, requested, inheritsExpiry);
    }

    /** Whether a PUT that comes to {@code other} asks for this very fork: in its words, or in what they come to. */
    public boolean matches(ForkOrigin other) {
        return source.equals(other.source) && (requested.equals(other.requested) || pointsTo(other));
    }

    private boolean pointsTo(ForkOrigin other) {
        return position == other.position && tag == other.tag && partial == other.partial;
    }
}
