package io.millrace.gateway.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.http.sse.SseEvent;
import io.millrace.mapping.sse.ControlEvent;
import io.millrace.mapping.sse.SseEncoding;

/** The events beside the data, in Helidon's model and our bytes (docs/adr/0002). */
final class Events {

    /** Tells a reader nothing; writing it is how a gateway learns that the reader has left. */
    static final SseEvent KEEP_ALIVE = SseEvent.builder().comment("keep-alive").build();

    private Events() {}

    /** Tells a reader where it is. */
    static SseEvent control(ControlEvent position) {
        return SseEvent.builder()
                .name(SseEncoding.CONTROL)
                .data(SseEncoding.controlData(position))
                .build();
    }

    /** The bytes of an event that has a name and text, or of a comment. */
    static byte[] encode(SseEvent event) {
        return event.name()
                .map(name -> SseEncoding.event(name, event.data(String.class).getBytes(UTF_8)))
                .orElseGet(() -> SseEncoding.comment(event.comment().orElse("")));
    }
}
