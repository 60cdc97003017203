package io.millrace.gateway.log;

import io.millrace.mapping.existing.Caching;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.read.Lineage;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;

/** What a read got. */
public sealed interface ReadAnswer {

    /**
     * A part of a stream, perhaps empty.
     *
     * @param start   the stream position that was asked for
     * @param end     the stream position to read on from: after the last record, or further where nothing follows it
     * @param records in order; empty where there is nothing from {@code start} to {@code end}
     * @param caching who may keep it
     * @param lineage whose tokens its positions are, where a part of it is inherited
     * @param variant tells apart what the same records look like under other rules; empty for a managed stream
     */
    record Chunk(
            Standing stream,
            long start,
            long end,
            List<WireRecord> records,
            Lineage lineage,
            Caching caching,
            String variant)
            implements ReadAnswer {

        /** A part of a managed stream, which anybody may keep. */
        public Chunk(Standing stream, long start, long end, List<WireRecord> records) {
            this(stream, start, end, records, Lineage.OWN, Caching.PUBLIC, "");
        }

        /** Whether it holds all that was in the stream from {@code start} on. */
        public boolean upToDate() {
            return end == stream.tail();
        }

        /** Whether nothing will ever follow. */
        public boolean endOfStream() {
            return upToDate() && stream instanceof Closed;
        }

        /** The token of a position from {@code start} to {@code end}. */
        public OffsetToken token(long position) {
            return lineage.token(stream, position);
        }

        /** The token to read on from. */
        public OffsetToken next() {
            return token(end);
        }
    }

    /** Nothing stands at the path (404). */
    record NoSuchStream() implements ReadAnswer {}

    /** The stream has ended, and is kept for its forks only (410). */
    record SoftDeleted() implements ReadAnswer {}

    /** The offset was never handed out: it is beyond the tail (400). */
    record BeyondTail(OffsetToken tail) implements ReadAnswer {}

    /** The offset belongs to a former life of the path, or its data is not retained (410). */
    record Gone(OffsetToken earliest) implements ReadAnswer {}
}
