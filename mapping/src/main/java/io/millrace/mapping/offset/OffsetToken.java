package io.millrace.mapping.offset;

import java.util.Optional;

/**
 * The token that a client holds: a position in a stream, and the tag of what that position belongs to. Its text is
 * {@code <16 digits>_<16 digits>}, so that text order is log order (PROTOCOL.md 8); no other code takes it apart.
 *
 * @param position the stream position of the next record to read, 0 to {@link #MAX}
 * @param tag      names the stream's incarnation, 0 to {@link #MAX}; 0 is kept for {@link #ZERO}
 */
public record OffsetToken(long position, long tag) implements Comparable<OffsetToken> {

    /** The largest number that 16 decimal digits hold. Stored by clients: never change. */
    public static final long MAX = 9_999_999_999_999_999L;

    /** The reference servers' first token; every stream takes it for its beginning. */
    public static final OffsetToken ZERO = new OffsetToken(0, 0);

    private static final int DIGITS = 16;
    private static final int LENGTH = 2 * DIGITS + 1;

    public OffsetToken {
        if (position < 0 || position > MAX || tag < 0 || tag > MAX) {
            throw new IllegalArgumentException("an offset holds two numbers of at most 16 digits");
        }
    }

    /** The token that {@code text} is, or empty where it is none: malformed offsets get 400. */
    public static Optional<OffsetToken> parse(String text) {
        if (text.length() != LENGTH || text.charAt(DIGITS) != '_') {
            return Optional.empty();
        }
        long position = digits(text, 0);
        long tag = digits(text, DIGITS + 1);
        return position < 0 || tag < 0 ? Optional.empty() : Optional.of(new OffsetToken(position, tag));
    }

    /** The token as clients see it. */
    public String text() {
        char[] text = new char[LENGTH];
        put(position, text, 0);
        text[DIGITS] = '_';
        put(tag, text, DIGITS + 1);
        return new String(text);
    }

    @Override
    public int compareTo(OffsetToken other) {
        int byPosition = Long.compare(position, other.position);
        return byPosition != 0 ? byPosition : Long.compare(tag, other.tag);
    }

    @Override
    public String toString() {
        return text();
    }

    private static long digits(String text, int from) {
        long value = 0;
        for (int i = from; i < from + DIGITS; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    private static void put(long value, char[] text, int from) {
        long rest = value;
        for (int i = from + DIGITS - 1; i >= from; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
