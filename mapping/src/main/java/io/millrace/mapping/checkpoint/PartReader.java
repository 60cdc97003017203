package io.millrace.mapping.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads a checkpoint's bytes across its parts. */
final class PartReader {

    /** Nothing that stands in a checkpoint as text is longer. */
    private static final int LONGEST_TEXT = 1 << 20;

    private final List<byte[]> parts;
    private int part;
    private int at;

    PartReader(List<byte[]> parts) {
        this.parts = parts;
    }

    int octet() {
        while (part < parts.size() && at == parts.get(part).length) {
            part++;
            at = 0;
        }
        if (part == parts.size()) {
            throw new UnusableCheckpoint("it ends in the middle");
        }
        return parts.get(part)[at++] & 0xff;
    }

    long number() {
        long value = bits();
        if (value < 0) {
            throw new UnusableCheckpoint("a number is negative");
        }
        return value;
    }

    long signed() {
        long zigzag = bits();
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    private long bits() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int octet = octet();
            value |= (octet & 0x7fL) << shift;
            if (octet <= 0x7f) {
                return value;
            }
        }
        throw new UnusableCheckpoint("a number has no end");
    }

    /** A number that counts what follows, or measures what fits into memory. */
    int count() {
        long value = number();
        if (value > Integer.MAX_VALUE) {
            throw new UnusableCheckpoint("a count is too large: " + value);
        }
        return (int) value;
    }

    boolean flag() {
        int octet = octet();
        if (octet > 1) {
            throw new UnusableCheckpoint("a flag is " + octet);
        }
        return octet == 1;
    }

    String text() {
        int length = count();
        if (length > LONGEST_TEXT) {
            throw new UnusableCheckpoint("a text is too long: " + length);
        }
        byte[] utf8 = new byte[length];
        for (int i = 0; i < length; i++) {
            utf8[i] = (byte) octet();
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnusableCheckpoint("a text is not UTF-8");
        }
    }

    Optional<String> optionalText() {
        return flag() ? Optional.of(text()) : Optional.empty();
    }

    void requireEnd() {
        while (part < parts.size() && at == parts.get(part).length) {
            part++;
            at = 0;
        }
        if (part < parts.size()) {
            throw new UnusableCheckpoint("something follows its end");
        }
    }
}
