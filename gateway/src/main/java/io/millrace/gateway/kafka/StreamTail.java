package io.millrace.gateway.kafka;

import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The live end of one stream: its latest records, and who waits for more. Guarded by its partition's lock. */
final class StreamTail {

    private final StreamPath path;
    private @Nullable Incarnation incarnation;
    private final RecentRecords recent = new RecentRecords();
    private Set<Signal> listeners = Set.of();

    StreamTail(StreamPath path) {
        this.path = path;
    }

    StreamPath path() {
        return path;
    }

    /** The records kept of {@code current}; those of a former incarnation are dropped first. */
    RecentRecords recentOf(Incarnation current) {
        if (!current.equals(incarnation)) {
            recent.clear();
            incarnation = current;
        }
        return recent;
    }

    RecentRecords recent() {
        return recent;
    }

    /** Whether it did not listen before. */
    boolean listen(Signal signal) {
        if (listeners.isEmpty()) {
            listeners = new HashSet<>(2);
        }
        return listeners.add(signal);
    }

    /** Whether it did listen. */
    boolean unlisten(Signal signal) {
        return !listeners.isEmpty() && listeners.remove(signal);
    }

    /** Who is to be woken, once the lock is free. */
    List<Signal> listeners() {
        return List.copyOf(listeners);
    }

    /** Whether nobody would miss it. */
    boolean isIdle() {
        return listeners.isEmpty() && recent.isEmpty();
    }
}
