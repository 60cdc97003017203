package io.millrace.mapping.stream;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A content type as a client wrote it (RFC 9110, 8.3.1), kept letter by letter; what it means is its {@link #essence}.
 */
public record MediaType(String text) {

    /** Longest content type that is taken; it stands in the create record and in every response. */
    public static final int MAX_LENGTH = 255;

    /** What a stream is that was created without a content type. */
    public static final MediaType DEFAULT = new MediaType("application/octet-stream");

    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    /**
     * Takes a well-formed content type.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public MediaType {
        if (!isWellFormed(text)) {
            throw new IllegalArgumentException("not a media type");
        }
    }

    /** The content type that a header holds; empty if there is no header or it is malformed. */
    public static Optional<MediaType> parse(@Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        String trimmed = trimBlanks(header);
        return isWellFormed(trimmed) ? Optional.of(new MediaType(trimmed)) : Optional.empty();
    }

    /** Type and subtype in lower case, without parameters. */
    public String essence() {
        int semicolon = text.indexOf(';');
        return trimBlanks(semicolon < 0 ? text : text.substring(0, semicolon)).toLowerCase(Locale.ROOT);
    }

    /** Whether the stream is in JSON mode (PROTOCOL.md 9.1). */
    public boolean isJson() {
        return essence().equals("application/json");
    }

    /** Whether the stream's bytes are text by their type. */
    public boolean isText() {
        return essence().startsWith("text/");
    }

    /** Whether data events carry base64 (PROTOCOL.md 5.8). */
    public boolean sseNeedsBase64() {
        return !isJson() && !isText();
    }

    /** Whether an append of the other type may go to a stream of this one; parameters do not count. */
    public boolean sameAs(MediaType other) {
        return essence().equals(other.essence());
    }

    @Override
    public String toString() {
        return text;
    }

    private static boolean isWellFormed(String text) {
        if (text.length() > MAX_LENGTH) {
            return false;
        }
        int type = skipToken(text, 0);
        if (type == 0 || type == text.length() || text.charAt(type) != '/') {
            return false;
        }
        int at = skipToken(text, type + 1);
        if (at == type + 1) {
            return false;
        }
        while (at < text.length()) {
            at = skipBlanks(text, at);
            if (at == text.length() || text.charAt(at) != ';') {
                return false;
            }
            at = skipBlanks(text, at + 1);
            if (at < text.length() && text.charAt(at) != ';') {
                at = skipParameter(text, at);
                if (at < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The index behind {@code name=value} or {@code name="value"}, -1 if it is malformed. */
    private static int skipParameter(String text, int from) {
        int equals = skipToken(text, from);
        if (equals == from || equals == text.length() || text.charAt(equals) != '=') {
            return -1;
        }
        int value = equals + 1;
        if (value < text.length() && text.charAt(value) == '"') {
            return skipQuotedString(text, value);
        }
        int end = skipToken(text, value);
        return end == value ? -1 : end;
    }

    private static int skipQuotedString(String text, int openingQuote) {
        int at = openingQuote + 1;
        while (at < text.length() && isQuotable(text.charAt(at))) {
            if (text.charAt(at) == '"') {
                return at + 1;
            }
            if (text.charAt(at) == '\\') {
                at++;
                if (at == text.length() || !isQuotable(text.charAt(at))) {
                    return -1;
                }
            }
            at++;
        }
        return -1;
    }

    private static boolean isQuotable(char c) {
        return c == '\t' || (c >= ' ' && c < 0x7f);
    }

    private static int skipToken(String text, int from) {
        int at = from;
        while (at < text.length() && isTokenChar(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_PUNCTUATION.indexOf(c) >= 0;
    }

    private static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static String trimBlanks(String text) {
        int from = skipBlanks(text, 0);
        int to = text.length();
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
