package io.millrace.mapping.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Collects a checkpoint's bytes, and cuts them into parts wherever one is full. */
final class PartBuffer {

    private static final int FIRST_BYTES = 1024;

    private final int partBytes;
    private final List<byte[]> full = new ArrayList<>();
    private byte[] part;
    private int used;

    PartBuffer(int partBytes) {
        this.partBytes = partBytes;
        this.part = new byte[Math.min(partBytes, FIRST_BYTES)];
    }

    void octet(int value) {
        if (used == partBytes) {
            full.add(part);
            part = new byte[partBytes];
            used = 0;
        } else if (used == part.length) {
            part = Arrays.copyOf(part, Math.min(partBytes, 2 * used));
        }
        part[used++] = (byte) value;
    }

    /** A number that is not negative, seven bits an octet, the lowest first. */
    void number(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative: " + value);
        }
        long rest = value;
        while (rest > 0x7f) {
            octet((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        octet((int) rest);
    }

    /** Any number: those near zero are short. */
    void signed(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        for (long rest = zigzag; ; rest >>>= 7) {
            if ((rest & ~0x7fL) == 0) {
                octet((int) rest);
                return;
            }
            octet((int) ((rest & 0x7f) | 0x80));
        }
    }

    void flag(boolean value) {
        octet(value ? 1 : 0);
    }

    void text(String value) {
        byte[] utf8 = value.getBytes(UTF_8);
        number(utf8.length);
        for (byte octet : utf8) {
            octet(octet);
        }
    }

    void text(Optional<String> value) {
        flag(value.isPresent());
        value.ifPresent(this::text);
    }

    /** All of it, the last part as long as it is. */
    List<byte[]> parts() {
        List<byte[]> all = new ArrayList<>(full);
        all.add(Arrays.copyOf(part, used));
        return all;
    }
}
