package io.millrace.mapping.read;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.stream.StreamState.Retained;
import java.util.List;

/**
 * Whose tokens the positions of a read are, where part of it is inherited: a fork's tokens are its source's up to and
 * including the position at which it begins (PROTOCOL.md 8, "Offsets and forked streams").
 *
 * @param parts the parts that other streams' lives hold, in order; none for a read of a stream's own records
 */
public record Lineage(List<Part> parts) {

    /** All that is read is the stream's own. */
    public static final Lineage OWN = new Lineage(List.of());

    /** What {@code holder} has, up to and including position {@code end}. */
    public record Part(Retained holder, long end) {}

    public Lineage {
        parts = List.copyOf(parts);
    }

    /** The token of {@code position} in a read of {@code stream}. */
    public OffsetToken token(Retained stream, long position) {
        for (Part part : parts) {
            if (position <= part.end()) {
                return part.holder().token(position);
            }
        }
        return stream.token(position);
    }
}
