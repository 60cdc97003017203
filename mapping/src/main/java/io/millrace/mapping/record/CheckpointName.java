package io.millrace.mapping.record;

/**
 * Which checkpoint of a partition is meant, and what it is made of.
 *
 * @param asOf     it holds what the records below this Kafka offset came to
 * @param writer   names, with {@code asOf}, its parts: 1 to 64 of {@code [a-z0-9.]}
 * @param parts    how many parts it has, 1 or more
 * @param checksum SHA-256 over the parts in order, 64 hex digits
 */
public record CheckpointName(long asOf, String writer, int parts, String checksum) {}
