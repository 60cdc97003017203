package io.millrace.mapping.simulation.checkpoint;

import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.replay.Snapshot;
import io.millrace.mapping.simulation.Chance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Where the parts of checkpoints are: what the gateway's CheckpointTopic is, and what its Checkpoints make of it. */
final class Shelf {

    private final Trap trap;
    private final Map<Writing, TreeMap<Integer, byte[]>> all = new LinkedHashMap<>();

    /** With a gateway's fault. */
    Shelf(Trap trap) {
        this.trap = trap;
    }

    /** Whose parts they are. */
    record Writing(long asOf, String writer) {
        static Writing of(CheckpointName name) {
            return new Writing(name.asOf(), name.writer());
        }
    }

    /** A checkpoint of which something is there: how it begins, and which parts. */
    record Stored(Writing writing, Optional<CheckpointCodec.Head> head, Set<Integer> parts) {
        boolean hasParts(int count) {
            return parts.size() >= count && parts.contains(count - 1);
        }
    }

    /** A checkpoint that looks whole, and what it rests on, the oldest first. */
    record Candidate(Stored stored, List<Stored> layers) {
        long asOf() {
            return stored.writing().asOf();
        }
    }

    /** What a load can begin with. */
    record Restored(CheckpointName name, Snapshot snapshot, int layers) {}

    void store(Writing writing, int part, byte[] bytes) {
        all.computeIfAbsent(writing, _ -> new TreeMap<>()).put(part, bytes);
    }

    /** All that is there now. */
    Map<Writing, Stored> list() {
        Map<Writing, Stored> listed = new LinkedHashMap<>();
        all.forEach(
                (writing, parts) -> listed.put(writing, new Stored(writing, head(parts), Set.copyOf(parts.keySet()))));
        return listed;
    }

    private static Optional<CheckpointCodec.Head> head(Map<Integer, byte[]> parts) {
        byte[] first = parts.get(0);
        return first == null ? Optional.empty() : Optional.of(CheckpointCodec.head(first));
    }

    /** Those that look whole, the newest first. */
    List<Candidate> candidates() {
        Map<Writing, Stored> listed = list();
        List<Candidate> candidates = new ArrayList<>();
        listed.values().forEach(stored -> candidate(stored, listed).ifPresent(candidates::add));
        candidates.sort(Comparator.comparingLong(Candidate::asOf).reversed());
        return candidates;
    }

    static Optional<Candidate> candidate(Stored stored, Map<Writing, Stored> listed) {
        if (stored.head().isEmpty()) {
            return Optional.empty();
        }
        List<Stored> layers = new ArrayList<>();
        for (CheckpointName name : stored.head().get().base()) {
            Stored layer = listed.get(Writing.of(name));
            if (layer == null || !layer.hasParts(name.parts())) {
                return Optional.empty();
            }
            layers.add(layer);
        }
        return Optional.of(new Candidate(stored, layers));
    }

    /**
     * Reads it.
     *
     * @throws UnusableCheckpoint where it is not what it looked like
     */
    Restored restore(Candidate candidate) {
        CheckpointCodec.Head head = candidate.stored().head().orElseThrow();
        List<List<byte[]>> parts = new ArrayList<>();
        for (int i = 0; i < candidate.layers().size(); i++) {
            List<byte[]> layer = read(candidate.layers().get(i));
            if (!CheckpointCodec.checksum(layer).equals(head.base().get(i).checksum())) {
                throw new UnusableCheckpoint(candidate.layers().get(i).writing() + " is not what was written");
            }
            parts.add(layer);
        }
        List<byte[]> own = read(candidate.stored());
        parts.add(own);
        CheckpointName name = new CheckpointName(
                candidate.asOf(), candidate.stored().writing().writer(), own.size(), CheckpointCodec.checksum(own));
        return new Restored(name, CheckpointCodec.decode(parts), parts.size());
    }

    private List<byte[]> read(Stored stored) {
        List<byte[]> parts = new ArrayList<>();
        for (int number : stored.parts().stream().sorted().toList()) {
            byte[] part = all.getOrDefault(stored.writing(), new TreeMap<>()).get(number);
            if (part == null) {
                throw new UnusableCheckpoint("part " + number + " of " + stored.writing() + " is gone");
            }
            parts.add(part);
        }
        return parts;
    }

    /** What the next checkpoint rests on, given the newest accepted one; nothing where it is to be whole. */
    static List<CheckpointName> base(Optional<Operation.Checkpoint> newest, Map<Writing, Stored> listed, int most) {
        Optional<Stored> below =
                newest.map(Operation.Checkpoint::name).map(Writing::of).map(listed::get);
        if (newest.isEmpty() || below.isEmpty() || below.get().head().isEmpty()) {
            return List.of();
        }
        List<CheckpointName> base = new ArrayList<>(below.get().head().get().base());
        base.add(newest.get().name());
        boolean whole = base.stream().allMatch(name -> {
            Stored layer = listed.get(Writing.of(name));
            return layer != null && layer.hasParts(name.parts());
        });
        return whole && base.size() <= most ? base : List.of();
    }

    /** Removes, one by one, what nobody will begin with. */
    List<Writing> superfluous(Optional<Operation.Checkpoint> newest, Optional<Operation.Checkpoint> older) {
        Map<Writing, Stored> listed = list();
        Set<Writing> needed = new HashSet<>();
        for (Optional<Operation.Checkpoint> accepted : List.of(newest, older)) {
            if (accepted.isEmpty()) {
                continue;
            }
            CheckpointName name = accepted.get().name();
            Optional<Candidate> whole = Optional.ofNullable(listed.get(Writing.of(name)))
                    .filter(found -> found.hasParts(name.parts()))
                    .flatMap(found -> candidate(found, listed));
            if (whole.isEmpty() && trap != Trap.TIDIED_THOUGH_INCOMPLETE) {
                return List.of(); // an earlier one may be the only one that can be read
            }
            whole.ifPresent(found -> {
                needed.add(found.stored().writing());
                if (trap != Trap.BASE_TIDIED) {
                    found.layers().forEach(layer -> needed.add(layer.writing()));
                }
            });
        }
        long last = newest.map(Operation.Checkpoint::asOf).orElse(0L);
        listed.values().stream()
                .filter(one -> one.writing().asOf() > last)
                .flatMap(one -> one.head().stream())
                .flatMap(head -> head.base().stream())
                .forEach(name -> needed.add(Writing.of(name)));
        return listed.keySet().stream()
                .filter(writing -> writing.asOf() <= last && !needed.contains(writing))
                .toList();
    }

    /** Whether {@code name} can be read. */
    boolean isUsable(CheckpointName name) {
        return Optional.ofNullable(list().get(Writing.of(name)))
                .filter(found -> found.hasParts(name.parts()))
                .flatMap(found -> candidate(found, list()))
                .isPresent();
    }

    boolean restsOn(CheckpointName name, Writing base) {
        return Optional.ofNullable(list().get(Writing.of(name))).flatMap(Stored::head).stream()
                .flatMap(head -> head.base().stream())
                .anyMatch(layer -> Writing.of(layer).equals(base));
    }

    /** One of the parts is not there any more. */
    void lose(Writing writing, Chance chance) {
        TreeMap<Integer, byte[]> parts = all.get(writing);
        if (parts != null) {
            parts.remove(chance.pick(List.copyOf(parts.keySet())));
            if (parts.isEmpty()) {
                all.remove(writing);
            }
        }
    }

    void remove(Writing writing) {
        all.remove(writing);
    }
}
