package io.millrace.mapping.simulation;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/** What happened: a hash of all of it, the last lines, and how often what kind of answer was given. */
final class Trace {

    private static final int KEPT = 120;

    private final ArrayDeque<String> last = new ArrayDeque<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private long hash = 1;

    void line(long millis, String text) {
        hash = hash * 1_000_003 + millis * 31 + text.hashCode();
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.addLast(millis + " " + text);
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    long hash() {
        return hash;
    }

    Map<String, Integer> counts() {
        return counts;
    }

    String lastLines() {
        return String.join("\n", last);
    }
}
