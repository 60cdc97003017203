package io.millrace.mapping.simulation;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/** What happened: a hash of all of it, the last lines, and how often what kind of answer was given. */
public final class Trace {

    private static final int KEPT = 120;

    private final ArrayDeque<String> last = new ArrayDeque<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private long hash = 1;

    /** Something happened. */
    public void line(long millis, String text) {
        hash = hash * 1_000_003 + millis * 31 + text.hashCode();
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.addLast(millis + " " + text);
    }

    /** Something of a kind happened. */
    public void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** A hash of all lines. */
    public long hash() {
        return hash;
    }

    /** How often what happened. */
    public Map<String, Integer> counts() {
        return counts;
    }

    /** The last lines. */
    public String lastLines() {
        return String.join("\n", last);
    }
}
