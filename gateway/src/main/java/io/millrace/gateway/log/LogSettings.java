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
 * @param inFlightBytes    how many bytes may be on their way to Kafka before further ones are turned away (503)
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
        long inFlightBytes) {

    public LogSettings {
        client = Map.copyOf(client);
    }
}
