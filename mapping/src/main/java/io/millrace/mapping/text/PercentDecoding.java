package io.millrace.mapping.text;

import java.io.ByteArrayOutputStream;

/** Percent-decoding done exactly once and strictly: each escape is two hex digits, the result is well-formed UTF-8. */
public final class PercentDecoding {

    private PercentDecoding() {}

    /** What a plus sign means: itself in a path, a space in a query (as browsers' URLSearchParams writes it). */
    public enum Plus {
        LITERAL,
        SPACE
    }

    /** Decoded text, or why there is none. */
    public sealed interface Decoded {

        /** The text that was meant. */
        record Text(String text) implements Decoded {}

        /** The text cannot be decoded. */
        record Malformed(String reason) implements Decoded {}
    }

    /** Decodes raw URL text, which is printable ASCII. */
    public static Decoded decode(String raw, Plus plus) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? hexDigit(raw.charAt(i + 1)) : -1;
                int low = i + 2 < raw.length() ? hexDigit(raw.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) {
                    return new Decoded.Malformed("a % is not followed by two hexadecimal digits");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c == '+' && plus == Plus.SPACE) {
                bytes.write(' ');
            } else if (c > ' ' && c < 0x7f) {
                bytes.write(c);
            } else {
                return new Decoded.Malformed("a space, control or non-ASCII character is not percent-encoded");
            }
        }
        return Utf8.decode(bytes.toByteArray())
                .<Decoded>map(Decoded.Text::new)
                .orElseGet(() -> new Decoded.Malformed("the percent-encoded bytes are not UTF-8"));
    }

    private static int hexDigit(char c) {
        // Character.digit would also take the digits of other scripts.
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
