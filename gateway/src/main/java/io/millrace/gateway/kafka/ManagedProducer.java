package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.RecordCodec.Encoded;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The idempotent producer that all operations on managed topics go through. One that fails for good is closed and
 * followed by another under a new gateway id, so that what the old one may still have under way is told apart.
 */
final class ManagedProducer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedProducer.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);
    private static final Duration PREPARE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);
    private static final char[] GATEWAY_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789".toCharArray();
    private static final int GATEWAY_LENGTH = 13; // 67 bits

    /** Hears what became of what was sent; of one producer, one thing after the other. */
    interface Listener {

        /** Kafka has a record: on Kafka's own thread. Returns false where that is to be told later, because it takes time. */
        boolean onAcknowledgedNow(TopicPartition partition, Acknowledgement acknowledgement);

        /** Kafka has the records. */
        void onAcknowledged(TopicPartition partition, List<Acknowledgement> acknowledgements);

        /** Kafka refused one record, and goes on with the others. */
        void onRefused(TopicPartition partition, OperationId id, String why, boolean tooLarge);

        /** Nothing will be heard any more of what the producer {@code gateway} has in flight. */
        void onLost(String gateway);

        /** {@code next} is about to take over; whatever is to be prepared is prepared now. */
        void onReplacing(Life next) throws InterruptedException;
    }

    /**
     * Kafka has a record.
     *
     * @param offset -1 where Kafka only knows that it has it
     */
    record Acknowledgement(OperationId id, long offset, long timestampMillis) {}

    /** What the hand-over thread has to tell. */
    private sealed interface Event {
        /** Kafka has a record. */
        record Acknowledged(TopicPartition partition, Acknowledgement acknowledgement) implements Event {}

        /** Kafka refused a record. */
        record Refused(TopicPartition partition, OperationId id, Exception why) implements Event {}

        /** A producer failed or was given up on. */
        record Lost(Life life) implements Event {}

        /** Nothing follows. */
        record End() implements Event {}
    }

    /** One Kafka producer and the gateway id that goes with it. */
    final class Life {
        private final String gateway = gatewayId(new SecureRandom());
        private final AtomicLong counter = new AtomicLong();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties);

        /** The next operation id; take it under the lock of the partition that it is for. */
        OperationId nextId() {
            return new OperationId(gateway, counter.incrementAndGet());
        }

        /**
         * Hands a record over. Does not block if {@link #prepare} was called for its topic.
         *
         * @throws LogFailure.Unavailable where it was not handed over
         */
        void send(TopicPartition partition, OperationId id, Encoded record) throws LogFailure.Unavailable {
            if (ended.get()) {
                throw new LogFailure.Unavailable("the connection to Kafka is being renewed; try again", RETRY_AFTER);
            }
            Sending sending = new Sending(this, partition, id, admitted(partition, record.size()));
            try {
                var _ = producer.send(kafkaRecord(partition, record), sending);
            } catch (KafkaException | IllegalStateException e) {
                sending.refused = e;
            }
            if (sending.refused != null) {
                admission.settled(sending.ticket);
                throw new LogFailure.Unavailable(
                        "Kafka does not take records: " + sending.refused.getMessage(), RETRY_AFTER);
            }
        }

        private Admission.Ticket admitted(TopicPartition partition, int size) throws LogFailure.Unavailable {
            return switch (admission.admit(partition, size, System.nanoTime())) {
                case Admission.Verdict.Admitted(Admission.Ticket ticket) -> ticket;
                case Admission.Verdict.PartitionFull() ->
                    throw new LogFailure.Unavailable(
                            "too much is on its way to this partition in Kafka; try again", RETRY_AFTER);
                case Admission.Verdict.Full() ->
                    throw new LogFailure.Unavailable("too much is on its way to Kafka; try again", RETRY_AFTER);
                case Admission.Verdict.Clogged() -> {
                    LOG.warn("event=producer-clogged gateway={}", gateway);
                    replace(this);
                    throw new LogFailure.Unavailable(
                            "too many partitions in Kafka take no records, and the connection is being renewed; try"
                                    + " again",
                            RETRY_AFTER);
                }
            };
        }

        /** Sees to it that the producer knows the topic, so that {@link #send} need not ask; blocks for a while. */
        void prepare(String topic) throws LogFailure.Unavailable, InterruptedException {
            long deadline = System.nanoTime() + PREPARE_TIMEOUT.toNanos();
            while (true) {
                try {
                    producer.partitionsFor(topic);
                    return;
                } catch (TimeoutException e) {
                    // The question is under way now (max.block.ms is 0: nothing waits in there).
                    if (System.nanoTime() > deadline) {
                        throw new LogFailure.Unavailable("Kafka does not answer: " + e.getMessage(), RETRY_AFTER);
                    }
                } catch (KafkaException | IllegalStateException e) {
                    throw new LogFailure.Unavailable("Kafka does not answer: " + e.getMessage(), RETRY_AFTER);
                }
                Thread.sleep(BETWEEN_LOOKS);
            }
        }
    }

    /** The fate of one record. */
    private final class Sending implements Callback {
        private final Life life;
        private final TopicPartition partition;
        private final OperationId id;
        private final Admission.Ticket ticket;
        private final Thread sender = Thread.currentThread();
        private @Nullable Exception refused;

        Sending(Life life, TopicPartition partition, OperationId id, Admission.Ticket ticket) {
            this.life = life;
            this.partition = partition;
            this.id = id;
            this.ticket = ticket;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
            if (exception != null && Thread.currentThread().equals(sender)) {
                refused = exception; // still within send(): the record was not handed over
                return;
            }
            boolean last = admission.settled(ticket);
            if (exception == null && metadata != null) {
                long offset = metadata.hasOffset() ? metadata.offset() : -1;
                acknowledged(new Acknowledgement(id, offset, metadata.timestamp()), last);
            } else if (exception != null && isOfOneRecord(exception)) {
                post(new Event.Refused(partition, id, exception));
            } else if (life.ended.compareAndSet(false, true)) {
                LOG.warn(
                        "event=producer-lost gateway={} partition={} cause=\"{}\"", life.gateway, partition, exception);
                post(new Event.Lost(life));
            }
        }

        /**
         * Of many records the acknowledgements come one by one, and are told together by a thread that Kafka's does not
         * wait for. To a writer that is alone the hand-over would be a tenth of its wait.
         *
         * @param last whether nothing else is on its way
         */
        private void acknowledged(Acknowledgement acknowledgement, boolean last) {
            boolean now = last && untold.get() == 0 && !life.ended.get();
            if (!now || !listener.onAcknowledgedNow(partition, acknowledgement)) {
                post(new Event.Acknowledged(partition, acknowledgement));
            }
        }
    }

    /*
     * After these Kafka's producer goes on (TransactionManager.handleFailedBatch): it takes a new epoch and numbers what
     * is in flight in that partition anew. A record there whose first try was written unheard could land twice; its
     * second copy has the same operation id, and the judge voids it. No other partition is concerned.
     */
    private static boolean isOfOneRecord(Exception exception) {
        return exception instanceof RecordTooLargeException
                || exception instanceof TopicAuthorizationException
                || exception instanceof InvalidRecordException
                || exception instanceof InvalidTimestampException
                || exception instanceof PolicyViolationException;
    }

    private final Map<String, Object> properties;
    private final Admission admission;
    private final Listener listener;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /** Events that the hand-over thread has yet to tell. */
    private final AtomicInteger untold = new AtomicInteger();

    private final Thread handOver;
    private volatile Life life;
    private volatile boolean closing;

    ManagedProducer(Map<String, Object> properties, Admission admission, Listener listener) {
        this.properties = properties;
        this.admission = admission;
        this.listener = listener;
        this.life = new Life();
        this.handOver =
                Thread.ofPlatform().name("millrace-acknowledgements").daemon().unstarted(this::handOver);
    }

    void start() {
        handOver.start();
    }

    /** The producer to send with. */
    Life life() {
        return life;
    }

    /** Gives up on all that {@code sender} has in flight: a topic that it waits for is gone. */
    void replace(Life sender) {
        if (sender.ended.compareAndSet(false, true)) {
            post(new Event.Lost(sender));
        }
    }

    @Override
    public void close() {
        closing = true;
        life.ended.set(true);
        life.producer.close(CLOSE_TIMEOUT);
        post(new Event.End());
        try {
            handOver.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void post(Event event) {
        untold.incrementAndGet();
        events.add(event);
    }

    private void handOver() {
        List<Event> batch = new ArrayList<>();
        while (true) {
            try {
                batch.add(events.take());
            } catch (InterruptedException e) {
                return;
            }
            events.drainTo(batch, 1_000);
            for (int i = 0; i < batch.size(); ) {
                switch (batch.get(i)) {
                    case Event.End() -> {
                        return;
                    }
                    case Event.Lost(Life lost) -> {
                        if (!succeed(lost)) {
                            return;
                        }
                        i++;
                    }
                    case Event.Refused(TopicPartition partition, OperationId id, Exception why) -> {
                        LOG.warn("event=record-refused partition={} cause=\"{}\"", partition, why.toString());
                        listener.onRefused(partition, id, why.toString(), why instanceof RecordTooLargeException);
                        i++;
                    }
                    case Event.Acknowledged first -> {
                        List<Acknowledgement> run = new ArrayList<>();
                        while (i < batch.size()
                                && batch.get(i) instanceof Event.Acknowledged(var partition, var acknowledgement)
                                && partition.equals(first.partition())) {
                            run.add(acknowledgement);
                            i++;
                        }
                        try {
                            listener.onAcknowledged(first.partition(), run);
                        } catch (RuntimeException | Error e) {
                            // The follower will bring the records as well; this thread has other partitions to tell.
                            LOG.error("event=acknowledgement-failed partition={}", first.partition(), e);
                        }
                    }
                }
            }
            untold.addAndGet(-batch.size());
            batch.clear();
        }
    }

    /**
     * Nothing is sent by the next producer before everybody has given up on what the lost one had in flight.
     *
     * @return false where there is no next one, because all ends
     */
    private boolean succeed(Life lost) {
        try {
            lost.producer.close(Duration.ZERO);
        } catch (RuntimeException e) {
            LOG.warn("event=producer-not-closed gateway={}", lost.gateway, e);
        }
        listener.onLost(lost.gateway);
        while (!closing) {
            try {
                Life next = new Life();
                listener.onReplacing(next);
                life = next;
                LOG.info("event=producer-replaced lost={} next={}", lost.gateway, next.gateway);
                return true;
            } catch (InterruptedException e) {
                return false;
            } catch (RuntimeException e) {
                LOG.error("event=producer-not-replaced lost={}", lost.gateway, e); // Kafka's name may not resolve
            }
            try {
                Thread.sleep(BETWEEN_ATTEMPTS);
            } catch (InterruptedException e) {
                return false;
            }
        }
        return false;
    }

    private static ProducerRecord<byte[], byte[]> kafkaRecord(TopicPartition partition, Encoded record) {
        ProducerRecord<byte[], byte[]> kafkaRecord =
                new ProducerRecord<>(partition.topic(), partition.partition(), record.key(), record.value());
        for (Header header : record.headers()) {
            kafkaRecord.headers().add(new RecordHeader(header.name(), header.value()));
        }
        return kafkaRecord;
    }

    private static String gatewayId(SecureRandom random) {
        char[] id = new char[GATEWAY_LENGTH];
        for (int i = 0; i < id.length; i++) {
            id[i] = GATEWAY_ALPHABET[random.nextInt(GATEWAY_ALPHABET.length)];
        }
        return new String(id);
    }
}
