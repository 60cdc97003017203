package io.millrace.mapping.judge;

/**
 * A record's place in its partition.
 *
 * @param offset        its Kafka offset
 * @param logTimeMillis the partition's log time with this record, epoch milliseconds
 */
public record At(long offset, long logTimeMillis) {}
