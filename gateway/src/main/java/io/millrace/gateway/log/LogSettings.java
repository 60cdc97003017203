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
 * @param appendTimeout    how long an operation may be undecided before its client is told so (504)
 * @param compactionLag    how long records of a shared topic are safe from its cleaner
 * @param bounds           how much may be under way before more is turned away (503)
 */
public record LogSettings(
        String bootstrapServers,
        Map<String, String> client,
        String prefix,
        int chunkBytes,
        int appendLimitBytes,
        long tailBytes,
        Duration appendTimeout,
        Duration compactionLag,
        Bounds bounds) {

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
