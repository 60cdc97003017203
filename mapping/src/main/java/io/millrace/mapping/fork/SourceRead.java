package io.millrace.mapping.fork;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamConfiguration;
import java.util.Optional;

/** What was found where a fork is to diverge from its source. */
public sealed interface SourceRead {

    /**
     * The source, and the point.
     *
     * @param life   which life of the source's path this is, for its partition to keep; empty in a topic of others
     * @param at     the token of the divergence point
     * @param next   the record that comes next there, where it was asked for and there is one
     */
    record Found(
            StreamConfiguration configuration, Optional<Incarnation> life, OffsetToken at, Optional<NextRecord> next)
            implements SourceRead {}

    /**
     * A record, and the point after it.
     *
     * @param payload what it carries
     * @param end     the token of the position after it
     */
    record NextRecord(Payload payload, OffsetToken end) {}

    /** No stream stands there. */
    record Absent() implements SourceRead {}

    /** The stream has ended, and is kept for other forks. */
    record Ended() implements SourceRead {}

    /** The stream has no such point, or its data is gone. */
    record NoSuchPoint(String reason) implements SourceRead {}
}
