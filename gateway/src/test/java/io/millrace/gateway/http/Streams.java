package io.millrace.gateway.http;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Standing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Streams and reads for tests: begun at position 10, each record one position long. */
final class Streams {

    static final long BEGIN = 10;

    private Streams() {}

    /** An open stream with its tail at {@code tail}. */
    static Open open(String type, Expiry expiry, long tail) {
        return Absent.ABSENT
                .create(
                        Incarnation.of("gateway-1"),
                        new StreamConfiguration(new MediaType(type), expiry),
                        BEGIN,
                        1_000_000)
                .extended(tail - 1);
    }

    /** An open stream that never expires. */
    static Open open(String type, long tail) {
        return open(type, new Expiry.Never(), tail);
    }

    /** The same stream, closed. */
    static Closed closed(String type, long tail) {
        return open(type, tail).closed(Optional.empty());
    }

    /** A read of these records from the stream's beginning. */
    static Chunk chunk(Standing stream, String... records) {
        List<WireRecord> wire = new ArrayList<>();
        for (String record : records) {
            wire.add(new WireRecord(BEGIN + wire.size(), Payload.of(record.getBytes(StandardCharsets.UTF_8))));
        }
        return new Chunk(stream, BEGIN, BEGIN + records.length, wire);
    }
}
