package io.millrace.mapping.stream;

/**
 * What a source remembers of one fork, or of a fork that may yet be created.
 *
 * @param fork       the fork's path
 * @param timeMillis sender's clock of the {@code fork-ref}, epoch milliseconds
 */
public record ForkReference(StreamPath fork, long timeMillis) {}
