package io.millrace.bench;

import java.util.Arrays;
import java.util.Optional;

/**
 * One message of a workload. Its text has a fixed size and says who sent it, as which of his, and when; the rest is
 * filled with a pattern, so that a reader notices every byte that is not as it was sent.
 *
 * @param writer counted from 0
 * @param seq the writer's own count, from 0
 * @param sentNanos by {@link System#nanoTime()}
 */
record Message(int writer, int seq, long sentNanos) {

    private static final int WRITER_DIGITS = 5;
    private static final int SEQ_DIGITS = 9;
    private static final int NANOS_DIGITS = 19;
    private static final int SEQ_AT = WRITER_DIGITS + 1;
    private static final int NANOS_AT = SEQ_AT + SEQ_DIGITS + 1;
    private static final int FILLER_AT = NANOS_AT + NANOS_DIGITS + 1;

    /** The fewest bytes of a message. */
    static final int SMALLEST = FILLER_AT;

    /** The most bytes of a message. */
    static final int LARGEST = 64 * 1024;

    private static final byte[] FILLER = filler();

    /** Writes the message as {@code size} bytes. */
    void encode(byte[] into, int at, int size) {
        putDigits(writer, into, at, WRITER_DIGITS);
        into[at + SEQ_AT - 1] = ' ';
        putDigits(seq, into, at + SEQ_AT, SEQ_DIGITS);
        into[at + NANOS_AT - 1] = ' ';
        putDigits(sentNanos, into, at + NANOS_AT, NANOS_DIGITS);
        into[at + FILLER_AT - 1] = ' ';
        System.arraycopy(FILLER, 0, into, at + FILLER_AT, size - FILLER_AT);
    }

    /** Gives a message that is encoded already another number and time; all else is the same for all of a writer's. */
    static void renumber(byte[] into, int at, int seq, long sentNanos) {
        putDigits(seq, into, at + SEQ_AT, SEQ_DIGITS);
        putDigits(sentNanos, into, at + NANOS_AT, NANOS_DIGITS);
    }

    /** The same, with the time of the message at {@code sameTimeAt}: copied, because its digits are dear. */
    static void renumberLike(byte[] into, int at, int seq, int sameTimeAt) {
        putDigits(seq, into, at + SEQ_AT, SEQ_DIGITS);
        System.arraycopy(into, sameTimeAt + NANOS_AT, into, at + NANOS_AT, NANOS_DIGITS);
    }

    /** The message that these {@code size} bytes are; empty where they are none, or not all as they were sent. */
    static Optional<Message> decode(byte[] bytes, int from, int size) {
        if (size < SMALLEST
                || bytes[from + SEQ_AT - 1] != ' '
                || bytes[from + NANOS_AT - 1] != ' '
                || bytes[from + FILLER_AT - 1] != ' '
                || Arrays.mismatch(bytes, from + FILLER_AT, from + size, FILLER, 0, size - FILLER_AT) >= 0) {
            return Optional.empty();
        }
        long writer = digits(bytes, from, WRITER_DIGITS);
        long seq = digits(bytes, from + SEQ_AT, SEQ_DIGITS);
        long sentNanos = digits(bytes, from + NANOS_AT, NANOS_DIGITS);
        return writer < 0 || seq < 0 || sentNanos < 0
                ? Optional.empty()
                : Optional.of(new Message((int) writer, (int) seq, sentNanos));
    }

    private static void putDigits(long number, byte[] into, int at, int digits) {
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            into[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** The number, or -1 where something else than a digit is among them. */
    private static long digits(byte[] bytes, int from, int digits) {
        long number = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    private static byte[] filler() {
        byte[] filler = new byte[LARGEST - FILLER_AT];
        for (int i = 0; i < filler.length; i++) {
            filler[i] = (byte) ('a' + i % 26);
        }
        return filler;
    }
}
