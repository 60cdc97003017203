package io.millrace.mapping.http;

/** A non-negative integer in ASCII decimal digits that JavaScript can hold exactly. */
final class DecimalNumber {

    /** 2^53 - 1. */
    static final long MAX = (1L << 53) - 1;

    private static final int MAX_DIGITS = 16;

    private DecimalNumber() {}

    /** The number, or -1 if the text is not one or it is above {@link #MAX}; leading zeros are taken. */
    static long parse(String text) {
        if (text.isEmpty()) {
            return -1;
        }
        int significant = 0;
        while (significant < text.length() - 1 && text.charAt(significant) == '0') {
            significant++;
        }
        if (text.length() - significant > MAX_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = significant; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value <= MAX ? value : -1;
    }
}
