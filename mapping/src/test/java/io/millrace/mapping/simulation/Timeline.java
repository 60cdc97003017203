package io.millrace.mapping.simulation;

import java.util.PriorityQueue;

/** Simulated time: things happen one after the other, each when it is due. */
public final class Timeline {

    private record Event(long millis, long number, Runnable action) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            return millis == other.millis ? Long.compare(number, other.number) : Long.compare(millis, other.millis);
        }
    }

    private final PriorityQueue<Event> due = new PriorityQueue<>();
    private long now;
    private long scheduled;

    /** Milliseconds since the world began. */
    public long now() {
        return now;
    }

    /** Lets {@code action} happen in {@code millis}. */
    public void after(long millis, Runnable action) {
        due.add(new Event(now + millis, scheduled++, action));
    }

    /** Lets everything happen that is due up to {@code millis}. */
    public void runUntil(long millis) {
        for (Event next = due.peek(); next != null && next.millis() <= millis; next = due.peek()) {
            due.remove();
            now = next.millis();
            next.action().run();
        }
        now = millis;
    }
}
