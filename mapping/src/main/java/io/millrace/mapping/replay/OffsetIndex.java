package io.millrace.mapping.replay;

import java.util.Arrays;

/**
 * Where the visible records of one stream are: their Kafka offsets, rising, and the sizes of their values. 12 bytes a
 * record.
 */
public final class OffsetIndex {

    private long[] offsets = new long[4];
    private int[] sizes = new int[4];
    private int count;

    /** How many records. */
    public int count() {
        return count;
    }

    /** The Kafka offset of record {@code i}. */
    public long offset(int i) {
        return offsets[checked(i)];
    }

    /** The value's size of record {@code i}, in bytes. */
    public int size(int i) {
        return sizes[checked(i)];
    }

    /** The first record at or after {@code position}; {@link #count()} where there is none. */
    public int from(long position) {
        if (count == 0 || position > offsets[count - 1]) {
            return count;
        }
        int found = Arrays.binarySearch(offsets, 0, count, position);
        return found >= 0 ? found : -found - 1;
    }

    /** The end (exclusive) of the longest run from record {@code from} that is within {@code bytes}, at least one. */
    public int chunkEnd(int from, long bytes) {
        long sum = 0;
        int i = from;
        while (i < count) {
            sum += sizes[i];
            if (sum > bytes && i > from) {
                break;
            }
            i++;
        }
        return i;
    }

    void add(long offset, int size) {
        if (count > 0 && offset <= offsets[count - 1]) {
            throw new IllegalArgumentException("offset " + offset + " is not above " + offsets[count - 1]);
        }
        if (count == offsets.length) {
            int capacity = Math.max(count + 4, count + (count >> 1));
            offsets = Arrays.copyOf(offsets, capacity);
            sizes = Arrays.copyOf(sizes, capacity);
        }
        offsets[count] = offset;
        sizes[count] = size;
        count++;
    }

    private int checked(int i) {
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException(i);
        }
        return i;
    }
}
