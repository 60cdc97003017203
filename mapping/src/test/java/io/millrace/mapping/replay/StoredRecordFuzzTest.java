package io.millrace.mapping.replay;

import static io.millrace.mapping.Samples.record;
import static java.nio.charset.StandardCharsets.UTF_8;
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
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
                        "TopicTaken");
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
        private static final List<String> TYPES = List.of("text/plain", "application/json", "image/png");
        private static final List<String> VALUES = List.of("[1,2]", "{\"n\":1}", "[]", " x\r\ny", "7", "\u00e9");

        /** Seeds that follow each other begin with the same draws; odd, so that all stay different. */
        private static final long SCATTER = 0x9E37_79B9_7F4A_7C15L;

        private final Random random;
        private final RecordMutator mutator;
        private final TopicKind kind;
        private final Reading one = new Reading();
        private final Reading again = new Reading();
        private final PartitionReplay replay;
        private final Map<StreamPath, Incarnation> lives = new HashMap<>();
        private final List<LogRecord> replayed = new ArrayList<>();
        private long counter;
        private long millis = 1_000;

        Partition(long seed) {
            this.random = new Random(seed * SCATTER);
            this.mutator = new RecordMutator(random);
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
                    if (one.outcomes.getLast() instanceof Outcome.Created) {
                        lives.put(sent.path(), Incarnation.of(sent.id().text()));
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
            read();
        }

        /** Whoever reads a stream gets a plan, whatever has become of it. */
        private void read() {
            for (StreamPath path : PATHS) {
                ReadPlan plan = ReadPlan.of(replay.stream(path), new RequestedOffset.Beginning(), CHUNK_BYTES, millis);
                if (plan instanceof ReadPlan.Range range) {
                    assertThat(range.to()).isGreaterThan(range.from());
                    assertThat(ReadPlan.token(range.stream(), range.end()).text())
                            .isNotEmpty();
                }
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
            StreamPath path = pick(PATHS);
            String gateway = random.nextInt(3) == 0 ? "h" : "g";
            counter += random.nextInt(30) == 0 ? -1 : 1;
            OperationId id = new OperationId(gateway, Math.max(1, counter));
            Operation operation = operation(path);
            return new Sent(
                    operation instanceof Operation.Setup ? RecordCodec.SETUP_PATH : path, id, millis, operation);
        }

        private Operation operation(StreamPath path) {
            Incarnation life = random.nextInt(12) == 0
                    ? Incarnation.of("g.999")
                    : lives.getOrDefault(path, Incarnation.of("g.999"));
            return switch (random.nextInt(lives.containsKey(path) ? 16 : 4)) {
                case 0, 1, 2 -> new Operation.Create(configuration(), payload(true), random.nextInt(8) == 0);
                case 3 -> new Operation.Setup(random.nextInt(1, 3), "/v1/stream");
                case 4 -> new Operation.Close(life, producer());
                case 5 -> new Operation.Delete(life);
                case 6 -> new Operation.Expire(life);
                case 7 -> new Operation.Touch(life);
                default ->
                    new Operation.Append(
                            life,
                            payload(false),
                            producer(),
                            random.nextInt(4) == 0 ? Optional.of("s" + random.nextInt(9)) : Optional.empty(),
                            random.nextInt(30) == 0);
            };
        }

        private StreamConfiguration configuration() {
            Expiry expiry =
                    switch (random.nextInt(4)) {
                        case 0 -> new Expiry.Sliding(Duration.ofSeconds(random.nextInt(100)));
                        case 1 -> new Expiry.Absolute(Instant.ofEpochMilli(millis + random.nextInt(100_000)));
                        default -> new Expiry.Never();
                    };
            return new StreamConfiguration(new MediaType(pick(TYPES)), expiry);
        }

        private Payload payload(boolean mayBeEmpty) {
            if (mayBeEmpty && random.nextBoolean()) {
                return Payload.NONE;
            }
            byte[] value = pick(VALUES).getBytes(UTF_8);
            return value[0] == '[' && value.length > 2 && random.nextBoolean()
                    ? new Payload(value, 2)
                    : Payload.of(value);
        }

        private Optional<ProducerStamp> producer() {
            return random.nextBoolean()
                    ? Optional.empty()
                    : Optional.of(new ProducerStamp("p" + random.nextInt(2), random.nextInt(2), random.nextInt(3)));
        }

        private <T> T pick(List<T> values) {
            return values.get(random.nextInt(values.size()));
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
