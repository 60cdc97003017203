package io.millrace.mapping.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** A reader of event streams as the HTML standard defines it ("Interpreting an event stream"), for tests. */
final class EventStream {

    private EventStream() {}

    record Event(String type, String data) {}

    static List<Event> parse(byte[] bytes) {
        List<Event> events = new ArrayList<>();
        String type = "";
        List<String> data = new ArrayList<>();
        for (String line : new String(bytes, UTF_8).split("\r\n|\n|\r", -1)) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    events.add(new Event(type, String.join("\n", data)));
                }
                type = "";
                data.clear();
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            String stripped = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "event" -> type = stripped;
                case "data" -> data.add(stripped);
                default -> {} // comments and other fields
            }
        }
        return events;
    }
}
