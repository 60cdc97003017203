package io.millrace.mapping.json;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** A stretch of somebody else's bytes, not copied; whoever holds it does not write to the array. */
public final class Slice {

    private final byte[] array;
    private final int offset;
    private final int length;

    /** The {@code length} bytes of the array from {@code offset} on. */
    public Slice(byte[] array, int offset, int length) {
        if (offset < 0 || length < 0 || offset > array.length - length) {
            throw new IndexOutOfBoundsException(offset + "+" + length + " of " + array.length);
        }
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** The array that the stretch lies in, not a copy. */
    public byte[] array() {
        return array;
    }

    /** Index of the first byte. */
    public int offset() {
        return offset;
    }

    /** Number of bytes. */
    public int length() {
        return length;
    }

    /** The bytes by themselves: the array if the stretch is all of it, else a copy. */
    public byte[] toByteArray() {
        return length == array.length ? array : Arrays.copyOfRange(array, offset, offset + length);
    }

    /** Writes the bytes without copying them first. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(array, offset, length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slice slice
                && Arrays.equals(
                        array, offset, offset + length, slice.array, slice.offset, slice.offset + slice.length);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(Arrays.copyOfRange(array, offset, offset + length));
    }

    @Override
    public String toString() {
        return "Slice[" + length + " bytes]";
    }
}
