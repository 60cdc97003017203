package io.millrace.mapping.replay;

import static io.millrace.mapping.Samples.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FootprintTest {

    private static final int STREAMS = 20_000;
    private static final double MARGIN = 15;
    private static final long MILLIS = 1_700_000_000_000L;

    /** A partition as it is loaded: every record as Kafka would return it, so that no two share an object. */
    static final class Loading {
        private final PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
        private long counter;

        /** Returns the operation's id. */
        OperationId bring(StreamPath path, Operation operation) {
            OperationId id = new OperationId("k3x9q2m7w1abcdef", ++counter);
            RecordCodec.Encoded record = RecordCodec.encode(new Sent(path, id, MILLIS + counter, operation));
            replay.replay(
                    new LogRecord(replay.position(), MILLIS + counter, record.key(), record.headers(), record.value()),
                    new Silent());
            return id;
        }

        Incarnation create(StreamPath path, StreamConfiguration configuration) {
            return Incarnation.of(bring(path, new Operation.Create(configuration, Payload.NONE, false))
                    .text());
        }

        void append(StreamPath path, Incarnation life, Optional<ProducerStamp> producer) {
            bring(path, new Operation.Append(life, Payload.of(new byte[100]), producer, Optional.empty(), false));
        }
    }

    /** Keeps nothing of what it hears. */
    private static final class Silent implements ReplayListener {
        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {}

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {}

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            assertThat(outcome).isNotInstanceOf(Outcome.Refused.class);
        }

        @Override
        public void onOddRecord(long offset, String what) {
            throw new AssertionError(what);
        }
    }

    /** What happens to the stream of a number. */
    @FunctionalInterface
    interface Story {
        void tell(Loading partition, int number);
    }

    private static StreamPath path(int number) {
        return StreamPath.of("users/%06d/inbox".formatted(number));
    }

    private static StreamConfiguration configuration(Expiry expiry) {
        return new StreamConfiguration(new MediaType("application/json"), expiry);
    }

    private static final StreamConfiguration LASTING = configuration(new Expiry.Never());

    static Stream<Arguments> stories() {
        return Stream.of(
                argumentSet("empty", (Story) (partition, i) -> partition.create(path(i), LASTING)),
                argumentSet("one append", (Story)
                        (partition, i) -> partition.append(path(i), partition.create(path(i), LASTING), NOBODY)),
                argumentSet("a path of another script", (Story)
                        (partition, i) -> partition.create(StreamPath.of("\u0447\u0430\u0442\u044b/" + i), LASTING)),
                argumentSet("50 appends", (Story) (partition, i) -> {
                    if (i < STREAMS / 10) {
                        Incarnation life = partition.create(path(i), LASTING);
                        for (int n = 0; n < 50; n++) {
                            partition.append(path(i), life, NOBODY);
                        }
                    }
                }),
                argumentSet("sliding expiry", (Story) (partition, i) ->
                        partition.create(path(i), configuration(new Expiry.Sliding(Duration.ofSeconds(60))))),
                argumentSet("absolute expiry", (Story) (partition, i) -> partition.create(
                        path(i), configuration(new Expiry.Absolute(Instant.ofEpochSecond(2_000_000_000L + i))))),
                argumentSet("three producers", (Story) (partition, i) -> {
                    Incarnation life = partition.create(path(i), LASTING);
                    for (int n = 0; n < 3; n++) {
                        partition.append(
                                path(i), life, Optional.of(new ProducerStamp("producer-" + i + "-" + n, 0, 0)));
                    }
                }),
                argumentSet("closed by a producer", (Story) (partition, i) -> {
                    Incarnation life = partition.create(path(i), LASTING);
                    Optional<ProducerStamp> producer = Optional.of(new ProducerStamp("producer-" + i, 0, 0));
                    partition.bring(path(i), new Operation.Close(life, producer));
                }),
                argumentSet("inherited from, and ended", (Story) (partition, i) -> {
                    Incarnation life = partition.create(path(i), LASTING);
                    partition.bring(path(i), new Operation.ForkRef(life, StreamPath.of("forks/of/" + i)));
                    partition.bring(path(i), new Operation.Delete(life));
                }),
                argumentSet("fork", (Story) (partition, i) -> {
                    ForkOrigin.Reference reference = new ForkOrigin.Reference(
                            Incarnation.of("gateway." + (i + 1)), "gateway." + (i + 2), MILLIS);
                    partition.create(
                            path(i),
                            LASTING.with(new ForkOrigin(
                                    StreamPath.of("sources/of/" + i),
                                    Optional.of(reference),
                                    i,
                                    1,
                                    0,
                                    new ForkOrigin.Requested(Optional.empty(), 0),
                                    false)));
                }));
    }

    @ParameterizedTest
    @MethodSource("stories")
    void isAboutWhatTheHeapGrowsBy(Story story) {
        tell(story, 100); // whatever is loaded once
        long before = heap();
        PartitionReplay replay = tell(story, STREAMS);
        long grown = heap() - before;
        assertThat(replay.bytes()).isCloseTo(grown, withinPercentage(MARGIN));
    }

    private static PartitionReplay tell(Story story, int streams) {
        Loading partition = new Loading();
        for (int i = 0; i < streams; i++) {
            story.tell(partition, i);
        }
        return partition.replay;
    }

    @Test
    void smallStreamTakesLittle() {
        PartitionReplay replay =
                tell((partition, i) -> partition.append(path(i), partition.create(path(i), LASTING), NOBODY), STREAMS);
        assertThat(replay.bytes() / STREAMS).isLessThan(400);
    }

    @Test
    void nothingIsLeftOfStreamsThatHaveEnded() {
        Loading partition = new Loading();
        long empty = partition.replay.bytes();
        for (int i = 0; i < 50; i++) {
            Incarnation life = partition.create(path(i), LASTING);
            for (int n = 0; n < 100 * i; n++) {
                partition.append(path(i), life, Optional.of(new ProducerStamp("p" + n / 2, 0, n % 2)));
            }
            OperationId reference = partition.bring(path(i), new Operation.ForkRef(life, StreamPath.of("fork/" + i)));
            if (i % 3 == 0) {
                partition.bring(path(i), new Operation.Close(life, NOBODY));
            }
            partition.bring(path(i), new Operation.Delete(life));
            assertThat(partition.replay.bytes()).isGreaterThan(empty);
            partition.bring(path(i), new Operation.ForkUnref(life, reference.text()));
            assertThat(partition.replay.streams()).isZero();
            // That something was there is remembered until a checkpoint says that it is not.
            long remembered = (i + 1L) * Footprint.LISTED_APART;
            assertThat(partition.replay.bytes()).isEqualTo(empty + Footprint.COUNTER + remembered);
        }
    }

    /** What of the heap is alive. */
    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
