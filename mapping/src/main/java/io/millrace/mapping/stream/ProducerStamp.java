package io.millrace.mapping.stream;

/**
 * The three producer headers of one append (PROTOCOL.md 5.2.1).
 *
 * @param id    the client's name for the producer, not empty, at most {@link #MAX_ID_BYTES}
 * @param epoch 0 to 2^53-1
 * @param seq   0 to 2^53-1, counted from 0 in each epoch
 */
public record ProducerStamp(String id, long epoch, long seq) {

    /** 2^53-1, the largest integer that every client can hold. */
    public static final long MAX = (1L << 53) - 1;

    /** The longest id, in bytes of UTF-8. Stored: never change. */
    public static final int MAX_ID_BYTES = 256;

    public ProducerStamp {
        if (id.isEmpty() || epoch < 0 || epoch > MAX || seq < 0 || seq > MAX) {
            throw new IllegalArgumentException("a producer has a name, and an epoch and a seq of 0 to 2^53-1");
        }
    }
}
