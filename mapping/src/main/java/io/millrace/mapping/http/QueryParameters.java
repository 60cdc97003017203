package io.millrace.mapping.http;

import io.millrace.mapping.text.PercentDecoding;
import io.millrace.mapping.text.PercentDecoding.Decoded;
import io.millrace.mapping.text.PercentDecoding.Plus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A query string, decoded strictly; names that nobody asks for are ignored (PROTOCOL.md 11.1). */
public final class QueryParameters {

    public static final String OFFSET = "offset";
    public static final String LIVE = "live";
    public static final String CURSOR = "cursor";

    private final Map<String, List<String>> values;

    private QueryParameters(Map<String, List<String>> values) {
        this.values = values;
    }

    /** A query, or why it is none. */
    public sealed interface Parsed {

        /** The query's parameters. */
        record Valid(QueryParameters parameters) implements Parsed {}

        /** The query cannot be decoded: 400. */
        record Malformed(String reason) implements Parsed {}
    }

    /** A parameter that may stand only once. */
    public sealed interface Parameter {

        /** It is not there. */
        record Absent() implements Parameter {}

        /** It is there once; the text may be empty. */
        record Value(String text) implements Parameter {}

        /** It is there more than once, so that it is unclear what was meant. */
        record Repeated() implements Parameter {}
    }

    /** Parses a raw query without its question mark; null if the URL has none. */
    public static Parsed parse(@Nullable String rawQuery) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            Decoded name = PercentDecoding.decode(equals < 0 ? pair : pair.substring(0, equals), Plus.SPACE);
            Decoded value = PercentDecoding.decode(equals < 0 ? "" : pair.substring(equals + 1), Plus.SPACE);
            if (name instanceof Decoded.Text(String nameText) && value instanceof Decoded.Text(String valueText)) {
                values.computeIfAbsent(nameText, _ -> new ArrayList<>()).add(valueText);
            } else {
                return new Parsed.Malformed("the query is malformed: "
                        + (name instanceof Decoded.Malformed(String reason)
                                ? reason
                                : ((Decoded.Malformed) value).reason()));
            }
        }
        return new Parsed.Valid(new QueryParameters(values));
    }

    /** The parameter with this name. */
    public Parameter parameter(String name) {
        List<String> all = values.getOrDefault(name, List.of());
        return switch (all.size()) {
            case 0 -> new Parameter.Absent();
            case 1 -> new Parameter.Value(all.getFirst());
            default -> new Parameter.Repeated();
        };
    }
}
