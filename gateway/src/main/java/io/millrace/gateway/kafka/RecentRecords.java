package io.millrace.gateway.kafka;

import io.millrace.gateway.log.WireRecord;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest visible records of one stream, as a ring: grows at the end, shrinks at the beginning, found by position. */
final class RecentRecords {

    private @Nullable WireRecord[] ring = new WireRecord[4];
    private int head;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    void add(WireRecord record) {
        if (count == ring.length) {
            @Nullable WireRecord[] larger = new WireRecord[2 * count];
            for (int i = 0; i < count; i++) {
                larger[i] = get(i);
            }
            ring = larger;
            head = 0;
        }
        ring[(head + count) % ring.length] = record;
        count++;
    }

    /** Drops the oldest record if it is {@code record}; one that went before is not looked for. */
    void dropOldest(WireRecord record) {
        if (count > 0 && ring[head] == record) {
            ring[head] = null;
            head = (head + 1) % ring.length;
            count--;
        }
    }

    void clear() {
        ring = new WireRecord[4];
        head = 0;
        count = 0;
    }

    /** The records from the one at {@code first} to the one at {@code last}; empty where the first is not here. */
    List<WireRecord> between(long first, long last) {
        int from = from(first);
        if (from == count || get(from).position() != first) {
            return List.of();
        }
        int to = from(last + 1);
        WireRecord[] found = new WireRecord[to - from];
        int begin = (head + from) % ring.length;
        int beforeWrap = Math.min(found.length, ring.length - begin);
        System.arraycopy(ring, begin, found, 0, beforeWrap);
        System.arraycopy(ring, 0, found, beforeWrap, found.length - beforeWrap);
        return Collections.unmodifiableList(Arrays.asList(found));
    }

    /** The first record at {@code position} or above; the count where there is none. */
    private int from(long position) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).position() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private WireRecord get(int i) {
        WireRecord record = ring[(head + i) % ring.length];
        if (record == null) {
            throw new IndexOutOfBoundsException(i);
        }
        return record;
    }
}
