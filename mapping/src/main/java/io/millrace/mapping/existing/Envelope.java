package io.millrace.mapping.existing;

/** What of a record is a stream's message. */
public enum Envelope {
    /** Its value. */
    VALUE,

    /** A JSON object with all of it: key, value, headers, timestamp, partition, offset. */
    RECORD,

    /** A change message of the Durable Streams State Protocol: the key's row is now this, or is gone. */
    STATE
}
