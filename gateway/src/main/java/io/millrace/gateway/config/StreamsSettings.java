package io.millrace.gateway.config;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Streams as clients meet them.
 *
 * @param prefix          URL path below which they live
 * @param longPollTimeout how long a long-poll waits
 * @param sseLifetime     after about this time an SSE response ends
 * @param keepAlive       how long an SSE response may be silent
 * @param appendTimeout   how long a write may be undecided
 * @param maxLiveReaders  long-polls and SSE responses at a time
 * @param maxWaiting      requests that wait for Kafka at a time
 * @param chunkBytes      about how much one read serves at most
 * @param appendLimit     the largest body of a write, in bytes
 * @param tailBytes       memory for recent records
 * @param stateBytes      memory for states and indexes
 * @param idleUnload      how long a partition that nobody asks for stays in memory
 * @param inFlightBytes   bytes on their way to Kafka at a time
 * @param uploadBytes     memory for bodies that clients are sending
 * @param compactionLag   how long records of a shared topic are safe from its cleaner
 * @param checkpointRecords after how many records, about, a partition gets a checkpoint
 * @param thinningRecords   how many records must be of no use before their space is given back
 */
public record StreamsSettings(
        String prefix,
        Duration longPollTimeout,
        Duration sseLifetime,
        Duration keepAlive,
        Duration appendTimeout,
        int maxLiveReaders,
        int maxWaiting,
        int chunkBytes,
        int appendLimit,
        long tailBytes,
        long stateBytes,
        Duration idleUnload,
        long inFlightBytes,
        long uploadBytes,
        Duration compactionLag,
        int checkpointRecords,
        int thinningRecords) {

    private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

    /** What one record may take at most in Kafka's own protocol, with room for its framing. */
    private static final long MOST_BYTES = 1L << 30;

    /** What is read of a body at a time counts until it is known how much came, with framing. */
    private static final long UPLOAD_MARGIN = 64L * 1024;

    /** A partition takes some of it before it has a stream. */
    private static final long LEAST_STATE = 64L * 1024;

    private static final Duration LONGEST = Duration.ofDays(1);

    public StreamsSettings {
        Check.that(
                PREFIX.matcher(prefix).matches(),
                Key.STREAMS_PREFIX,
                "must be a URL path such as /v1/stream: a slash before each segment, none at the end");
        positive(longPollTimeout, Key.STREAMS_LONG_POLL_TIMEOUT);
        positive(sseLifetime, Key.STREAMS_SSE_LIFETIME);
        positive(keepAlive, Key.STREAMS_KEEP_ALIVE);
        positive(appendTimeout, Key.STREAMS_APPEND_TIMEOUT);
        positive(idleUnload, Key.STREAMS_IDLE_UNLOAD);
        Check.that(stateBytes >= LEAST_STATE, Key.STREAMS_STATE_BYTES, "must be at least 64KiB");
        Check.that(maxLiveReaders > 0, Key.STREAMS_MAX_LIVE_READERS, "must be at least 1");
        Check.that(maxWaiting > 0, Key.STREAMS_MAX_WAITING, "must be at least 1");
        Check.that(chunkBytes > 0, Key.STREAMS_CHUNK_BYTES, "must be at least 1 byte");
        Check.that(appendLimit > 0, Key.STREAMS_APPEND_LIMIT, "must be at least 1 byte");
        Check.that(
                inFlightBytes >= appendLimit,
                Key.STREAMS_IN_FLIGHT_BYTES,
                "must hold at least one append: make it no less than " + Key.STREAMS_APPEND_LIMIT.path());
        Check.that(
                uploadBytes >= appendLimit + UPLOAD_MARGIN,
                Key.STREAMS_UPLOAD_BYTES,
                "must hold at least one body: make it 64KiB more than " + Key.STREAMS_APPEND_LIMIT.path());
        Check.that(checkpointRecords > 0, Key.STREAMS_CHECKPOINT_RECORDS, "must be at least 1");
        Check.that(thinningRecords > 0, Key.STREAMS_THINNING_RECORDS, "must be at least 1");
    }

    static StreamsSettings from(Values values) throws ConfigurationException {
        return new StreamsSettings(
                values.text(Key.STREAMS_PREFIX),
                values.duration(Key.STREAMS_LONG_POLL_TIMEOUT),
                values.duration(Key.STREAMS_SSE_LIFETIME),
                values.duration(Key.STREAMS_KEEP_ALIVE),
                values.duration(Key.STREAMS_APPEND_TIMEOUT),
                values.number(Key.STREAMS_MAX_LIVE_READERS),
                values.number(Key.STREAMS_MAX_WAITING),
                moderate(values, Key.STREAMS_CHUNK_BYTES),
                moderate(values, Key.STREAMS_APPEND_LIMIT),
                values.bytes(Key.STREAMS_TAIL_BYTES),
                values.bytes(Key.STREAMS_STATE_BYTES),
                values.duration(Key.STREAMS_IDLE_UNLOAD),
                values.bytes(Key.STREAMS_IN_FLIGHT_BYTES),
                values.bytes(Key.STREAMS_UPLOAD_BYTES),
                values.duration(Key.STREAMS_COMPACTION_LAG),
                values.number(Key.STREAMS_CHECKPOINT_RECORDS),
                values.number(Key.STREAMS_THINNING_RECORDS));
    }

    private static int moderate(Values values, Key key) throws ConfigurationException {
        long bytes = values.bytes(key);
        Check.that(bytes <= MOST_BYTES, key, "must be at most 1GiB");
        return (int) bytes;
    }

    private static void positive(Duration duration, Key key) {
        Check.that(duration.isPositive() && duration.compareTo(LONGEST) <= 0, key, "must be above 0 and at most a day");
    }
}
