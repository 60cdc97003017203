package io.millrace.mapping.stream;

/**
 * What a stream remembers of one producer.
 *
 * @param epoch   its latest epoch
 * @param lastSeq the last sequence number accepted in that epoch
 */
public record ProducerState(long epoch, long lastSeq) {}
