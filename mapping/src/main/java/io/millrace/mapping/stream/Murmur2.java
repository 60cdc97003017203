package io.millrace.mapping.stream;

/** Kafka's 32-bit murmur2 with Kafka's seed, which its default partitioner takes of a key. */
public final class Murmur2 {

    private Murmur2() {}

    /** The partition of {@code key} in a topic of so many. Stored: never change. */
    public static int partition(byte[] key, int partitions) {
        return (hash(key) & 0x7fffffff) % partitions;
    }

    /** The hash of these bytes. Stored: never change. */
    static int hash(byte[] bytes) {
        final int m = 0x5bd1e995;
        int hash = 0x9747b28c ^ bytes.length;
        int blocks = bytes.length / 4;
        for (int i = 0; i < blocks; i++) {
            int at = i * 4;
            int k = (bytes[at] & 0xff)
                    | (bytes[at + 1] & 0xff) << 8
                    | (bytes[at + 2] & 0xff) << 16
                    | (bytes[at + 3] & 0xff) << 24;
            k *= m;
            k ^= k >>> 24;
            k *= m;
            hash *= m;
            hash ^= k;
        }
        int rest = bytes.length & 3;
        int tail = bytes.length & ~3;
        if (rest == 3) {
            hash ^= (bytes[tail + 2] & 0xff) << 16;
        }
        if (rest >= 2) {
            hash ^= (bytes[tail + 1] & 0xff) << 8;
        }
        if (rest >= 1) {
            hash ^= bytes[tail] & 0xff;
            hash *= m;
        }
        hash ^= hash >>> 13;
        hash *= m;
        hash ^= hash >>> 15;
        return hash;
    }
}
