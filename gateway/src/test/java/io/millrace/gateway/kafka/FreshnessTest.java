package io.millrace.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * When a read of data below the tail may be answered from the replay as it is, and when Kafka is asked first whether the
 * stream still stands. The stream: a create at offset 0, appends at 1 and 2; a chunk holds one append.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class FreshnessTest {

    private static final StreamPath PATH = StreamPath.of("stream");
    private static final TopicPartition NAME = new TopicPartition("topic", 0);
    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final Incarnation INCARNATION = Incarnation.of("gateway.1");
    private static final long LONG_AGO =
            System.nanoTime() - Duration.ofMinutes(1).toNanos();

    private final BlockingQueue<HostedPartition> questions = new ArrayBlockingQueue<>(100);
    private final AtomicInteger hurried = new AtomicInteger();
    private final Consumers consumers = new Consumers(Map.of(), 1);
    private final HostedPartition partition = new HostedPartition(
            NAME,
            TOPIC,
            TopicKind.SHARED,
            1024 * 1024,
            0,
            true,
            new LogSettings(
                    "",
                    Map.of(),
                    "/v1/stream",
                    3,
                    1024,
                    1024 * 1024,
                    Duration.ofSeconds(30),
                    Duration.ZERO,
                    new LogSettings.Bounds(1024, 100, 1, 1, 1)),
            consumers,
            new Waiting(100),
            new TailBudget(1024 * 1024),
            new Asking());

    @AfterEach
    void close() {
        consumers.close();
    }

    @Test
    void afterAFetchThatReachedTheEndNobodyAsks() throws Exception {
        partition.onCaughtUp(log(), 3, System.nanoTime());
        assertThat(text(read().get())).isEqualTo("one");
        assertThat(questions).isEmpty();
    }

    @Test
    void recordsThatCameFromALogThatWentOnProveNothing() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<ReadAnswer> read = read();
        answer(3);
        assertThat(text(read.get())).isEqualTo("one");
    }

    @Test
    void aFetchThatReachedTheEndLongAgoProvesNothing() throws Exception {
        partition.onCaughtUp(log(), 3, LONG_AGO);
        FutureTask<ReadAnswer> read = read();
        answer(3);
        read.get();
    }

    @Test
    void aBarrierThatWasPassedServesTheReadsAfterIt() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<ReadAnswer> first = read();
        answer(3);
        first.get();
        assertThat(text(read().get())).isEqualTo("one");
        assertThat(questions).isEmpty();
    }

    /** Kafka's word alone does not count: what it speaks of must have come. */
    @Test
    void theReadWaitsForTheDeleteThatIsInTheLog() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<ReadAnswer> read = read();
        answer(4);
        assertThat(hurried).as("the follower, which may pause").hasValue(1);
        partition.onFetched(List.of(record(3, new Operation.Delete(INCARNATION))), 4);
        assertThat(read.get()).isInstanceOf(ReadAnswer.NoSuchStream.class);
    }

    @Test
    void whereNobodyWaitsForTheFollowerItIsLeftAlone() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<ReadAnswer> read = read();
        answer(3);
        read.get();
        assertThat(hurried).hasValue(0);
    }

    @Test
    void whatTheFollowerBringsIsNewsOrIsNot() {
        assertThat(partition.onFollowed(log(), 3)).isTrue();
        assertThat(partition.onFollowed(log(), 3)).isFalse();
        assertThat(partition.onFollowed(List.of(), 3)).isFalse();
        assertThat(partition.onCaughtUp(List.of(), 4, System.nanoTime()))
                .as("a marker of a transaction")
                .isTrue();
    }

    @Test
    void whereKafkaIsAwayWhatIsKnownIsServed() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<ReadAnswer> read = read();
        asked().onEndUnknown(new TimeoutException("away"));
        assertThat(text(read.get())).isEqualTo("one");
    }

    @Test
    void whereKafkaIsThereAndTheReplayIsBehindNothingIsServedOnTrust() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<ReadAnswer> read = read();
        answer(4);
        assertThatThrownBy(read::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LogFailure.Unavailable.class);
    }

    @Test
    void anotherTopicOfThatNameEndsTheCopy() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<ReadAnswer> read = read();
        asked().onEnd(new Topics.Topic(Uuid.randomUuid(), 1), 3);
        assertThatThrownBy(read::get).hasCauseInstanceOf(HostedPartition.Dropped.class);
        assertThat(partition.isDropped()).isTrue();
    }

    private FutureTask<ReadAnswer> read() {
        FutureTask<ReadAnswer> read = new FutureTask<>(
                (Callable<ReadAnswer>) () -> partition.read(PATH, new RequestedOffset.Beginning(), Freshness.LATEST));
        Thread.ofVirtual().start(read);
        return read;
    }

    private void answer(long end) throws InterruptedException {
        asked().onEnd(new Topics.Topic(TOPIC, 1), end);
    }

    private HostedPartition asked() throws InterruptedException {
        HostedPartition asking = questions.poll(30, TimeUnit.SECONDS);
        assertThat(asking).as("Kafka is asked where the log ends").isNotNull();
        assertThat(partition.sendsQuestion()).isTrue();
        return partition;
    }

    private static String text(ReadAnswer answer) {
        assertThat(answer).isInstanceOf(ReadAnswer.Chunk.class);
        return new String(
                ((ReadAnswer.Chunk) answer).records().getFirst().payload().value(), UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> log() {
        StreamConfiguration text = new StreamConfiguration(new MediaType("text/plain"), new Expiry.Never());
        return List.of(record(0, new Operation.Create(text, Payload.NONE, false)), append(1, "one"), append(2, "two"));
    }

    private static ConsumerRecord<byte[], byte[]> append(long offset, String text) {
        return record(
                offset,
                new Operation.Append(
                        INCARNATION, Payload.of(text.getBytes(UTF_8)), Optional.empty(), Optional.empty(), false));
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, Operation operation) {
        RecordCodec.Encoded encoded =
                RecordCodec.encode(new Sent(PATH, new OperationId("gateway", offset + 1), 1_000 + offset, operation));
        RecordHeaders headers = new RecordHeaders();
        encoded.headers().forEach(header -> headers.add(new RecordHeader(header.name(), header.value())));
        return new ConsumerRecord<>(
                NAME.topic(),
                NAME.partition(),
                offset,
                1_000 + offset,
                TimestampType.LOG_APPEND_TIME,
                encoded.key().length,
                encoded.value().length,
                encoded.key(),
                encoded.value(),
                headers,
                Optional.empty());
    }

    /** A gateway that takes note of questions and never writes. */
    private final class Asking implements HostedPartition.Surroundings {

        @Override
        public ManagedProducer.Life producer() {
            throw new AssertionError("a read does not write");
        }

        @Override
        public void askEnd(HostedPartition asking) {
            questions.add(asking);
        }

        @Override
        public void hurry(HostedPartition behind) {
            hurried.incrementAndGet();
        }

        @Override
        public void askLimit(HostedPartition asking) {
            throw new AssertionError("a read meets no limit");
        }

        @Override
        public void onDropped(HostedPartition dropped, boolean operationsLost) {}
    }
}
