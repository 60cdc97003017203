package io.millrace.mapping.replay;

import static io.millrace.mapping.Samples.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mapping.Samples;
import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.ReadPlan;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplay.BeyondThisBuild;
import io.millrace.mapping.sse.SseEncoding;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Records that went wrong on their way into the log, byte by byte: each is valid, void, or puts its partition out of
 * service, and all replicas agree on which. {@code -Dfuzz.partitions=100000} fuzzes for longer, {@code -Dfuzz.seed=} repeats a
 * run.
 */
class StoredRecordFuzzTest {

    private static final int ENOUGH = 1_500;
    private static final int PARTITIONS = Integer.getInteger("fuzz.partitions", ENOUGH);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int RECORDS = 120;
    private static final int MOST_MUTATIONS = 3;
    private static final long CHUNK_BYTES = 100;
    private static final RequestedOffset BEGINNING = new RequestedOffset.Beginning();

    @Test
    void mutatedRecordsDoNoHarm() {
        System.out.printf("stored records fuzz: seed %d, %d partitions%n", SEED, PARTITIONS);
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            long seed = SEED + i;
            try {
                new Partition(seed).run(counts);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dfuzz.partitions=1 -Dfuzz.seed=" + seed, e);
            }
        }
        System.out.println("stored records fuzz: " + counts);
        if (PARTITIONS < ENOUGH) {
            return;
        }
        // a fuzz that makes nothing but rubbish, or nothing at all, finds nothing
        assertThat(counts.keySet())
                .contains(
                        "Beyond",
                        "Broken",
                        "Foreign",
                        "Ours",
                        "data of a native producer",
                        "Created",
                        "Existing",
                        "Appended",
                        "Duplicate",
                        "Fenced",
                        "SequenceGap",
                        "ClosedNow",
                        "AppendToClosed",
                        "Deleted",
                        "Expired",
                        "Touched",
                        "OtherIncarnation",
                        "NoSuchStream",
                        "StreamSeqRegression",
                        "CounterRegression",
                        "SetUp",
                        "SetUpBefore",
                        "TopicTaken",
                        "Created fork",
                        "Referenced",
                        "Unreferenced",
                        "ReferenceCancelled",
                        "ReferenceVoid",
                        "ForkStands",
                        "NoSuchReference",
                        "SoftDeleted",
                        "PathHeld",
                        "read of a source");
    }

    @Test
    void aSeedRepeatsItself() {
        Map<String, Integer> one = new TreeMap<>();
        Map<String, Integer> again = new TreeMap<>();
        new Partition(7).run(one);
        new Partition(7).run(again);
        assertThat(one).isEqualTo(again);
    }

    /** One partition, from its first record on. */
    private static final class Partition {
        private static final List<StreamPath> PATHS =
                List.of(Samples.PATH, Samples.OTHER_PATH, StreamPath.of("a|b/ö"), StreamPath.of("c"));

        /** Seeds that follow each other begin with the same draws; odd, so that all stay different. */
        private static final long SCATTER = 0x9E37_79B9_7F4A_7C15L;

        private final Random random;
        private final RecordMutator mutator;
        private final TopicKind kind;
        private final Reading one = new Reading();
        private final Reading again = new Reading();
        private final PartitionReplay replay;
        private final RandomOperations operations;
        private final List<LogRecord> replayed = new ArrayList<>();

        private long counter;
        private long millis = 1_000;

        Partition(long seed) {
            this.random = new Random(seed * SCATTER);
            this.mutator = new RecordMutator(random);
            this.operations = new RandomOperations(random, PATHS);
            this.kind = random.nextBoolean() ? TopicKind.SHARED : TopicKind.DEDICATED;
            this.replay = new PartitionReplay(kind, 0);
        }

        void run(Map<String, Integer> counts) {
            for (long offset = 0; offset < RECORDS; offset++) {
                millis += random.nextInt(random.nextInt(20) == 0 ? 100_000 : 100);
                LogRecord record = record(offset, next());
                for (int i = random.nextInt(MOST_MUTATIONS + 1); i > 0; i--) {
                    record = mutator.mutate(record);
                }
                replay(record, counts);
            }
            one.outcomes.forEach(outcome -> counts.merge(outcome.getClass().getSimpleName(), 1, Integer::sum));
            agree();
        }

        private void replay(LogRecord record, Map<String, Integer> counts) {
            Decoded decoded = RecordCodec.decode(record);
            counts.merge(decoded.getClass().getSimpleName(), 1, Integer::sum);
            Map<String, Object> before = replay.fingerprint();
            int settled = one.outcomes.size();
            int visible = one.records;
            try {
                replay.replay(record, one);
            } catch (BeyondThisBuild e) {
                boolean otherKind = kind == TopicKind.DEDICATED
                        && decoded instanceof Decoded.Ours(Sent sent)
                        && sent.operation() instanceof Operation.Setup;
                assertThat(decoded instanceof Decoded.Beyond || otherKind)
                        .as("%s: %s", decoded, e.getMessage())
                        .isTrue();
                assertThat(replay.fingerprint()).isEqualTo(before);
                assertThat(one.outcomes).hasSize(settled);
                return; // the partition is out of service; on another it goes on without that record
            }
            replayed.add(record);
            assertThat(replay.position()).isEqualTo(record.offset() + 1);
            switch (decoded) {
                case Decoded.Ours(Sent sent) -> {
                    assertThat(one.outcomes).hasSize(settled + 1);
                    assertThat(RecordCodec.decode(record(record.offset(), sent)))
                            .isEqualTo(decoded);
                    operations.onSettled(sent, one.outcomes.getLast());
                    if (one.outcomes.getLast() instanceof Outcome.Created
                            && sent.operation() instanceof Operation.Create create
                            && create.configuration().origin().isPresent()) {
                        counts.merge("Created fork", 1, Integer::sum);
                    }
                }
                case Decoded.Broken _ -> assertThat(replay.fingerprint()).isEqualTo(before);
                case Decoded.Foreign() -> {
                    if (kind == TopicKind.SHARED || one.records == visible) {
                        assertThat(replay.fingerprint()).isEqualTo(before);
                    } else {
                        counts.merge("data of a native producer", 1, Integer::sum);
                    }
                }
                case Decoded.Beyond beyond -> throw new AssertionError("replayed although " + beyond);
            }
            read(counts);
        }

        /** Whoever reads a stream gets a plan, whatever has become of it; so does whoever inherits from it. */
        private void read(Map<String, Integer> counts) {
            for (StreamPath path : PATHS) {
                Optional<ReplayedStream> stream = replay.stream(path);
                assertSound(ReadPlan.of(stream, BEGINNING, CHUNK_BYTES, millis));
                if (replay.state(path) instanceof Retained retained) {
                    long tail = retained.tail();
                    RequestedOffset at = new RequestedOffset.At(retained.token(tail));
                    assertSound(ReadPlan.of(stream, at, CHUNK_BYTES, millis));
                    long limit = retained.begin() + random.nextLong(tail - retained.begin() + 1);
                    ReadPlan inherited =
                            ReadPlan.ofSource(stream, retained.incarnation(), BEGINNING, limit, CHUNK_BYTES);
                    assertSound(inherited);
                    if (inherited instanceof ReadPlan.Range range) {
                        assertThat(range.end()).isLessThanOrEqualTo(limit);
                        counts.merge("read of a source", 1, Integer::sum);
                    }
                }
                assertThat(replay.softDeleted().contains(path))
                        .isEqualTo(replay.state(path) instanceof StreamState.SoftDeleted);
            }
        }

        private static void assertSound(ReadPlan plan) {
            if (plan instanceof ReadPlan.Range range) {
                assertThat(range.to()).isGreaterThan(range.from());
                assertThat(range.stream().token(range.end()).text()).isNotEmpty();
            }
        }

        /** Another gateway, which follows the log, comes to the same. */
        private void agree() {
            PartitionReplica other = new PartitionReplica(new PartitionReplay(kind, 0), again);
            replayed.forEach(other::onFetched);
            assertThat(other.replay().fingerprint()).isEqualTo(replay.fingerprint());
            assertThat(again.bytes).isEqualTo(one.bytes);
            assertThat(again.records).isEqualTo(one.records);
        }

        private Sent next() {
            StreamPath path = operations.path();
            String gateway = random.nextInt(3) == 0 ? "h" : "g";
            counter += random.nextInt(30) == 0 ? -1 : 1;
            OperationId id = new OperationId(gateway, Math.max(1, counter));
            return operations.sent(path, id, millis);
        }
    }

    /** Does with what is visible what a gateway does for its readers. */
    private static final class Reading implements ReplayListener {
        private final List<Outcome> outcomes = new ArrayList<>();
        private int records;
        private long bytes;

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            MediaType type = standing.configuration().contentType();
            byte[] event = SseEncoding.dataEvent(payload.value(), payload.count(), type);
            assertThat(SseEncoding.dataEventLength(payload.value(), payload.count(), type))
                    .isEqualTo(event.length);
            if (type.isJson()) {
                bytes += JsonMessages.fragment(payload.value(), payload.count()).length();
            }
            bytes += event.length;
            records++;
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {}

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            outcomes.add(outcome);
        }

        @Override
        public void onOddRecord(long offset, String what) {
            assertThat(what).isNotEmpty();
        }
    }
}
