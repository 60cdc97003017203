package io.millrace.history;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What all clients of a run asked and were answered, recorded as it happened and in no particular order. */
public final class History {

    private final Collection<Event> events = new ConcurrentLinkedQueue<>();
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final long originNanos = System.nanoTime();

    /** The time that spans are made of. */
    public long nanos() {
        return System.nanoTime() - originNanos;
    }

    public void add(Event event) {
        events.add(event);
    }

    /** Counts an answer, or the lack of one, by its kind. */
    public void count(String kind) {
        answers.computeIfAbsent(kind, _ -> new LongAdder()).increment();
    }

    /** The same text, and the same object for all equal ones: what many readers see is held once. */
    public String held(String text) {
        return texts.computeIfAbsent(text, same -> same);
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    /** How often clients got which kind of answer. */
    public Map<String, Long> answers() {
        Map<String, Long> counts = new TreeMap<>();
        answers.forEach((kind, count) -> counts.put(kind, count.sum()));
        return counts;
    }
}
