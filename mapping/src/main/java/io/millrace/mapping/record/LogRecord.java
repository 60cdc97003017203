package io.millrace.mapping.record;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of a partition, as Kafka returns it.
 *
 * @param offset          its Kafka offset
 * @param timestampMillis its Kafka timestamp
 * @param key             null where a foreign producer gave none
 * @param value           null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // carries what Kafka returned; nothing compares two of them
public record LogRecord(
        long offset, long timestampMillis, byte @Nullable [] key, List<Header> headers, byte @Nullable [] value) {

    /** One record header. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Header(String name, byte @Nullable [] value) {}
}
