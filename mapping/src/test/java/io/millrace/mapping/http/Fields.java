package io.millrace.mapping.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Headers in memory, for tests. */
final class Fields implements RequestHeaders {

    private final Map<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /** Names and values in turn. */
    static Fields of(String... namesAndValues) {
        Fields fields = new Fields();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.lines
                    .computeIfAbsent(namesAndValues[i].toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(namesAndValues[i + 1]);
        }
        return fields;
    }

    @Override
    public List<String> values(String name) {
        return lines.getOrDefault(name, List.of());
    }
}
