package io.millrace.gateway.log;

import java.util.OptionalLong;

/**
 * What this gateway knows a partition of a shared topic to have come to.
 *
 * @param position     Kafka offset below which all records are in it
 * @param hash         SHA-256, 64 hex digits: gateways at the same position agree on it, or one of them is wrong
 * @param streams      how many streams stand, or are kept for forks
 * @param records      how many records they have
 * @param dead         records that nobody needs any more, those aside that the last thinning removed
 * @param checkpoint   as-of of the newest accepted checkpoint
 * @param thinnedBelow Kafka offset below which records may be missing
 */
public record PartitionState(
        long position, String hash, int streams, long records, long dead, OptionalLong checkpoint, long thinnedBelow) {}
