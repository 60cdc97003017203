package io.millrace.gateway.http;

import io.millrace.gateway.log.LogFailure;
import java.io.IOException;

/** One of the protocol's operations on a stream. */
@FunctionalInterface
interface StreamOperation {

    /** Carries it out; blocks the calling (virtual) thread. */
    Answer answer(StreamRequest request) throws LogFailure, IOException, InterruptedException;
}
