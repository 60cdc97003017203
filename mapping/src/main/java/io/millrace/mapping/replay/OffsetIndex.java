package io.millrace.mapping.replay;

import java.util.Arrays;

/**
 * Where the visible records of one stream are: their Kafka offsets, rising, and the sizes of their values. Some 2 to 4
 * bytes a record, and nothing until there is one.
 */
public final class OffsetIndex {

    /*
     * A record is two varints: how far its offset is above its predecessor's, less 1, and its size. BLOCK records make a
     * block, whose first record has its offset itself, so that a block can be read alone; PAGE records make a page, which
     * is cut to its length when it is full. A record is found by its page, then by its block, and then by reading the
     * block from its beginning.
     *
     * Arrays are only ever written behind what they held before, and replaced by longer copies: that is why a snapshot
     * can share them.
     */

    private static final int BLOCK = 32;
    private static final int PAGE = 1024;
    private static final int LONGEST_RECORD = 15;

    /** What the object itself takes, and the header of an array; arrays grow by steps of 8 bytes. */
    private static final int OWN_BYTES = 40;

    private static final int ARRAY_BYTES = 16;
    private static final int PAGE_BYTES = 24;

    private static final byte[] NO_BYTES = {};
    private static final char[] NO_STARTS = {};
    private static final Page[] NO_PAGES = {};

    /** A full page; {@code starts} are where its blocks begin, from the second one on. */
    private static final class Page {
        private final byte[] bytes;
        private final char[] starts;

        Page(byte[] bytes, char[] starts) {
            this.bytes = bytes;
            this.starts = starts;
        }

        long size() {
            return PAGE_BYTES + sizeOf(bytes) + sizeOf(starts);
        }
    }

    /** What is said to each record. */
    @FunctionalInterface
    public interface Visitor {
        /** A record's Kafka offset, and the size of its value. */
        void record(long offset, int size);
    }

    private Page[] pages;
    private byte[] open;
    private char[] starts;
    private char length;
    private boolean frozen;
    private int count;
    private long last;

    /** Of no records. */
    public OffsetIndex() {
        pages = NO_PAGES;
        open = NO_BYTES;
        starts = NO_STARTS;
        last = -1;
    }

    private OffsetIndex(OffsetIndex other) {
        pages = other.pages;
        open = other.open;
        starts = other.starts;
        length = other.length;
        frozen = true;
        count = other.count;
        last = other.last;
    }

    /** How many records. */
    public int count() {
        return count;
    }

    /** The Kafka offset of record {@code i}. */
    public long offset(int i) {
        return at(checked(i)).offset;
    }

    /** The value's size of record {@code i}, in bytes. */
    public int size(int i) {
        return at(checked(i)).size;
    }

    /** The Kafka offsets of the records from {@code from} to {@code to}, exclusive. */
    public long[] offsets(int from, int to) {
        long[] offsets = new long[to - from];
        if (from < to) {
            checked(to - 1);
            Cursor cursor = at(checked(from));
            offsets[0] = cursor.offset;
            for (int i = 1; i < offsets.length; i++) {
                cursor.next();
                offsets[i] = cursor.offset;
            }
        }
        return offsets;
    }

    /** Shows every record from {@code from} on, in order. */
    public void forEach(int from, Visitor visitor) {
        if (from < count) {
            Cursor cursor = at(checked(from));
            visitor.record(cursor.offset, cursor.size);
            for (int i = from + 1; i < count; i++) {
                cursor.next();
                visitor.record(cursor.offset, cursor.size);
            }
        }
    }

    /** The first record at or after {@code position}; {@link #count()} where there is none. */
    public int from(long position) {
        if (position > last) {
            return count;
        }
        int page = lastBelow(position, 0, count / PAGE + (count % PAGE == 0 ? 0 : 1), PAGE);
        int block = lastBelow(position, page * (PAGE / BLOCK), Math.min((page + 1) * (PAGE / BLOCK), blocks()), BLOCK);
        Cursor cursor = at(block * BLOCK);
        while (cursor.offset < position) {
            cursor.next();
        }
        return cursor.i;
    }

    /**
     * Of the groups of {@code each} records from the one numbered {@code low} to {@code high}, exclusive: the last that
     * begins at or below {@code position}, or the first.
     */
    private int lastBelow(long position, int low, int high, int each) {
        int least = low;
        int most = high;
        while (most - least > 1) {
            int middle = (least + most) >>> 1;
            if (new Cursor(middle * each).offset <= position) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return least;
    }

    private int blocks() {
        return (count + BLOCK - 1) / BLOCK;
    }

    /** Whether the record at this Kafka offset is one of them. */
    boolean holds(long offset) {
        int i = from(offset);
        return i < count && offset(i) == offset;
    }

    /** The end (exclusive) of the longest run from record {@code from} that is within {@code bytes}, at least one. */
    public int chunkEnd(int from, long bytes) {
        if (from >= count) {
            return from;
        }
        Cursor cursor = at(from);
        long sum = cursor.size;
        int i = from + 1;
        while (i < count) {
            cursor.next();
            sum += cursor.size;
            if (sum > bytes) {
                break;
            }
            i++;
        }
        return i;
    }

    /**
     * What is here now, for good. It may be read without the lock that guards this index, by whom it is handed to in a
     * way that publishes it.
     */
    public OffsetIndex snapshot() {
        return new OffsetIndex(this);
    }

    /** About how much memory it takes. */
    public long bytes() {
        long sum = OWN_BYTES + sizeOf(pages) + sizeOf(open) + sizeOf(starts);
        for (int i = 0; i < fullPages(); i++) {
            sum += pages[i].size();
        }
        return sum;
    }

    /** Adds the next record; returns how many bytes of memory more this takes now, which may be less than none. */
    public int add(long offset, int size) {
        if (frozen) {
            throw new IllegalStateException("a snapshot does not change");
        }
        if (offset <= last) {
            throw new IllegalArgumentException("offset " + offset + " is not above " + last);
        }
        long before = sizeOf(pages) + sizeOf(open) + sizeOf(starts);
        long full = 0;
        int inPage = count % PAGE;
        boolean beginsBlock = inPage % BLOCK == 0;
        if (beginsBlock && inPage > 0) {
            if (starts.length < inPage / BLOCK) {
                starts = Arrays.copyOf(starts, Math.min(4 + 2 * starts.length, PAGE / BLOCK - 1));
            }
            starts[inPage / BLOCK - 1] = length;
        }
        long delta = beginsBlock ? offset : offset - last - 1;
        int end = length + sizeOf(delta) + sizeOf(size);
        if (end > open.length) {
            open = Arrays.copyOf(open, Math.min((end + (end >> 2) + 7) & -8, PAGE * LONGEST_RECORD));
        }
        put(size, put(delta, length));
        length = (char) end;
        last = offset;
        count++;
        if (inPage == PAGE - 1) {
            full = fill();
        }
        return (int) (sizeOf(pages) + sizeOf(open) + sizeOf(starts) + full - before);
    }

    /** The open page is full: what it takes from here on. */
    private long fill() {
        int full = count / PAGE;
        Page page = new Page(Arrays.copyOf(open, length), starts);
        if (full > pages.length) {
            pages = Arrays.copyOf(pages, full + (full >> 2) + 1);
        }
        pages[full - 1] = page;
        open = NO_BYTES;
        starts = NO_STARTS;
        length = 0;
        return page.size();
    }

    private int put(long value, int at) {
        int to = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            open[to++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        open[to++] = (byte) rest;
        return to;
    }

    private int fullPages() {
        return count / PAGE;
    }

    private int checked(int i) {
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException(i);
        }
        return i;
    }

    private Cursor at(int i) {
        Cursor cursor = new Cursor(i / BLOCK * BLOCK);
        while (cursor.i < i) {
            cursor.next();
        }
        return cursor;
    }

    /** Stands at one record after the other. */
    private final class Cursor {
        private byte[] bytes = NO_BYTES;
        private int at;
        private int i;
        private long offset;
        private int size;

        /** At record {@code first}, with which a block begins. */
        Cursor(int first) {
            i = first;
            enter();
        }

        void next() {
            i++;
            if (i % BLOCK == 0) {
                enter();
            } else {
                offset += 1 + number();
                size = (int) number();
            }
        }

        private void enter() {
            int block = i % PAGE / BLOCK;
            Page page = i / PAGE < fullPages() ? pages[i / PAGE] : null;
            bytes = page == null ? open : page.bytes;
            at = block == 0 ? 0 : (page == null ? starts : page.starts)[block - 1];
            offset = number();
            size = (int) number();
        }

        private long number() {
            long value = bytes[at++];
            if (value >= 0) {
                return value;
            }
            value &= 0x7f;
            for (int shift = 7; ; shift += 7) {
                long next = bytes[at++];
                value |= (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }
    }

    /** How many bytes {@code value} takes as a varint. */
    private static int sizeOf(long value) {
        return (Math.max(1, 64 - Long.numberOfLeadingZeros(value)) + 6) / 7;
    }

    private static long sizeOf(byte[] array) {
        return array.length == 0 ? 0 : ARRAY_BYTES + rounded(array.length);
    }

    private static long sizeOf(char[] array) {
        return array.length == 0 ? 0 : ARRAY_BYTES + rounded(2L * array.length);
    }

    private static long sizeOf(Page[] array) {
        return array.length == 0 ? 0 : ARRAY_BYTES + rounded(4L * array.length);
    }

    private static long rounded(long bytes) {
        return (bytes + 7) & -8;
    }
}
