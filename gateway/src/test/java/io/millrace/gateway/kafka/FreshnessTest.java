package io.millrace.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
    private static final Incarnation INCARNATION = Incarnation.of("gateway.1");
    private static final long LONG_AGO =
            System.nanoTime() - Duration.ofMinutes(1).toNanos();

    private final IdlePartition idle = new IdlePartition();
    private final HostedPartition partition = idle.hosted();

    @AfterEach
    void close() {
        idle.close();
    }

    @Test
    void afterAFetchThatReachedTheEndNobodyAsks() throws Exception {
        partition.onCaughtUp(log(), 3, System.nanoTime());
        assertThat(text(read().get())).isEqualTo("one");
        assertThat(idle.questions()).isEmpty();
    }

    /** Nor is anything fetched for it; what is not in the reader's hands comes whole. */
    @Test
    void whatTheReaderHasComesWithoutItsRecords() throws Exception {
        partition.onCaughtUp(log(), 3, System.nanoTime());
        RequestedOffset beginning = new RequestedOffset.Beginning();
        List<ReadAnswer.Chunk> asked = new ArrayList<>();
        Piece known = partition.read(PATH, beginning, Freshness.LATEST, 3, asked::add);
        Piece unknown = partition.read(PATH, beginning, Freshness.LATEST, 3, _ -> false);
        assertThat(known).isInstanceOfSatisfying(Piece.Records.class, records -> {
            assertThat(records.records()).isEmpty();
            assertThat(records.start()).isEqualTo(asked.getFirst().start());
            assertThat(records.end()).isEqualTo(asked.getFirst().end());
        });
        assertThat(text(unknown)).isEqualTo("one");
        assertThat(((Piece.Records) unknown).end()).isEqualTo(asked.getFirst().end());
    }

    @Test
    void recordsThatCameFromALogThatWentOnProveNothing() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<Piece> read = read();
        answer(3);
        assertThat(text(read.get())).isEqualTo("one");
    }

    @Test
    void aFetchThatReachedTheEndLongAgoProvesNothing() throws Exception {
        partition.onCaughtUp(log(), 3, LONG_AGO);
        FutureTask<Piece> read = read();
        answer(3);
        read.get();
    }

    @Test
    void aBarrierThatWasPassedServesTheReadsAfterIt() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<Piece> first = read();
        answer(3);
        first.get();
        assertThat(text(read().get())).isEqualTo("one");
        assertThat(idle.questions()).isEmpty();
    }

    /** Kafka's word alone does not count: what it speaks of must have come. */
    @Test
    void theReadWaitsForTheDeleteThatIsInTheLog() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<Piece> read = read();
        answer(4);
        assertThat(idle.hurried()).as("the follower, which may pause").hasValue(1);
        partition.onFetched(List.of(record(3, new Operation.Delete(INCARNATION))), 4);
        assertThat(read.get()).isEqualTo(new Piece.Refused(new ReadAnswer.NoSuchStream()));
    }

    /** What is missing may be what the log was thinned by; only a question that was asked later tells that it is not. */
    @Test
    void aBarrierFromBeforeAJumpOfOffsetsAnswersNothing() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<Piece> read = read();
        HostedPartition asking = asked();
        partition.onFetched(List.of(append(5, "after two that are missing")), 6);
        asking.onEnd(new Topics.Topic(IdlePartition.TOPIC, 1), 6);
        assertThat(read.isDone()).isFalse();
        answer(6);
        assertThat(text(read.get())).isEqualTo("one");
        assertThat(partition.condition().position()).isEqualTo(6);
    }

    /** A state is looked up once its barrier has passed, with nothing between. */
    @Test
    void aStateFromBeforeAJumpOfOffsetsIsNotTold() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<StreamState> find = new FutureTask<>(() -> partition.find(PATH));
        Thread.ofVirtual().start(find);
        HostedPartition asking = asked();
        partition.onFetched(List.of(append(5, "after two that are missing")), 6);
        asking.onEnd(new Topics.Topic(IdlePartition.TOPIC, 1), 6);
        assertThat(asked()).as("Kafka is asked once more").isSameAs(partition);
        assertThat(find.isDone()).isFalse();
        partition.onEnd(new Topics.Topic(IdlePartition.TOPIC, 1), 6);
        assertThat(find.get()).isInstanceOf(StreamState.Open.class);
    }

    /** Not even to who was told before that this was all, and asks for no more than what is replayed. */
    @Test
    void whatWasReplayedAfterAJumpOfOffsetsIsReadAfterABarrier() throws Exception {
        partition.onFetched(log(), 3);
        partition.onFetched(List.of(append(5, "after two that are missing")), 6);
        FutureTask<Piece> read = new FutureTask<>((Callable<Piece>)
                () -> partition.read(PATH, new RequestedOffset.Beginning(), Freshness.REPLAYED, 3, _ -> false));
        Thread.ofVirtual().start(read);
        answer(6);
        assertThat(text(read.get())).isEqualTo("one");
    }

    @Test
    void whereNobodyWaitsForTheFollowerItIsLeftAlone() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<Piece> read = read();
        answer(3);
        read.get();
        assertThat(idle.hurried()).hasValue(0);
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
        FutureTask<Piece> read = read();
        asked().onEndUnknown(new TimeoutException("away"));
        assertThat(text(read.get())).isEqualTo("one");
    }

    @Test
    void whereKafkaIsThereAndTheReplayIsBehindNothingIsServedOnTrust() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<Piece> read = read();
        answer(4);
        assertThatThrownBy(read::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LogFailure.Unavailable.class);
    }

    @Test
    void anotherTopicOfThatNameEndsTheCopy() throws Exception {
        partition.onFetched(log(), 3);
        FutureTask<Piece> read = read();
        asked().onEnd(new Topics.Topic(Uuid.randomUuid(), 1), 3);
        assertThatThrownBy(read::get).hasCauseInstanceOf(HostedPartition.Dropped.class);
        assertThat(partition.isDropped()).isTrue();
    }

    private FutureTask<Piece> read() {
        FutureTask<Piece> read = new FutureTask<>((Callable<Piece>)
                () -> partition.read(PATH, new RequestedOffset.Beginning(), Freshness.LATEST, 3, _ -> false));
        Thread.ofVirtual().start(read);
        return read;
    }

    private void answer(long end) throws InterruptedException {
        asked().onEnd(new Topics.Topic(IdlePartition.TOPIC, 1), end);
    }

    private HostedPartition asked() throws InterruptedException {
        HostedPartition asking = idle.questions().poll(30, TimeUnit.SECONDS);
        assertThat(asking).as("Kafka is asked where the log ends").isNotNull();
        assertThat(partition.sendsQuestion()).isTrue();
        return partition;
    }

    private static String text(Piece piece) {
        assertThat(piece).isInstanceOf(Piece.Records.class);
        return new String(((Piece.Records) piece).records().getFirst().payload().value(), UTF_8);
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
                IdlePartition.NAME.topic(),
                IdlePartition.NAME.partition(),
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
}
