package io.millrace.mapping.http;

import java.util.ArrayList;
import java.util.List;

/** What a client already holds (RFC 9110, 13.1.2), compared weakly. */
public sealed interface IfNoneMatch {

    /** Header name. */
    String NAME = "If-None-Match";

    /** The client says nothing about it. */
    record Absent() implements IfNoneMatch {}

    /** The client holds something: {@code *}. */
    record Any() implements IfNoneMatch {}

    /** The client holds one of these, each an opaque tag with its quotes and without {@code W/}. */
    record Tags(List<String> opaque) implements IfNoneMatch {
        public Tags {
            opaque = List.copyOf(opaque);
        }
    }

    /** The header cannot be read; it is as if it were absent, because sending the data again is never wrong. */
    record Malformed(String reason) implements IfNoneMatch {}

    /** Reads the header; several field lines are one list. */
    static IfNoneMatch parse(RequestHeaders headers) {
        List<String> lines = headers.values(NAME);
        if (lines.isEmpty()) {
            return new Absent();
        }
        String list = String.join(",", lines);
        return list.strip().equals("*") ? new Any() : parseTags(list);
    }

    /** Whether a response with this entity tag (with its quotes) would tell the client nothing new: 304. */
    default boolean matches(String etag) {
        return switch (this) {
            case Absent _, Malformed _ -> false;
            case Any _ -> true;
            case Tags(List<String> opaque) -> opaque.contains(etag.startsWith("W/") ? etag.substring(2) : etag);
        };
    }

    /** The list grammar of RFC 9110, 5.6.1 and 8.8.3: a tag may hold commas, elements may be empty. */
    private static IfNoneMatch parseTags(String list) {
        List<String> opaque = new ArrayList<>();
        int at = 0;
        while (true) {
            at = skipBlanks(list, at);
            if (at < list.length() && list.charAt(at) != ',') {
                int open = list.startsWith("W/", at) ? at + 2 : at;
                int close = open < list.length() && list.charAt(open) == '"' ? list.indexOf('"', open + 1) : -1;
                if (close < 0 || !isOpaque(list, open + 1, close)) {
                    return new Malformed("If-None-Match must be * or a list of quoted entity tags");
                }
                opaque.add(list.substring(open, close + 1));
                at = skipBlanks(list, close + 1);
            }
            if (at == list.length()) {
                return new Tags(opaque);
            }
            if (list.charAt(at) != ',') {
                return new Malformed("the entity tags of If-None-Match must be separated by commas");
            }
            at++;
        }
    }

    private static boolean isOpaque(String list, int from, int to) {
        return list.substring(from, to).chars().allMatch(c -> c == 0x21 || (c >= 0x23 && c != 0x7f));
    }

    private static int skipBlanks(String list, int from) {
        int at = from;
        while (at < list.length() && (list.charAt(at) == ' ' || list.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }
}
