package io.millrace.mapping.checkpoint;

import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.Snapshot;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.Life;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.ProducerState;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Snapshots to parts and back, checkpoint format 1 (docs/adr/0006). A checkpoint holds all of a partition, or what has
 * changed since others that it rests on. Stored: never change.
 */
public final class CheckpointCodec {

    private static final int FORMAT = 1;

    /** How large a part is at most, in bytes. */
    public static final int PART_BYTES = 256 * 1024;

    private static final int OPEN = 0;
    private static final int CLOSED = 1;
    private static final int SOFT_DELETED = 2;

    private static final int NEVER = 0;
    private static final int SLIDING = 1;
    private static final int ABSOLUTE = 2;

    /**
     * How a checkpoint begins.
     *
     * @param since       it holds what changed at this Kafka offset or later; 0 for all
     * @param asOf        and what that came to before this one
     * @param leaderEpoch Kafka's leader epoch of the record before {@code asOf}
     * @param base        what it rests on, the oldest first
     */
    public record Head(long since, long asOf, int leaderEpoch, List<CheckpointName> base) {
        public Head {
            base = List.copyOf(base);
        }
    }

    private CheckpointCodec() {}

    /** The parts that hold {@code snapshot}, which rests on {@code base}, the oldest first. */
    public static List<byte[]> encode(Snapshot snapshot, int leaderEpoch, List<CheckpointName> base) {
        if (base.isEmpty() != (snapshot.since() == 0)) {
            throw new IllegalArgumentException("what is not all rests on something");
        }
        PartBuffer out = new PartBuffer(PART_BYTES);
        out.number(FORMAT);
        out.number(snapshot.since());
        out.number(snapshot.asOf());
        out.number(leaderEpoch);
        out.number(base.size());
        base.forEach(name -> write(out, name));
        write(out, snapshot.facts());
        out.number(snapshot.ended().size());
        snapshot.ended().forEach(path -> out.text(path.text()));
        out.number(snapshot.streams().size());
        snapshot.streams().forEach(stream -> write(out, stream));
        return out.parts();
    }

    /** SHA-256 over {@code parts} in order, 64 hex digits. */
    public static String checksum(List<byte[]> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * What two replicas agree on if they agree on everything: SHA-256, 64 hex digits.
     *
     * @param snapshot of all streams
     */
    public static String stateHash(Snapshot snapshot) {
        List<Snapshot.Stream> sorted = new ArrayList<>(snapshot.streams());
        sorted.sort(Comparator.comparing(stream -> stream.path().text()));
        return checksum(encode(new Snapshot(0, snapshot.facts(), sorted, List.of()), 0, List.of()));
    }

    /**
     * How the checkpoint begins whose part 0 this is.
     *
     * @throws UnusableCheckpoint where it is none that this build can read
     */
    public static Head head(byte[] part) {
        return checked(() -> readHead(new PartReader(List.of(part))));
    }

    /**
     * All that a checkpoint holds.
     *
     * @param layers the parts of the checkpoints that it rests on, the oldest first, and then its own
     * @throws UnusableCheckpoint where they do not fit together
     */
    public static Snapshot decode(List<List<byte[]>> layers) {
        return checked(() -> {
            Map<StreamPath, Snapshot.Stream> streams = new HashMap<>();
            long since = 0;
            Optional<Snapshot.Facts> facts = Optional.empty();
            for (List<byte[]> parts : layers) {
                PartReader in = new PartReader(parts);
                Head head = readHead(in);
                if (head.since() != since) {
                    throw new UnusableCheckpoint("it holds what changed since " + head.since()
                            + ", and what was before " + since + " is there");
                }
                since = head.asOf();
                facts = Optional.of(readFacts(in, head.asOf()));
                int ended = in.count();
                for (int i = 0; i < ended; i++) {
                    streams.remove(StreamPath.of(in.text()));
                }
                int changed = in.count();
                for (int i = 0; i < changed; i++) {
                    Snapshot.Stream stream = readStream(in, streams);
                    streams.put(stream.path(), stream);
                }
                in.requireEnd();
            }
            return new Snapshot(
                    0,
                    facts.orElseThrow(() -> new UnusableCheckpoint("nothing is there")),
                    List.copyOf(streams.values()),
                    List.of());
        });
    }

    /** Something that reads. */
    private interface Reading<T> {
        T read();
    }

    private static <T> T checked(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new UnusableCheckpoint("it holds what cannot be: " + e.getMessage());
        }
    }

    private static Head readHead(PartReader in) {
        long format = in.number();
        if (format != FORMAT) {
            throw new UnusableCheckpoint("it has format " + format + " (this gateway knows " + FORMAT + ")");
        }
        long since = in.number();
        long asOf = in.number();
        int leaderEpoch = in.count();
        int count = in.count();
        List<CheckpointName> base = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            base.add(readName(in));
        }
        return new Head(since, asOf, leaderEpoch, base);
    }

    private static void write(PartBuffer out, CheckpointName name) {
        out.number(name.asOf());
        out.text(name.writer());
        out.number(name.parts());
        out.text(name.checksum());
    }

    private static CheckpointName readName(PartReader in) {
        return new CheckpointName(in.number(), in.text(), in.count(), in.text());
    }

    // ---- what concerns no stream

    private static void write(PartBuffer out, Snapshot.Facts facts) {
        out.number(facts.logTimeMillis());
        out.flag(facts.setup().isPresent());
        facts.setup().ifPresent(setup -> {
            out.number(setup.partitions());
            out.text(setup.prefix());
        });
        out.text(facts.owner().map(StreamPath::text));
        out.number(facts.counters().size());
        for (Snapshot.Counter counter : facts.counters()) {
            out.text(counter.gateway());
            out.number(counter.last());
            out.number(counter.logTimeMillis());
        }
        out.number(facts.cancelled().size());
        new TreeMap<>(facts.cancelled()).forEach((reference, timeMillis) -> {
            out.text(reference);
            out.number(timeMillis);
        });
        write(out, facts.newest());
        write(out, facts.older());
        out.number(facts.thinnedBelow());
        out.number(facts.dead());
        out.number(facts.thinned());
    }

    private static Snapshot.Facts readFacts(PartReader in, long asOf) {
        long logTimeMillis = in.number();
        Optional<Operation.Setup> setup =
                in.flag() ? Optional.of(new Operation.Setup(in.count(), in.text())) : Optional.empty();
        Optional<StreamPath> owner = in.optionalText().map(StreamPath::of);
        int counterCount = in.count();
        List<Snapshot.Counter> counters = new ArrayList<>();
        for (int i = 0; i < counterCount; i++) {
            counters.add(new Snapshot.Counter(in.text(), in.number(), in.number()));
        }
        int cancelledCount = in.count();
        Map<String, Long> cancelled = new HashMap<>();
        for (int i = 0; i < cancelledCount; i++) {
            cancelled.put(in.text(), in.number());
        }
        return new Snapshot.Facts(
                asOf,
                logTimeMillis,
                setup,
                owner,
                counters,
                cancelled,
                readCheckpoint(in),
                readCheckpoint(in),
                in.number(),
                in.number(),
                in.number());
    }

    private static void write(PartBuffer out, Optional<Operation.Checkpoint> accepted) {
        out.flag(accepted.isPresent());
        accepted.ifPresent(checkpoint -> {
            write(out, checkpoint.name());
            out.number(checkpoint.logTimeMillis());
            out.number(checkpoint.leaderEpoch());
            out.number(checkpoint.dead());
        });
    }

    private static Optional<Operation.Checkpoint> readCheckpoint(PartReader in) {
        return in.flag()
                ? Optional.of(new Operation.Checkpoint(readName(in), in.number(), in.count(), in.number()))
                : Optional.empty();
    }

    // ---- streams

    private static void write(PartBuffer out, Snapshot.Stream stream) {
        Retained state = stream.state();
        out.text(stream.path().text());
        out.octet(
                switch (state) {
                    case Open _ -> OPEN;
                    case Closed _ -> CLOSED;
                    case SoftDeleted _ -> SOFT_DELETED;
                });
        Life life = state.life();
        out.text(life.incarnation().id());
        write(out, life.configuration());
        out.number(life.begin());
        out.signed(life.shift());
        out.number(state.tail());
        out.number(state.references().size());
        new TreeMap<>(state.references()).forEach((id, reference) -> {
            out.text(id);
            out.text(reference.fork().text());
            out.number(reference.timeMillis());
        });
        switch (state) {
            case Open open -> {
                out.number(open.lastAccessMillis());
                out.text(open.lastStreamSeq());
                out.number(open.producers().size());
                new TreeMap<>(open.producers()).forEach((id, producer) -> {
                    out.text(id);
                    out.number(producer.epoch());
                    out.number(producer.lastSeq());
                });
            }
            case Closed closed -> {
                out.number(closed.lastAccessMillis());
                out.flag(closed.closedBy().isPresent());
                closed.closedBy().ifPresent(by -> {
                    out.text(by.id());
                    out.number(by.epoch());
                    out.number(by.seq());
                });
            }
            case SoftDeleted _ -> {}
        }
        write(out, stream.index(), stream.from());
    }

    private static Snapshot.Stream readStream(PartReader in, Map<StreamPath, Snapshot.Stream> before) {
        StreamPath path = StreamPath.of(in.text());
        int kind = in.octet();
        Incarnation incarnation = Incarnation.of(in.text());
        Life life = new Life(incarnation, readConfiguration(in), in.number(), in.signed());
        long tail = in.number();
        PMap<String, ForkReference> references = readReferences(in);
        Retained state =
                switch (kind) {
                    case OPEN -> {
                        long lastAccessMillis = in.number();
                        Optional<String> lastStreamSeq = in.optionalText();
                        yield new Open(life, tail, readProducers(in), lastStreamSeq, references, lastAccessMillis);
                    }
                    case CLOSED -> {
                        long lastAccessMillis = in.number();
                        Optional<ProducerStamp> by = in.flag()
                                ? Optional.of(new ProducerStamp(in.text(), in.number(), in.number()))
                                : Optional.empty();
                        yield new Closed(life, tail, by, references, lastAccessMillis);
                    }
                    case SOFT_DELETED -> new SoftDeleted(life, tail, references);
                    default -> throw new UnusableCheckpoint("a stream is in state " + kind);
                };
        return new Snapshot.Stream(path, state, readIndex(in, incarnation, Optional.ofNullable(before.get(path))), 0);
    }

    private static PMap<String, ForkReference> readReferences(PartReader in) {
        PMap<String, ForkReference> references = HashTreePMap.empty();
        int count = in.count();
        for (int i = 0; i < count; i++) {
            references = references.plus(in.text(), new ForkReference(StreamPath.of(in.text()), in.number()));
        }
        return references;
    }

    private static PMap<String, ProducerState> readProducers(PartReader in) {
        PMap<String, ProducerState> producers = HashTreePMap.empty();
        int count = in.count();
        for (int i = 0; i < count; i++) {
            producers = producers.plus(in.text(), new ProducerState(in.number(), in.number()));
        }
        return producers;
    }

    private static void write(PartBuffer out, OffsetIndex index, int from) {
        out.number(from);
        out.number((long) index.count() - from);
        long[] last = {0};
        index.forEach(from, (offset, size) -> {
            out.number(offset - last[0]);
            out.number(size);
            last[0] = offset;
        });
    }

    private static OffsetIndex readIndex(PartReader in, Incarnation incarnation, Optional<Snapshot.Stream> before) {
        int from = in.count();
        OffsetIndex index = new OffsetIndex();
        if (from > 0) {
            index = before.filter(known -> known.state().incarnation().equals(incarnation)
                            && known.index().count() == from)
                    .orElseThrow(() -> new UnusableCheckpoint("a stream goes on that is not there"))
                    .index();
        }
        int count = in.count();
        long last = 0;
        for (int i = 0; i < count; i++) {
            last += in.number();
            index.add(last, in.count());
        }
        return index;
    }

    private static void write(PartBuffer out, StreamConfiguration configuration) {
        out.text(configuration.contentType().text());
        switch (configuration.expiry()) {
            case Expiry.Never() -> out.octet(NEVER);
            case Expiry.Sliding(Duration window) -> {
                out.octet(SLIDING);
                out.number(window.toSeconds());
            }
            case Expiry.Absolute(Instant at) -> {
                out.octet(ABSOLUTE);
                out.text(at.toString());
            }
        }
        out.flag(configuration.origin().isPresent());
        configuration.origin().ifPresent(origin -> {
            out.text(origin.source().text());
            out.flag(origin.reference().isPresent());
            origin.reference().ifPresent(reference -> {
                out.text(reference.source().id());
                out.text(reference.id());
                out.number(reference.timeMillis());
            });
            out.number(origin.position());
            out.number(origin.tag());
            out.number(origin.partial());
            out.text(origin.requested().offset());
            out.number(origin.requested().subOffset());
            out.flag(origin.inheritsExpiry());
        });
    }

    private static StreamConfiguration readConfiguration(PartReader in) {
        MediaType type = new MediaType(in.text());
        int kind = in.octet();
        Expiry expiry =
                switch (kind) {
                    case NEVER -> new Expiry.Never();
                    case SLIDING -> new Expiry.Sliding(Duration.ofSeconds(in.number()));
                    case ABSOLUTE -> new Expiry.Absolute(Instant.parse(in.text()));
                    default -> throw new UnusableCheckpoint("an expiry is of kind " + kind);
                };
        return new StreamConfiguration(type, expiry, in.flag() ? Optional.of(readOrigin(in)) : Optional.empty());
    }

    private static ForkOrigin readOrigin(PartReader in) {
        StreamPath source = StreamPath.of(in.text());
        Optional<ForkOrigin.Reference> reference = in.flag()
                ? Optional.of(new ForkOrigin.Reference(Incarnation.of(in.text()), in.text(), in.number()))
                : Optional.empty();
        return new ForkOrigin(
                source,
                reference,
                in.number(),
                in.number(),
                in.number(),
                new ForkOrigin.Requested(in.optionalText(), in.number()),
                in.flag());
    }
}
