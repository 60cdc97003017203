package io.millrace.mapping.http;

import java.util.List;

/** A request's headers, whatever server received them. */
@FunctionalInterface
public interface RequestHeaders {

    /** Every field value with this name (letter case does not count), in order, one per field line; empty if none. */
    List<String> values(String name);

    /** What a header that may stand only once holds, without surrounding blanks. */
    default Field field(String name) {
        List<String> values = values(name);
        return switch (values.size()) {
            case 0 -> new Field.Absent();
            case 1 -> new Field.Value(trimBlanks(values.getFirst()));
            default -> new Field.Repeated();
        };
    }

    /** A header that may stand only once. */
    sealed interface Field {

        /** It is not there. */
        record Absent() implements Field {}

        /** It is there once; the text may be empty. */
        record Value(String text) implements Field {}

        /** It is there more than once, so that it is unclear what was meant. */
        record Repeated() implements Field {}
    }

    private static String trimBlanks(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (text.charAt(to - 1) == ' ' || text.charAt(to - 1) == '\t')) {
            to--;
        }
        return text.substring(from, to);
    }
}
