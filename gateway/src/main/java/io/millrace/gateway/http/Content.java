package io.millrace.gateway.http;

import io.millrace.gateway.live.EventStream;

/** What an answer carries. */
sealed interface Content {

    /** Nothing. */
    record None() implements Content {
        static final None NONE = new None();
    }

    /** Bytes that are there. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
    record Bytes(byte[] bytes) implements Content {}

    /** Records of a stream. */
    record Range(RangeBody body) implements Content {}

    /** Events, until they end. */
    record Events(EventStream events) implements Content {}
}
