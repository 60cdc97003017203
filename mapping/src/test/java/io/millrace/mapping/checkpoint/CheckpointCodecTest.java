package io.millrace.mapping.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.Samples;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.RandomPartition;
import io.millrace.mapping.replay.Snapshot;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamPath;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

class CheckpointCodecTest {

    // ---- there and back

    @Test
    void wholeCheckpointTellsAll() {
        for (int seed = 1; seed <= 200; seed++) {
            PartitionReplay replay =
                    new RandomPartition(seed, 1 + seed % 9).grow(seed * 2).replay();
            List<byte[]> parts = CheckpointCodec.encode(replay.snapshot(0), seed, List.of());

            assertThat(hash(List.of(parts))).as("seed %d", seed).isEqualTo(hash(replay));
            assertThat(CheckpointCodec.head(parts.getFirst()))
                    .isEqualTo(new CheckpointCodec.Head(0, replay.position(), seed, List.of()));
        }
    }

    @Test
    void layersTellAll() {
        for (int seed = 1; seed <= 100; seed++) {
            RandomPartition partition = new RandomPartition(seed, 1 + seed % 9);
            Layers layers = new Layers(partition);
            for (int i = 0; i < 2 + seed % 11; i++) {
                partition.grow(1 + new Random(31L * seed + i).nextInt(60));
                layers.add();
                assertThat(hash(layers.parts)).as("seed %d, layer %d", seed, i).isEqualTo(layers.hash);
                partition.accept(layers.names.getLast());
            }
        }
    }

    /** Checkpoints that rest on each other. */
    private static final class Layers {
        private final RandomPartition partition;
        private final List<CheckpointName> names = new ArrayList<>();
        private final List<List<byte[]>> parts = new ArrayList<>();
        private String hash = "";

        Layers(RandomPartition partition) {
            this.partition = partition;
        }

        /** One more, of what has come since the last. */
        void add() {
            long since = names.isEmpty() ? 0 : names.getLast().asOf();
            List<byte[]> own = CheckpointCodec.encode(partition.replay().snapshot(since), 3, names);
            hash = hash(partition.replay());
            assertThat(CheckpointCodec.head(own.getFirst()).base()).isEqualTo(names);
            names.add(partition.name(own));
            parts.add(own);
        }
    }

    private static Layers threeLayers() {
        RandomPartition partition = new RandomPartition(5, 6);
        Layers layers = new Layers(partition);
        for (int i = 0; i < 3; i++) {
            partition.grow(40);
            layers.add();
            partition.accept(layers.names.getLast());
        }
        return layers;
    }

    @Test
    void partsAreCutAnywhere() {
        PartitionReplay replay = new RandomPartition(3, 9).grow(300).replay();
        byte[] whole = CheckpointCodec.encode(replay.snapshot(0), 0, List.of()).getFirst();
        for (int at = 1; at < whole.length; at++) {
            List<byte[]> cut =
                    List.of(Arrays.copyOf(whole, at), new byte[0], Arrays.copyOfRange(whole, at, whole.length));
            assertThat(hash(List.of(cut))).isEqualTo(hash(replay));
        }
    }

    @Test
    void largeCheckpointHasFullPartsAndARest() {
        OffsetIndex index = new OffsetIndex();
        for (int i = 0; i < 300_000; i++) {
            index.add(i * 300L, 70_000);
        }
        Snapshot.Stream stream = sample().streams().getFirst();
        Snapshot large = new Snapshot(
                0, sample().facts(), List.of(new Snapshot.Stream(stream.path(), stream.state(), index, 0)), List.of());
        List<byte[]> parts = CheckpointCodec.encode(large, 0, List.of());

        assertThat(parts).hasSizeGreaterThan(3);
        assertThat(parts.subList(0, parts.size() - 1)).allMatch(part -> part.length == CheckpointCodec.PART_BYTES);
        assertThat(hash(List.of(parts))).isEqualTo(CheckpointCodec.stateHash(large));
        List<byte[]> holed = new ArrayList<>(parts);
        holed.remove(1);
        assertThatThrownBy(() -> CheckpointCodec.decode(List.of(holed))).isInstanceOf(UnusableCheckpoint.class);
    }

    @Test
    void whatIsNotAllMustRestOnSomething() {
        RandomPartition partition = new RandomPartition(5, 3).grow(40);
        Snapshot whole = partition.replay().snapshot(0);
        CheckpointName name = partition.name(CheckpointCodec.encode(whole, 0, List.of()));
        partition.accept(name);
        Snapshot changed = partition.replay().snapshot(name.asOf());

        assertThatThrownBy(() -> CheckpointCodec.encode(changed, 0, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CheckpointCodec.encode(whole, 0, List.of(name)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- what is stored

    /** Setup; an open stream with a producer and a Stream-Seq; a closed one that expires; a fork; a soft-deleted source. */
    private static PartitionReplay stored() {
        ForkOrigin.Reference reference = new ForkOrigin.Reference(Incarnation.of("g.6"), "g.7", 1_060);
        ForkOrigin origin = new ForkOrigin(
                StreamPath.of("source"),
                Optional.of(reference),
                6,
                77,
                2,
                new ForkOrigin.Requested(Optional.of(new OffsetToken(6, 77).text()), 2),
                true);
        List<Sent> sent = List.of(
                on("__ds/setup", "g.1", 1_000, new Operation.Setup(4, "/v1/stream")),
                on("open", "g.2", 1_010, Samples.creation()),
                on(
                        "open",
                        "g.3",
                        1_020,
                        new Operation.Append(
                                Incarnation.of("g.2"),
                                Samples.payload("one"),
                                Samples.stamp(2, 0),
                                Optional.of("s\u00e9q"),
                                false)),
                on("closed", "g.4", 1_030, new Operation.Create(Samples.sliding(300), Samples.payload("all"), false)),
                on("closed", "g.5", 1_040, Samples.close("g.4", Samples.stamp(0, 0))),
                on("source", "g.6", 1_050, new Operation.Create(Samples.PLAIN, Samples.payload("inherited"), false)),
                on("source", "g.7", 1_060, new Operation.ForkRef(Incarnation.of("g.6"), StreamPath.of("fork"))),
                on(
                        "fork",
                        "h.1",
                        1_070,
                        new Operation.Create(
                                Samples.until(99_000).with(origin), Samples.payload("in its own words"), false)),
                on("source", "h.2", 1_080, Samples.delete("g.6")),
                on("fork", "h.3", 1_090, new Operation.ForkCancel("x.9", 1_000)),
                on("__ds/checkpoint", "h.4", 1_100, checkpoint(3)),
                on("__ds/checkpoint", "h.5", 1_110, checkpoint(9)),
                on("__ds/thin-to", "h.6", 1_120, new Operation.ThinTo(3)));
        PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
        for (int i = 0; i < sent.size(); i++) {
            replay.replay(Samples.record(i, sent.get(i)), new Samples.Heard());
        }
        assertThat(replay.streams()).isEqualTo(4);
        assertThat(replay.thinnedBelow()).isEqualTo(3);
        return replay;
    }

    private static Operation.Checkpoint checkpoint(long asOf) {
        return new Operation.Checkpoint(new CheckpointName(asOf, "g.9", 1, "a".repeat(64)), 1_090, 5, 1);
    }

    private static Sent on(String path, String id, long millis, Operation operation) {
        return new Sent(StreamPath.of(path), Samples.id(id), millis, operation);
    }

    private static Snapshot sample() {
        Snapshot snapshot = stored().snapshot(0);
        List<Snapshot.Stream> sorted = new ArrayList<>(snapshot.streams());
        sorted.sort((one, other) -> one.path().text().compareTo(other.path().text()));
        return new Snapshot(0, snapshot.facts(), sorted, List.of());
    }

    /** Stored: never change. */
    private static final String FORMAT_1 = "01" // the format
            + "000d0500e00801040a2f76312f73747265616d0002016707a408016806e0080103782e39e807010903672e3901406161"
            + "616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161"
            + "6161616161616161616161616161c2080501010303672e39014061616161616161616161616161616161616161616161"
            + "616161616161616161616161616161616161616161616161616161616161616161616161616161616161c20805010309"
            + "01000406636c6f7365640103672e340a746578742f706c61696e01ac020003000400900801017000000001030304666f"
            + "726b0003682e310a746578742f706c61696e0214313937302d30312d30315430303a30313a33395a0106736f75726365"
            + "0103672e3603672e37a408064d020121303030303030303030303030303030365f303030303030303030303030303037"
            + "37020106010700ae08000000010710046f70656e0003672e320a746578742f706c61696e000001000300fc07010473c3"
            + "a97101017002000001020306736f757263650203672e360a746578742f706c61696e00000500060103672e3704666f72"
            + "6ba40800010509";

    @Test
    void formatOneIsWrittenAsEver() {
        assertThat(HexFormat.of()
                        .formatHex(
                                CheckpointCodec.encode(sample(), 5, List.of()).getFirst()))
                .isEqualTo(FORMAT_1);
    }

    @Test
    void formatOneIsReadAsEver() {
        List<byte[]> parts = List.of(HexFormat.of().parseHex(FORMAT_1));

        assertThat(hash(List.of(parts))).isEqualTo(CheckpointCodec.stateHash(sample()));
        Snapshot read = CheckpointCodec.decode(List.of(parts));
        assertThat(read.facts()).isEqualTo(sample().facts());
        assertThat(read.streams().stream().map(Snapshot.Stream::state))
                .containsExactlyInAnyOrderElementsOf(
                        sample().streams().stream().map(Snapshot.Stream::state).toList());
    }

    /** A layer has the names that it rests on, and what has ended. */
    private static final String FORMAT_1_LAYER =
            "01090d05010903672e390140616161616161616161616161616161616161616161616161616161616161616161616161"
                    + "61616161616161616161616161616161616161616161616161616161e00801040a2f76312f73747265616d0002016707"
                    + "a408016806e0080103782e39e807010903672e3901406161616161616161616161616161616161616161616161616161"
                    + "6161616161616161616161616161616161616161616161616161616161616161616161616161c2080501010303672e39"
                    + "014061616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161"
                    + "616161616161616161616161616161616161c20805010309010104676f6e650106636c6f7365640103672e340a746578"
                    + "742f706c61696e01ac020003000400900801017000000100";

    private static List<byte[]> layer() {
        Snapshot snapshot = sample();
        Snapshot changed = new Snapshot(
                9,
                snapshot.facts(),
                snapshot.streams().stream()
                        .map(stream -> new Snapshot.Stream(
                                stream.path(),
                                stream.state(),
                                stream.index(),
                                stream.index().count()))
                        .limit(1)
                        .toList(),
                List.of(StreamPath.of("gone")));
        return CheckpointCodec.encode(changed, 5, List.of(checkpoint(9).name()));
    }

    @Test
    void layersAreWrittenAsEver() {
        assertThat(HexFormat.of().formatHex(layer().getFirst())).isEqualTo(FORMAT_1_LAYER);
    }

    // ---- what cannot be read

    @Test
    void everyTruncationIsNoticed() {
        byte[] whole = CheckpointCodec.encode(sample(), 5, List.of()).getFirst();
        for (int length = 0; length < whole.length; length++) {
            List<byte[]> cut = List.of(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> CheckpointCodec.decode(List.of(cut)))
                    .as("length %d", length)
                    .isInstanceOf(UnusableCheckpoint.class);
        }
        List<byte[]> longer = List.of(Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> CheckpointCodec.decode(List.of(longer))).isInstanceOf(UnusableCheckpoint.class);
        assertThatThrownBy(() -> CheckpointCodec.decode(List.of(List.of()))).isInstanceOf(UnusableCheckpoint.class);
        assertThatThrownBy(() -> CheckpointCodec.decode(List.of())).isInstanceOf(UnusableCheckpoint.class);
    }

    /**
     * What was damaged is another checkpoint, by its checksum, or none: nothing else comes of it, and least of all is it
     * confirmed.
     */
    @Test
    void everyFlippedBitIsNoticed() {
        RandomPartition partition = new RandomPartition(5, 4).grow(40);
        List<byte[]> parts = CheckpointCodec.encode(partition.replay().snapshot(0), 3, List.of());
        CheckpointName name = partition.name(parts);
        partition.grow(3).accept(name);
        partition.grow(15);
        int read = 0;
        for (int bit = 0; bit < 8 * parts.getFirst().length; bit++) {
            byte[] damaged = parts.getFirst().clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            if (begins(partition.log(), name.asOf(), List.of(damaged))) {
                read++;
            }
        }
        assertThat(read).as("damaged checkpoints that could be read").isPositive();
    }

    @Test
    void rubbishIsNoticed() {
        RandomPartition partition = new RandomPartition(6, 6).grow(60);
        List<byte[]> parts = CheckpointCodec.encode(partition.replay().snapshot(0), 3, List.of());
        CheckpointName name = partition.name(parts);
        partition.grow(3).accept(name);
        partition.grow(20);
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = parts.getFirst().clone();
            for (int j = random.nextInt(6); j >= 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            int from = random.nextInt(damaged.length);
            if (random.nextInt(3) == 0) { // a piece is gone
                damaged = join(
                        Arrays.copyOf(damaged, from),
                        Arrays.copyOfRange(damaged, from + random.nextInt(damaged.length - from), damaged.length));
            }
            if (!Arrays.equals(damaged, parts.getFirst())) {
                begins(partition.log(), name.asOf(), List.of(damaged));
            }
        }
    }

    /** As a load does it: whether it could be read at all. It is never confirmed. */
    private static boolean begins(List<LogRecord> log, long asOf, List<byte[]> parts) {
        Snapshot snapshot;
        try {
            snapshot = CheckpointCodec.decode(List.of(parts));
        } catch (UnusableCheckpoint e) {
            return false;
        }
        if (snapshot.asOf() != asOf) {
            return false;
        }
        PartitionReplay replay = new PartitionReplay(
                TopicKind.SHARED,
                new CheckpointName(asOf, "w." + (asOf + 1), 1, CheckpointCodec.checksum(parts)),
                snapshot);
        try {
            log.stream()
                    .filter(record -> record.offset() >= asOf)
                    .forEach(record -> replay.replay(record, new Samples.Heard()));
        } catch (PartitionReplay.BeyondThisBuild e) {
            throw new AssertionError("what was damaged takes the partition out of service", e);
        } catch (RuntimeException e) {
            return true; // the copy is dropped
        }
        assertThat(replay.isConfirmed()).isFalse();
        return true;
    }

    @Test
    void unknownFormatIsLeftAlone() {
        byte[] whole = CheckpointCodec.encode(sample(), 5, List.of()).getFirst();
        assertThat(whole[0]).isEqualTo((byte) 1);
        for (int format : List.of(0, 2, 127)) {
            byte[] other = whole.clone();
            other[0] = (byte) format;
            assertThatThrownBy(() -> CheckpointCodec.head(other))
                    .isInstanceOf(UnusableCheckpoint.class)
                    .hasMessageContaining("format " + format);
            assertThatThrownBy(() -> CheckpointCodec.decode(List.of(List.of(other))))
                    .isInstanceOf(UnusableCheckpoint.class);
        }
    }

    /** Where a number says how much follows, and next to nothing does: nothing is set aside for it. */
    @Test
    void hugeCountsTakeNoMemory() {
        byte[] whole = CheckpointCodec.encode(sample(), 5, List.of()).getFirst();
        byte[] huge = {-1, -1, -1, -1, 7};
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = join(Arrays.copyOf(whole, at), huge, new byte[] {1, 2, 3});
            assertThatThrownBy(() -> CheckpointCodec.decode(List.of(List.of(damaged))))
                    .as("at %d", at)
                    .isInstanceOf(UnusableCheckpoint.class);
            assertThatThrownBy(() -> CheckpointCodec.head(Arrays.copyOf(damaged, Math.min(damaged.length, 4))))
                    .isInstanceOf(UnusableCheckpoint.class);
        }
        byte[] endless = new byte[64];
        Arrays.fill(endless, (byte) -1);
        assertThatThrownBy(() -> CheckpointCodec.head(endless)).isInstanceOf(UnusableCheckpoint.class);
    }

    @Test
    void layersThatDoNotFitAreNoticed() {
        List<List<byte[]>> right = threeLayers().parts;
        List<List<byte[]>> turned = new ArrayList<>(right);
        Collections.reverse(turned);
        for (List<List<byte[]>> wrong : List.of(
                turned,
                right.subList(1, 3),
                List.of(right.get(0), right.get(2)),
                List.of(right.get(0), right.get(1), right.get(1)),
                List.of(right.get(0), right.get(0)))) {
            assertThatThrownBy(() -> CheckpointCodec.decode(wrong)).isInstanceOf(UnusableCheckpoint.class);
        }
    }

    private static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    // ---- the state hash

    @Test
    void hashDoesNotDependOnTheOrderOfStreams() {
        Snapshot snapshot = sample();
        List<Snapshot.Stream> turned = new ArrayList<>(snapshot.streams());
        Collections.reverse(turned);
        assertThat(CheckpointCodec.stateHash(new Snapshot(0, snapshot.facts(), turned, List.of())))
                .isEqualTo(CheckpointCodec.stateHash(snapshot));
    }

    /** Every component of every record that a snapshot is made of, each for itself made different. */
    @Test
    void hashDependsOnEverything() throws ReflectiveOperationException {
        Snapshot snapshot = sample();
        String hash = CheckpointCodec.stateHash(snapshot);
        List<Variant> all = new ArrayList<>();
        for (Variant facts : variants(snapshot.facts())) {
            all.add(new Variant(
                    "facts" + facts.what(),
                    new Snapshot(0, (Snapshot.Facts) facts.value(), snapshot.streams(), List.of())));
        }
        for (int i = 0; i < snapshot.streams().size(); i++) {
            for (Variant stream : variants(snapshot.streams().get(i))) {
                List<Snapshot.Stream> streams = new ArrayList<>(snapshot.streams());
                streams.set(i, (Snapshot.Stream) stream.value());
                all.add(new Variant(
                        "stream " + i + stream.what(), new Snapshot(0, snapshot.facts(), streams, List.of())));
            }
        }
        assertThat(all).hasSizeGreaterThan(100);
        Map<String, String> seen = new HashMap<>(Map.of(hash, "what it was"));
        for (Variant variant : all) {
            String same = seen.putIfAbsent(CheckpointCodec.stateHash((Snapshot) variant.value()), variant.what());
            assertThat(same).as(variant.what()).isNull();
        }
    }

    @Test
    void hashDependsOnTheOwnerAndTheOrderOfCounters() {
        Snapshot.Facts facts = sample().facts();
        List<Snapshot.Counter> turned = new ArrayList<>(facts.counters());
        Collections.reverse(turned);
        assertThat(List.of(
                        facts,
                        with(facts, Optional.of(StreamPath.of("owner")), facts.counters()),
                        with(facts, Optional.empty(), turned)))
                .extracting(known -> CheckpointCodec.stateHash(new Snapshot(0, known, sample().streams(), List.of())))
                .doesNotHaveDuplicates();
    }

    private static Snapshot.Facts with(
            Snapshot.Facts facts, Optional<StreamPath> owner, List<Snapshot.Counter> counters) {
        return new Snapshot.Facts(
                facts.asOf(),
                facts.logTimeMillis(),
                facts.setup(),
                owner,
                counters,
                facts.cancelled(),
                facts.newest(),
                facts.older(),
                facts.thinnedBelow(),
                facts.dead(),
                facts.thinned());
    }

    /** The same with one thing different. */
    private record Variant(String what, Object value) {}

    /** What follows from something else, or is not part of what a replica has come to. */
    private static final Set<String> NO_STATE = Set.of("Stream.from", "Incarnation.tag");

    private static List<Variant> variants(Object value) throws ReflectiveOperationException {
        return switch (value) {
            case Long number -> List.of(new Variant("", number + 1));
            case Integer number -> List.of(new Variant("", number + 1));
            case Boolean flag -> List.of(new Variant("", !flag));
            case String text -> List.of(new Variant("", text + "x"));
            case Instant at -> List.of(new Variant("", at.plusMillis(1)));
            case Duration length -> List.of(new Variant("", length.plusSeconds(1)));
            case Optional<?> optional -> optional.isEmpty() ? List.of() : ofOptional(optional.get());
            case List<?> list -> ofList(list);
            case Map<?, ?> map -> ofMap(map);
            case OffsetIndex index -> ofIndex(index);
            case Record whole -> ofRecord(whole);
            default -> throw new AssertionError("what is different about " + value.getClass());
        };
    }

    private static List<Variant> ofOptional(Object there) throws ReflectiveOperationException {
        List<Variant> all = new ArrayList<>();
        all.add(new Variant(" none", Optional.empty()));
        for (Variant variant : variants(there)) {
            all.add(new Variant(variant.what(), Optional.of(variant.value())));
        }
        return all;
    }

    private static List<Variant> ofList(List<?> list) throws ReflectiveOperationException {
        List<Variant> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            List<Object> shorter = new ArrayList<>(list);
            shorter.remove(i);
            all.add(new Variant(" without " + i, shorter));
            for (Variant variant : variants(list.get(i))) {
                List<Object> other = new ArrayList<>(list);
                other.set(i, variant.value());
                all.add(new Variant("[" + i + "]" + variant.what(), other));
            }
        }
        return all;
    }

    private static List<Variant> ofMap(Map<?, ?> map) throws ReflectiveOperationException {
        List<Variant> all = new ArrayList<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            PMap<Object, Object> rest = HashTreePMap.<Object, Object>from(map).minus(entry.getKey());
            all.add(new Variant(" without " + entry.getKey(), rest));
            all.add(new Variant("." + entry.getKey() + "x", rest.plus(entry.getKey() + "x", entry.getValue())));
            for (Variant variant : variants(entry.getValue())) {
                all.add(new Variant("." + entry.getKey() + variant.what(), rest.plus(entry.getKey(), variant.value())));
            }
        }
        return all;
    }

    private static List<Variant> ofIndex(OffsetIndex index) {
        OffsetIndex longer = new OffsetIndex();
        OffsetIndex larger = new OffsetIndex();
        OffsetIndex later = new OffsetIndex();
        index.forEach(0, (offset, size) -> {
            longer.add(offset, size);
            larger.add(offset, size + 1);
            later.add(offset + 1, size);
        });
        longer.add(1_000, 1);
        List<Variant> all = new ArrayList<>(List.of(new Variant(" longer", longer)));
        if (index.count() > 0) {
            all.add(new Variant(" larger", larger));
            all.add(new Variant(" later", later));
        }
        return all;
    }

    private static List<Variant> ofRecord(Record whole) throws ReflectiveOperationException {
        RecordComponent[] components = whole.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].getAccessor().invoke(whole);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        List<Variant> all = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (NO_STATE.contains(whole.getClass().getSimpleName() + "." + components[i].getName())) {
                continue;
            }
            for (Variant variant : variants(values[i])) {
                Object[] other = values.clone();
                other[i] = variant.value();
                all.add(new Variant(
                        "." + components[i].getName() + variant.what(),
                        whole.getClass().getDeclaredConstructor(types).newInstance(other)));
            }
        }
        return all;
    }

    private static String hash(List<List<byte[]>> layers) {
        return CheckpointCodec.stateHash(CheckpointCodec.decode(layers));
    }

    private static String hash(PartitionReplay replay) {
        return CheckpointCodec.stateHash(replay.snapshot(0));
    }
}
