package io.millrace.mapping.record;

import io.millrace.mapping.stream.StreamPath;

/**
 * An operation as its gateway sent it.
 *
 * @param timeMillis the sender's clock, epoch milliseconds
 */
public record Sent(StreamPath path, OperationId id, long timeMillis, Operation operation) {}
