package io.millrace.mapping.http;

import java.util.List;

/** The header names of the protocol (PROTOCOL.md 13.2 and 5.2.1). */
public final class StreamHeaders {

    public static final String STREAM_TTL = "Stream-TTL";
    public static final String STREAM_EXPIRES_AT = "Stream-Expires-At";
    public static final String STREAM_SEQ = "Stream-Seq";
    public static final String STREAM_CURSOR = "Stream-Cursor";
    public static final String STREAM_NEXT_OFFSET = "Stream-Next-Offset";
    public static final String STREAM_UP_TO_DATE = "Stream-Up-To-Date";
    public static final String STREAM_CLOSED = "Stream-Closed";
    public static final String STREAM_FORKED_FROM = "Stream-Forked-From";
    public static final String STREAM_FORK_OFFSET = "Stream-Fork-Offset";
    public static final String STREAM_FORK_SUB_OFFSET = "Stream-Fork-Sub-Offset";
    public static final String STREAM_SSE_DATA_ENCODING = "Stream-SSE-Data-Encoding";

    public static final String PRODUCER_ID = "Producer-Id";
    public static final String PRODUCER_EPOCH = "Producer-Epoch";
    public static final String PRODUCER_SEQ = "Producer-Seq";
    public static final String PRODUCER_EXPECTED_SEQ = "Producer-Expected-Seq";
    public static final String PRODUCER_RECEIVED_SEQ = "Producer-Received-Seq";

    /** The one value of a presence header. */
    public static final String TRUE = "true";

    /** The protocol's request headers: what a browser of another origin must be allowed to send. */
    public static final List<String> REQUEST = List.of(
            STREAM_TTL,
            STREAM_EXPIRES_AT,
            STREAM_SEQ,
            STREAM_CLOSED,
            STREAM_FORKED_FROM,
            STREAM_FORK_OFFSET,
            STREAM_FORK_SUB_OFFSET,
            PRODUCER_ID,
            PRODUCER_EPOCH,
            PRODUCER_SEQ);

    /** The protocol's response headers: what a browser of another origin must be allowed to see. */
    public static final List<String> RESPONSE = List.of(
            STREAM_TTL,
            STREAM_EXPIRES_AT,
            STREAM_SEQ,
            STREAM_CURSOR,
            STREAM_NEXT_OFFSET,
            STREAM_UP_TO_DATE,
            STREAM_CLOSED,
            STREAM_FORKED_FROM,
            STREAM_FORK_OFFSET,
            STREAM_FORK_SUB_OFFSET,
            STREAM_SSE_DATA_ENCODING,
            PRODUCER_ID,
            PRODUCER_EPOCH,
            PRODUCER_SEQ,
            PRODUCER_EXPECTED_SEQ,
            PRODUCER_RECEIVED_SEQ);

    private StreamHeaders() {}
}
