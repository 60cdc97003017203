package io.millrace.gateway.kafka;

import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The live ends of a partition's streams: who waits for more, and the latest records as far as the budget goes, the
 * oldest of all dropped first. Guarded by its partition's lock.
 */
final class StreamTails {

    /** What a record takes beside its bytes, and a stream that has any. */
    private static final int RECORD_OVERHEAD = 128;

    private static final int TAIL_OVERHEAD = 128;

    private final TailBudget budget;
    private final Map<StreamPath, StreamTail> tails = new HashMap<>();
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private long keptBytes;
    private int listening;

    /** A record whose bytes are kept, the tail that they are kept in, and how much memory they take. */
    private record Kept(StreamTail tail, WireRecord record, long bytes) {}

    StreamTails(TailBudget budget) {
        this.budget = budget;
        budget.join();
    }

    // ---- records

    /** Keeps the newest record of a stream. */
    void keep(StreamPath path, Incarnation incarnation, MediaType type, WireRecord record) {
        StreamTail tail = tailOf(path);
        tail.recentOf(incarnation).add(record);
        Kept newest = new Kept(tail, record, record.bytes(type) + RECORD_OVERHEAD);
        kept.add(newest);
        take(newest.bytes());
        trim();
    }

    /** The records of a stream from the one at position {@code first} to the one at {@code last}; empty if not kept. */
    List<WireRecord> recent(StreamPath path, Incarnation incarnation, long first, long last) {
        StreamTail tail = tails.get(path);
        return tail == null ? List.of() : tail.recentOf(incarnation).between(first, last);
    }

    /** Nobody will read the stream's records again. */
    void onEnded(StreamPath path) {
        StreamTail tail = tails.get(path);
        if (tail != null) {
            tail.recent().clear();
            forgetIfIdle(tail);
        }
    }

    /** Gives memory back where this partition keeps more than its share. */
    void trim() {
        while (!kept.isEmpty() && budget.exceededBy(keptBytes)) {
            Kept oldest = kept.remove();
            oldest.tail().recent().dropOldest(oldest.record());
            forgetIfIdle(oldest.tail());
            giveBack(oldest.bytes());
        }
    }

    private void take(long bytes) {
        keptBytes += bytes;
        budget.take(bytes);
    }

    private void giveBack(long bytes) {
        keptBytes -= bytes;
        budget.giveBack(bytes);
    }

    /** Gives all memory back, for good. */
    void leave() {
        budget.leave(keptBytes);
        kept.clear();
        tails.clear();
        keptBytes = 0;
        listening = 0;
    }

    // ---- listeners

    void listen(StreamPath path, Signal signal) {
        if (tailOf(path).listen(signal)) {
            listening++;
        }
    }

    void unlisten(StreamPath path, Signal signal) {
        StreamTail tail = tails.get(path);
        if (tail != null) {
            if (tail.unlisten(signal)) {
                listening--;
            }
            forgetIfIdle(tail);
        }
    }

    /** How many wait at any stream. */
    int listening() {
        return listening;
    }

    /** Who waits at a stream, to be woken once the lock is free. */
    List<Signal> listeners(StreamPath path) {
        StreamTail tail = tails.get(path);
        return tail == null ? List.of() : tail.listeners();
    }

    /** Who waits at any stream, likewise. */
    List<Signal> listeners() {
        return tails.values().stream()
                .flatMap(tail -> tail.listeners().stream())
                .toList();
    }

    private StreamTail tailOf(StreamPath path) {
        return tails.computeIfAbsent(path, created -> {
            take(TAIL_OVERHEAD);
            return new StreamTail(created);
        });
    }

    private void forgetIfIdle(StreamTail tail) {
        if (tail.isIdle() && tails.remove(tail.path(), tail)) {
            giveBack(TAIL_OVERHEAD);
        }
    }
}
