package io.millrace.mapping.existing;

import io.millrace.mapping.record.Payload;
import java.util.Optional;

/** What one record of a topic that somebody else writes is in a stream. Always the same, whichever gateway is asked. */
public sealed interface Rendering {

    /** A message. */
    record Shown(Payload payload) implements Rendering {}

    /** Nothing, and rightly so: a record without a value in a stream of values. */
    record Nothing() implements Rendering {}

    /** The record is no message of the stream; what stands in its place, if anything, and what is wrong with it. */
    record Bad(Optional<Payload> instead, String what) implements Rendering {}
}
