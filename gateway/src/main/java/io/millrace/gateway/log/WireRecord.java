package io.millrace.gateway.log;

import io.millrace.mapping.record.Payload;
import io.millrace.mapping.sse.SseEncoding;
import io.millrace.mapping.stream.MediaType;
import org.jspecify.annotations.Nullable;

/** A visible record on its way to readers. What it costs to encode is paid once, whoever reads it. */
public final class WireRecord {

    private final long position;
    private final Payload payload;
    private volatile byte @Nullable [] dataEvent;

    /** A record at stream position {@code position}. */
    public WireRecord(long position, Payload payload) {
        this.position = position;
        this.payload = payload;
    }

    /** Its stream position. */
    public long position() {
        return position;
    }

    /** The stream position after it. */
    public long end() {
        return position + 1;
    }

    /** What it carries. */
    public Payload payload() {
        return payload;
    }

    /** How much memory its bytes take in a stream of {@code type}, with the data event that readers make it keep. */
    public long bytes(MediaType type) {
        return payload.value().length + SseEncoding.dataEventLength(payload.value(), payload.count(), type);
    }

    /** Its SSE data event, in a stream of {@code type} (always the same one); must not be written to. */
    public byte[] dataEvent(MediaType type) {
        byte[] event = dataEvent;
        if (event == null) {
            event = SseEncoding.dataEvent(payload.value(), payload.count(), type);
            dataEvent = event; // two threads may both encode; the bytes are the same
        }
        return event;
    }
}
