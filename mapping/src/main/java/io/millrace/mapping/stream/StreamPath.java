package io.millrace.mapping.stream;

import io.millrace.mapping.text.PercentDecoding;
import io.millrace.mapping.text.PercentDecoding.Decoded;
import io.millrace.mapping.text.PercentDecoding.Plus;
import io.millrace.mapping.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of a stream: its path below the prefix, decoded, segments joined by '/', as in {@code chats/42}.
 *
 * <p>One stream never has two names, and a proxy in front never sees another path than we do. So a path is decoded
 * exactly once, anything that some URL library folds away (empty and dot segments, encoded slashes, backslashes) is
 * refused instead of folded, and two paths are equal only if their code points are: nothing is normalised, neither
 * letter case nor Unicode form. A ';' is part of the name.
 */
public record StreamPath(String text) {

    /** Longest path in UTF-8 bytes; it stands in every Kafka key of the stream. */
    public static final int MAX_BYTES = 1024;

    /** The first segment that PROTOCOL.md 6 reserves for subscriptions. */
    public static final String RESERVED_SEGMENT = "__ds";

    private static final String UNRESERVED_PUNCTUATION = "-._~";

    /**
     * Takes a canonical path.
     *
     * @throws IllegalArgumentException if the text is not one
     */
    public StreamPath {
        String flaw = flawOf(text);
        if (flaw != null) {
            throw new IllegalArgumentException("not a canonical stream path: " + flaw);
        }
    }

    /** What a request's path below the prefix names. */
    public sealed interface Parsed {

        /** A stream that a client may use. */
        record Valid(StreamPath path) implements Parsed {}

        /** A name under {@link #RESERVED_SEGMENT}, which is never a stream. */
        record Reserved(StreamPath path) implements Parsed {}

        /** Not a name at all. */
        record Invalid(String reason) implements Parsed {}
    }

    /**
     * The path with this canonical text.
     *
     * @throws IllegalArgumentException if the text is not canonical
     */
    public static StreamPath of(String canonical) {
        return new StreamPath(canonical);
    }

    /** Whether a text is a canonical path. */
    public static boolean isCanonical(String text) {
        return flawOf(text) == null;
    }

    /** Parses a raw path, still percent-encoded, as it follows the prefix and its slash. */
    public static Parsed parse(String rawPathBelowPrefix) {
        if (rawPathBelowPrefix.length() > 3 * MAX_BYTES) {
            return new Parsed.Invalid(tooLong());
        }
        List<String> segments = new ArrayList<>();
        for (String raw : rawPathBelowPrefix.split("/", -1)) {
            if (raw.indexOf('?') >= 0 || raw.indexOf('#') >= 0) {
                return new Parsed.Invalid("a '?' or '#' that belongs to the path must be percent-encoded");
            }
            switch (PercentDecoding.decode(raw, Plus.LITERAL)) {
                case Decoded.Malformed(String reason) -> {
                    return new Parsed.Invalid(reason);
                }
                case Decoded.Text(String segment) -> {
                    if (segment.indexOf('/') >= 0) {
                        return new Parsed.Invalid("a segment contains an encoded slash (%2F)");
                    }
                    segments.add(segment);
                }
            }
        }
        String canonical = String.join("/", segments);
        String flaw = flawOf(canonical);
        if (flaw != null) {
            return new Parsed.Invalid(flaw);
        }
        StreamPath path = new StreamPath(canonical);
        return path.isReserved() ? new Parsed.Reserved(path) : new Parsed.Valid(path);
    }

    /** Whether the first segment is the protocol's own. */
    public boolean isReserved() {
        return text.equals(RESERVED_SEGMENT) || text.startsWith(RESERVED_SEGMENT + "/");
    }

    /** The segments, at least one, none of them empty. */
    public List<String> segments() {
        return List.of(text.split("/", -1));
    }

    /** The bytes that stand in Kafka keys and that the partition is chosen by. */
    public byte[] utf8() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The path as it stands in a URL: every byte that is not unreserved (RFC 3986, 2.3) or a slash is escaped. */
    public String urlEncoded() {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : utf8()) {
            char c = (char) (b & 0xff);
            if (c == '/' || isAsciiAlphanumeric(c) || UNRESERVED_PUNCTUATION.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 0xf, 16)));
            }
        }
        return encoded.toString();
    }

    /**
     * The partition of a shared topic that holds this stream: what Kafka's default partitioner gives for these bytes as
     * a key. Stored: never change.
     */
    public int partition(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("a topic has at least one partition, not " + partitions);
        }
        return Murmur2.partition(utf8(), partitions);
    }

    @Override
    public String toString() {
        return text;
    }

    private static @Nullable String flawOf(String canonical) {
        if (canonical.isEmpty()) {
            return "the path is empty";
        }
        if (!Utf8.isEncodable(canonical)) {
            return "the path contains a lone surrogate";
        }
        if (canonical.length() > MAX_BYTES || canonical.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return tooLong();
        }
        for (int i = 0; i < canonical.length(); i++) {
            char c = canonical.charAt(i);
            if (c < 0x20 || c == 0x7f) {
                return "the path contains a control character";
            }
            if (c == '\\') {
                // Browsers turn it into a slash, others do not.
                return "the path contains a backslash";
            }
        }
        for (String segment : canonical.split("/", -1)) {
            if (segment.isEmpty()) {
                return "the path contains an empty segment ('//', or a slash at its beginning or end)";
            }
            if (segment.equals(".") || segment.equals("..")) {
                return "the path contains a '.' or '..' segment";
            }
        }
        return null;
    }

    private static String tooLong() {
        return "the path is longer than " + MAX_BYTES + " bytes of UTF-8";
    }

    private static boolean isAsciiAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
