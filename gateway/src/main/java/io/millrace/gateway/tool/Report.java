package io.millrace.gateway.tool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is to be said, for people and for programs at once, in the order in which it is added. */
final class Report {

    private static final int NAME_WIDTH = 15;

    private final List<String> lines = new ArrayList<>();
    private final Map<String, Object> json = new LinkedHashMap<>();

    /** A sentence for people only. */
    void say(String sentence) {
        lines.add(sentence);
    }

    /** A member for programs only. */
    void note(String member, Object value) {
        json.put(member, value);
    }

    /** A text that is the same for both; nothing where it is empty. */
    void tell(String name, String member, String text) {
        if (!text.isEmpty()) {
            say(name, text);
            json.put(member, text);
        }
    }

    /** A line with a name before it, for people only. */
    void say(String name, String text) {
        lines.add(name + " ".repeat(NAME_WIDTH - name.length()) + text);
    }

    String print(Form form) {
        return switch (form) {
            case TEXT -> String.join("\n", lines);
            case JSON -> JsonText.of(json);
        };
    }
}
