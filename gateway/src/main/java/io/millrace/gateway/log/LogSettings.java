package io.millrace.gateway.log;

import java.time.Duration;
import java.util.Map;

/**
 * What the log needs to know of its operator's wishes.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param client           handed to every Kafka client
 * @param prefix           URL path below which streams live, such as {@code /v1/stream}; part of a topic's setup
 * @param chunkBytes       about how much one read serves at most
 * @param appendLimitBytes the largest payload of one append
 * @param tailBytes        how many bytes of recent records all partitions together keep in memory
 * @param stateBytes       how many bytes states and indexes of all partitions together take in memory
 * @param idleUnload       how long a partition that nobody asks for stays in memory
 * @param appendTimeout    how long an operation may be undecided before its client is told so (504)
 * @param compactionLag    how long records of a shared topic are safe from its cleaner
 * @param upkeep           when the log is looked after
 * @param bounds           how much may be under way before more is turned away (503)
 */
public record LogSettings(
        String bootstrapServers,
        Map<String, String> client,
        String prefix,
        int chunkBytes,
        int appendLimitBytes,
        long tailBytes,
        long stateBytes,
        Duration idleUnload,
        Duration appendTimeout,
        Duration compactionLag,
        Upkeep upkeep,
        Bounds bounds) {

    /**
     * When the log of a shared topic's partition is looked after.
     *
     * @param checkpointRecords how many records may follow a checkpoint, about, before the next one
     * @param thinningRecords   how many records must be of no use any more before they are removed
     */
    public record Upkeep(long checkpointRecords, long thinningRecords) {}

    /**
     * How much may be under way at a time.
     *
     * @param inFlightBytes bytes on their way to Kafka
     * @param waiting       requests that wait for Kafka
     * @param loads         partitions being loaded
     * @param readers       consumers for loads and for reads that memory does not hold
     * @param lookups       unknown topics being looked up
     */
    public record Bounds(long inFlightBytes, int waiting, int loads, int readers, int lookups) {}

    public LogSettings {
        client = Map.copyOf(client);
    }
}
