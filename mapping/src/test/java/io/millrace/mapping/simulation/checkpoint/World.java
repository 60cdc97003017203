package io.millrace.mapping.simulation.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.RandomOperations;
import io.millrace.mapping.simulation.Chance;
import io.millrace.mapping.simulation.Trace;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.simulation.Worlds;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Retained;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Everything that a seed makes: the log, the checkpoints, the gateways and what befalls them. */
final class World implements Worlds.Seeded {

    /** How keys of records begin that are not ours. */
    static final String FOREIGN = "foreign ";

    /** What clocks show when the world begins, epoch milliseconds. */
    private static final long EPOCH = 1_700_000_000_000L;

    private static final int STEPS = 350;

    final Chance chance;
    final Trap trap;
    final Log log = new Log();
    final Truth truth = new Truth();
    final Shelf shelf;

    /** What a checkpoint rests on at most. */
    final int mostLayers;

    private final long seed;
    private final Trace trace = new Trace();
    private final RandomOperations operations;
    private final List<Gateway> gateways;
    private final List<Sender> senders = new ArrayList<>();
    private final List<Accepted> accepted = new ArrayList<>();
    private int lives;
    private long millis = EPOCH;
    private int step;

    /** A gateway that serves clients: all that is known of it is what it sends. */
    private static final class Sender {
        private final String name;
        private long counter;

        Sender(String name) {
            this.name = name;
        }
    }

    /** A checkpoint, and where its record is. */
    private record Accepted(Operation.Checkpoint checkpoint, long offset) {}

    World(long seed, Trap trap) {
        this.seed = seed;
        this.trap = trap;
        chance = new Chance(seed);
        shelf = new Shelf(trap);
        mostLayers = chance.between(1, 12);
        List<StreamPath> paths = IntStream.range(0, chance.between(2, 9))
                .mapToObj(i -> StreamPath.of("s/" + i))
                .toList();
        operations = new RandomOperations(new Random(chance.between(0, Integer.MAX_VALUE - 1)), paths);
        for (int i = 0; i < 3; i++) {
            senders.add(newSender());
        }
        gateways = IntStream.range(0, chance.between(2, 4))
                .mapToObj(i -> new Gateway(this, i))
                .toList();
    }

    /** Lives through all of it; throws where a promise is broken. */
    @Override
    public Map<String, Integer> run() {
        try {
            append(new Sent(
                    RecordCodec.SETUP_PATH,
                    new OperationId(newLife(), 1),
                    millis,
                    new Operation.Setup(2, "/v1/stream")));
            for (step = 0; step < STEPS; step++) {
                nature();
                gateways.forEach(Gateway::step);
            }
            truth.checkIsReadable(log);
            checkLoad();
            return trace.counts();
        } catch (RuntimeException e) {
            throw new Violation(
                    trace.lastLines() + "\n" + step + " " + e + "\nin the world of seed " + seed + " (trap " + trap
                            + "); again with -Dsimulation.seed=" + seed,
                    e);
        }
    }

    @Override
    public long hash() {
        return trace.hash();
    }

    void trace(String line) {
        trace.line(step, line);
    }

    void count(String what) {
        trace.count(what);
    }

    /** A gateway's name, or a sender's, for one life. */
    String newLife() {
        return "g" + ++lives;
    }

    // ---- what nobody asked for

    private void nature() {
        millis += chance.between(0, 500);
        if (chance.oneIn(120)) {
            long leap = chance.oneIn(2)
                    ? Duration.ofMinutes(61).toMillis()
                    : Duration.ofHours(25).toMillis();
            trace("leap of " + leap);
            count("leap of " + (leap > Duration.ofHours(2).toMillis() ? "a day" : "an hour"));
            millis += leap;
        }
        if (chance.oneIn(2)) {
            for (int i = chance.between(1, 4); i > 0; i--) {
                operation();
            }
        }
        if (chance.oneIn(60)) {
            log.appendControlRecord();
            truth.onNothing();
        }
        if (chance.oneIn(40)) {
            foreign();
        }
        if (chance.oneIn(15)) {
            int removed = log.clean(chance);
            if (removed > 0) {
                trace("the cleaner removes " + removed);
                count("cleaned");
            }
            truth.checkIsReadable(log);
        }
        if (chance.oneIn(250)) {
            truncate();
        }
        if (chance.oneIn(50)) {
            checkLoad();
        }
    }

    private void operation() {
        int number = chance.between(0, senders.size() - 1);
        if (chance.oneIn(60)) {
            senders.set(number, newSender());
        }
        Sender sender = senders.get(number);
        StreamPath path = operations.path();
        if (chance.oneIn(50) && sender.counter > 3) {
            count("late counter");
            sent(operations.sent(
                    path, new OperationId(sender.name, sender.counter - chance.between(0, 2)), sentMillis()));
            return;
        }
        sender.counter += chance.between(1, 3);
        OperationId id = new OperationId(sender.name, sender.counter);
        Sent sent = released(path, id).orElseGet(() -> operations.sent(path, id, sentMillis()));
        sent(sent);
        if (chance.oneIn(50)) {
            count("landed twice");
            sent(sent);
        }
    }

    /** A fork that inherits from the stream at {@code path} has ended, so that the stream can. */
    private Optional<Sent> released(StreamPath path, OperationId id) {
        return truth.replay().state(path) instanceof Retained source
                        && !source.references().isEmpty()
                        && chance.oneIn(4)
                ? Optional.of(new Sent(
                        path,
                        id,
                        sentMillis(),
                        new Operation.ForkUnref(
                                source.incarnation(),
                                chance.pick(source.references().keySet().stream()
                                        .sorted()
                                        .toList()))))
                : Optional.empty();
    }

    private void sent(Sent sent) {
        append(sent).ifPresent(outcome -> {
            count(outcome.getClass().getSimpleName());
            operations.onSettled(sent, outcome);
        });
    }

    private Sender newSender() {
        return new Sender(newLife());
    }

    private long sentMillis() {
        return millis + chance.between(-300, 300);
    }

    private void foreign() {
        count("foreign");
        byte[] key = (FOREIGN + chance.between(0, 5)).getBytes(UTF_8);
        byte[] value = chance.oneIn(4) ? null : new byte[] {'x'};
        onAppended(new LogRecord(log.end(), millis, key, List.of(), value));
    }

    /**
     * A replica takes the lead that had not got all of the records. If it had not got that of any checkpoint which is
     * kept, nobody can load a partition that was thinned: there is no promise to break then.
     */
    private void truncate() {
        long to = log.end() - chance.between(1, 40);
        if (to <= log.settledBelow() || to < 1 || (log.settledBelow() > 0 && !isKept(_ -> true, to))) {
            return;
        }
        trace("truncated to " + to);
        count("truncated");
        log.truncate(to);
        truth.truncate(to);
        accepted.removeIf(one -> one.offset() >= to);
        gateways.forEach(gateway -> gateway.onTruncated(to));
    }

    // ---- the log

    /** What {@code sent} comes to, now that it is in the log. */
    Optional<Outcome> append(Sent sent) {
        RecordCodec.Encoded encoded = RecordCodec.encode(sent);
        trace(log.end() + ": " + sent.operation().getClass().getSimpleName() + " "
                + sent.path().text() + " " + sent.id());
        return onAppended(new LogRecord(log.end(), millis, encoded.key(), encoded.headers(), encoded.value()));
    }

    /** The time of an operation that is sent now. */
    long millis() {
        return millis;
    }

    /** A tombstone for the record at {@code offset}. */
    void remove(LogRecord record) {
        trace(log.end() + ": tombstone for " + record.offset());
        count("tombstone");
        onAppended(new LogRecord(log.end(), millis, record.key(), List.of(), null));
    }

    private Optional<Outcome> onAppended(LogRecord record) {
        log.append(record);
        Optional<Outcome> outcome = truth.onAppend(record);
        outcome.ifPresent(came -> {
            if (came instanceof Outcome.Checkpointed(Operation.Checkpoint accepted)) {
                onAccepted(accepted);
            }
            if (came instanceof Outcome.Thinned thinned) {
                count("thin-to accepted");
                trace("thinned below " + thinned.below());
            }
        });
        return outcome;
    }

    // ---- promises

    /** What the log has accepted is what the records below it came to. */
    private void onAccepted(Operation.Checkpoint accepted) {
        count("checkpoint accepted");
        compare(accepted);
        this.accepted.add(new Accepted(accepted, log.end() - 1));
        if (chance.oneIn(8)) {
            lose(accepted);
        }
    }

    private void compare(Operation.Checkpoint accepted) {
        Optional<Shelf.Candidate> found = shelf.candidates().stream()
                .filter(candidate -> candidate.stored().writing().equals(Shelf.Writing.of(accepted.name())))
                .findFirst();
        if (found.isEmpty()) {
            count("checkpoint accepted that is not all there");
            return;
        }
        CheckpointName name = accepted.name();
        String why = "is not what was";
        try {
            Shelf.Restored restored = shelf.restore(found.get());
            if (restored.name().equals(name) && hash(restored).equals(truth.hash(name.asOf()))) {
                count(restored.layers() == 1 ? "whole checkpoint" : "checkpoint on layers");
                if (restored.layers() > 5) {
                    count("checkpoint on many layers");
                }
                return;
            }
        } catch (UnusableCheckpoint e) {
            why = e.getMessage();
        }
        throw new Violation("the checkpoint as of " + name.asOf() + ": " + why);
    }

    private static String hash(Shelf.Restored restored) {
        return CheckpointCodec.stateHash(restored.snapshot());
    }

    /**
     * A broken disk, or an operator: of the newest checkpoint not all is there any more. What may not be lost is all that
     * tells of what was thinned.
     */
    private void lose(Operation.Checkpoint newest) {
        boolean spare = isKept(
                other -> !other.equals(newest.name()) && !shelf.restsOn(other, Shelf.Writing.of(newest.name())),
                log.end());
        if (spare) {
            trace("lost: parts of the checkpoint as of " + newest.asOf());
            count("checkpoint lost");
            shelf.lose(Shelf.Writing.of(newest.name()), chance);
        }
    }

    /** Whether a load could begin with a checkpoint like that, if the log ended at {@code to}. */
    private boolean isKept(Predicate<CheckpointName> like, long to) {
        return accepted.stream()
                .filter(one -> one.offset() < to
                        && one.checkpoint().asOf() >= truth.replay().thinnedBelow())
                .map(one -> one.checkpoint().name())
                .anyMatch(name -> like.test(name) && shelf.isUsable(name));
    }

    /** Whoever does not doubt has come to the same as all others. */
    void check(String who, PartitionReplay replay) {
        if (!replay.isDoubtful()
                && (replay.isConfirmed() || trap == Trap.UNCONFIRMED_USED)
                && !CheckpointCodec.stateHash(replay.snapshot(0)).equals(truth.hash(replay.position()))) {
            throw new Violation(who + " differs at " + replay.position());
        }
    }

    /** Whoever is answered after a barrier is answered from what the log holds. */
    void checkAnswer(String who, PartitionReplay replay) {
        if (!CheckpointCodec.stateHash(replay.snapshot(0)).equals(truth.hash(replay.position()))) {
            throw new Violation(who + " answers from what is not so at " + replay.position());
        }
    }

    /** Whoever loads, in peace, can. */
    private void checkLoad() {
        Load load = new Load(this, "a load in peace");
        while (load.loaded().isEmpty()) {
            if (load.hasFailed()) {
                throw new Violation("the partition cannot be loaded");
            }
            load.step();
        }
        count("loaded in peace from " + (load.beganAt() == 0 ? "the beginning" : "a checkpoint"));
    }
}
