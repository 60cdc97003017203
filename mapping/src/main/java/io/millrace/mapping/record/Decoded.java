package io.millrace.mapping.record;

/** What a record of a managed topic turns out to be. */
public sealed interface Decoded {

    /** An operation of a gateway. */
    record Ours(Sent sent) implements Decoded {}

    /** A record without our headers: a native producer's, or a tombstone. */
    record Foreign() implements Decoded {}

    /** A record with our headers that does not decode: void, counted. */
    record Broken(String reason) implements Decoded {}

    /** A record of rules that this build does not know: the partition must not be served. */
    record Beyond(String what) implements Decoded {}
}
