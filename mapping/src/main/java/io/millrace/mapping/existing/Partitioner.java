package io.millrace.mapping.existing;

import io.millrace.mapping.stream.Murmur2;
import java.util.zip.CRC32;

/** Which partition a topic's producers put a key into. */
public enum Partitioner {
    /** The default of Kafka's Java clients. */
    MURMUR2 {
        @Override
        public int partition(byte[] key, int partitions) {
            return Murmur2.partition(key, partitions);
        }
    },

    /** The default of librdkafka and what is built on it. */
    CRC32 {
        @Override
        public int partition(byte[] key, int partitions) {
            CRC32 crc = new CRC32();
            crc.update(key);
            return (int) (crc.getValue() % partitions);
        }
    };

    /** The partition of {@code key} in a topic of so many. */
    public abstract int partition(byte[] key, int partitions);
}
