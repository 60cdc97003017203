package io.millrace.mapping.http;

/**
 * The characters of a header that every server on the way reads alike (RFC 9110, 5.5). Of others each makes what it
 * likes, and different names may become the same: {@code café} and {@code cafè} both {@code caf\ufffd}.
 */
final class PrintableAscii {

    /** What is demanded, as the end of a sentence. */
    static final String DEMAND = "may hold printable ASCII characters only";

    private PrintableAscii() {}

    static boolean isAll(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }
}
