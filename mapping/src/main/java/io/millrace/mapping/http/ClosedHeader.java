package io.millrace.mapping.http;

import io.millrace.mapping.http.RequestHeaders.Field;

/** Whether a request closes its stream (PROTOCOL.md 4.1): only {@code true} counts, anything else is no header. */
public enum ClosedHeader {
    /** The stream is open afterwards as before. */
    ABSENT,
    /** The stream is closed afterwards. */
    CLOSE;

    /** Reads the header. */
    public static ClosedHeader parse(RequestHeaders headers) {
        return headers.field(StreamHeaders.STREAM_CLOSED) instanceof Field.Value(String text)
                        && text.equalsIgnoreCase(StreamHeaders.TRUE)
                ? CLOSE
                : ABSENT;
    }
}
