package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions stay in memory: those that somebody uses, and of the others those used last, as long as the budget
 * for states allows.
 */
final class Unloading {

    /*
     * A partition that nobody uses is dropped like any other copy that is of no use: the next request loads it anew. The
     * partition itself says whether it is used, under its lock, so nothing that is in flight or awaited is ever lost.
     *
     * Where that does not make enough room, what would take more is refused: a load, and the creation of a stream. A load
     * waits a little for others to be done. The one that began first waits longest, and so the others give back what they
     * have taken: two that do not fit beside each other do not stop each other for good.
     */

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_OF_FIRST = Duration.ofSeconds(4);

    /** A partition that there was no room for is not loaded again for so long. */
    private static final Duration REFUSED_FOR = Duration.ofSeconds(5);

    /** After so long it is looked again whether there is something to unload. */
    private static final Duration FUTILE_FOR = Duration.ofMillis(100);

    private final StateBudget budget;
    private final Duration idleFor;
    private final Supplier<Collection<HostedPartition>> loaded;
    private final SequencedSet<TopicPartition> loading = new LinkedHashSet<>();
    private final Map<TopicPartition, Refusal> refusals = new HashMap<>();

    /** Partitions that were unloaded with streams that end by themselves, and when the first of these does. */
    private final Map<Place, Long> dueMillis = new ConcurrentHashMap<>();

    /** When there was no room for a partition, and how much memory would have been in use with it. */
    private record Refusal(long nanos, long bytes) {
        boolean holds() {
            return System.nanoTime() - nanos < REFUSED_FOR.toNanos();
        }
    }

    private long futileNanos = System.nanoTime() - FUTILE_FOR.toNanos();

    /** Of the partitions that {@code loaded} shows. */
    Unloading(LogSettings settings, StateBudget budget, Supplier<Collection<HostedPartition>> loaded) {
        this.budget = budget;
        this.idleFor = settings.idleUnload();
        this.loaded = loaded;
    }

    // ---- unloading

    /** Unloads what was idle for long, and what there is no room for. */
    void sweep() {
        long now = System.nanoTime();
        for (HostedPartition partition : loaded.get()) {
            if (now - partition.usedNanos() > idleFor.toNanos()) {
                unload(partition, "nobody has asked for it for " + idleFor.toSeconds() + " s (streams.idle-unload)");
            }
        }
        makeRoom();
        synchronized (this) {
            refusals.values().removeIf(refusal -> !refusal.holds());
        }
    }

    /** Unloads partitions, those used longest ago first, until the others fit; whether they do. */
    boolean makeRoom() {
        if (!budget.isExceeded()) {
            return true;
        }
        synchronized (this) {
            if (budget.isExceeded() && System.nanoTime() - futileNanos > FUTILE_FOR.toNanos()) {
                unloadOldest();
            }
        }
        return !budget.isExceeded();
    }

    /** A partition, and how long ago somebody used it. */
    private record Used(HostedPartition partition, long nanosAgo) {}

    private void unloadOldest() {
        long now = System.nanoTime();
        List<Used> all = new ArrayList<>();
        loaded.get().forEach(partition -> all.add(new Used(partition, now - partition.usedNanos())));
        all.sort(Comparator.comparingLong(Used::nanosAgo).reversed());
        for (Used used : all) {
            if (!budget.isExceeded()) {
                return;
            }
            unload(used.partition(), "the memory is needed for others (streams.state-bytes)");
        }
        if (budget.isExceeded()) {
            futileNanos = System.nanoTime();
        }
    }

    private void unload(HostedPartition partition, String why) {
        if (partition.dropIfUnused(why)) {
            partition.dueMillis().ifPresent(millis -> dueMillis.put(partition.place(), millis));
        }
    }

    // ---- refusing

    /**
     * There must be room for a new stream.
     *
     * @throws LogFailure.Unavailable where there is none
     */
    void requireRoom() throws LogFailure.Unavailable {
        if (!makeRoom()) {
            throw full(budget.bytes());
        }
    }

    /**
     * A partition that there was no room for a moment ago is not even tried.
     *
     * @throws LogFailure.Unavailable where that is so
     */
    synchronized void requireHope(TopicPartition partition) throws LogFailure.Unavailable {
        Refusal refusal = refusals.get(partition);
        if (refusal != null && refusal.holds()) {
            throw full(refusal.bytes());
        }
    }

    /** The load of a partition begins. */
    synchronized void begin(TopicPartition partition) {
        loading.add(partition);
    }

    /**
     * The partition that is being loaded, and all that are loaded, must fit.
     *
     * @throws LogFailure.Unavailable where they do not, although others had time to be done
     */
    void requireRoom(TopicPartition partition) throws LogFailure.Unavailable, InterruptedException {
        if (!budget.isExceeded()
                || budget.await(this::makeRoom, PATIENCE)
                || (isFirst(partition) && budget.await(this::makeRoom, PATIENCE_OF_FIRST))) {
            return;
        }
        Refusal refusal = new Refusal(System.nanoTime(), budget.bytes());
        synchronized (this) {
            refusals.put(partition, refusal);
        }
        throw full(refusal.bytes());
    }

    /** The load of a partition has ended. */
    synchronized void end(TopicPartition partition) {
        loading.remove(partition);
    }

    private synchronized boolean isFirst(TopicPartition partition) {
        return partition.equals(loading.getFirst());
    }

    private LogFailure.Unavailable full(long bytes) {
        return new LogFailure.Unavailable(
                "the streams in use take " + bytes + " bytes of memory, and may take " + budget.limit()
                        + " (streams.state-bytes); try again",
                REFUSED_FOR);
    }

    // ---- streams that end by themselves

    /** Partitions with a stream whose time is over by now, while there is ample room: their streams are to be ended. */
    List<Place> due() {
        if (dueMillis.isEmpty() || budget.bytes() > budget.limit() / 2) {
            return List.of();
        }
        long now = System.currentTimeMillis();
        List<Place> due = new ArrayList<>();
        dueMillis.forEach((place, millis) -> {
            if (now > millis && dueMillis.remove(place, millis)) {
                due.add(place);
            }
        });
        return due;
    }

    /** The partition at {@code place} is in memory: it looks after its streams itself. */
    void onLoaded(Place place) {
        dueMillis.remove(place);
    }
}
