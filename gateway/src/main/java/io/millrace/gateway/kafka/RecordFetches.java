package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.StreamState.Retained;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/** Brings records of one managed partition from Kafka that memory does not hold; any number of threads. */
final class RecordFetches {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final TopicPartition partition;
    private final Consumers consumers;
    private final Waiting waiting;
    private final Semaphore turns;

    /** A partition that nobody serves keeps a consumer until its time is over: it gets half of all {@code readers}. */
    RecordFetches(TopicPartition partition, Consumers consumers, int readers, Waiting waiting) {
        this.partition = partition;
        this.consumers = consumers;
        this.waiting = waiting;
        this.turns = new Semaphore(Math.max(1, readers / 2), true);
    }

    /**
     * The records of {@code stream} at these Kafka offsets, as readers get them.
     *
     * @return fewer, from the first on, where that is enough for one read; none where Kafka has them no more
     * @throws LogFailure.Unavailable where Kafka does not bring them in time
     */
    List<WireRecord> fetch(Retained stream, long[] offsets) throws LogFailure, InterruptedException {
        try (Waiting.Place _ = waiting.enter(partition)) {
            if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LogFailure.Unavailable(
                        "half of the readers of the log are busy with this partition (kafka.max-readers); try again",
                        RETRY_AFTER);
            }
            try {
                List<WireRecord> records = new ArrayList<>(offsets.length);
                for (LogRecord record : consumers.fetch(partition, offsets)) {
                    records.add(new WireRecord(stream.position(record.offset()), payload(record)));
                }
                return records;
            } finally {
                turns.release();
            }
        }
    }

    private static Payload payload(LogRecord record) {
        if (RecordCodec.decode(record) instanceof Decoded.Ours(Sent sent)) {
            Payload payload = sent.operation().payload();
            if (payload.isEmpty()) {
                throw new IllegalStateException("offset " + record.offset() + " holds no data");
            }
            return payload;
        }
        byte[] value = record.value();
        return value == null ? Payload.NONE : Payload.of(value);
    }
}
