package io.millrace.gateway.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Kafka consumer, on its own thread, that tails the partitions given to it. */
final class Follower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /**
     * So long it does not ask for more after a poll that brought nothing but what acknowledgements had told already. Else
     * there is a fetch for every append, which competes with that append for the broker: without them the round trip of
     * an append took 60 us instead of 100 (docs/performance.md). Who waits for the follower ends the pause.
     */
    private static final Duration NOTHING_NEW = Duration.ofMillis(5);

    /** A wish for the consumer's thread to carry out. */
    private sealed interface Change {
        /** Tail a partition, from here on. */
        record Add(Followed partition, OffsetAndMetadata from) implements Change {}

        /** Tail it no more. */
        record Remove(Followed partition) implements Change {}
    }

    private final Map<String, Object> properties;
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final Map<TopicPartition, Followed> partitions = new HashMap<>();
    private final Thread thread;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean closed;
    private long polledNanos = System.nanoTime();

    Follower(int number, Map<String, Object> properties) {
        this.properties = properties;
        this.consumer = new KafkaConsumer<>(properties);
        this.thread =
                Thread.ofPlatform().name("millrace-follower-" + number).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Tails {@code partition} from here on. The leader epoch with {@code from} lets a truncated log be noticed. */
    void add(Followed partition, OffsetAndMetadata from) {
        changes.add(new Change.Add(partition, from));
        wake();
    }

    void remove(Followed partition) {
        changes.add(new Change.Remove(partition));
        wake();
    }

    /** Somebody waits for what it brings: it asks at once. */
    void hurry() {
        LockSupport.unpark(thread);
    }

    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            end(); // it was never started
            return;
        }
        wake();
        try {
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        consumer.wakeup();
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            try {
                applyChanges();
                if (partitions.isEmpty()) {
                    LockSupport.parkNanos(POLL.toNanos());
                } else {
                    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                    if (!deliver(records) && !records.isEmpty()) {
                        LockSupport.parkNanos(NOTHING_NEW.toNanos());
                    }
                }
            } catch (WakeupException e) {
                // there are changes, or it is the end
            } catch (InvalidOffsetException e) {
                e.partitions().forEach(partition -> drop(partition, e.getClass().getSimpleName()));
            } catch (TopicAuthorizationException e) {
                dropDenied(e);
            } catch (RuntimeException | Error e) {
                // Whatever it is, this thread goes on: without it, partitions would be served that nobody follows.
                if (!closed) {
                    restart(e);
                }
            }
        }
        end();
    }

    private void applyChanges() {
        boolean changed = false;
        for (Change change = changes.poll(); change != null; change = changes.poll()) {
            switch (change) {
                case Change.Add(Followed partition, OffsetAndMetadata from) -> {
                    if (partition.isDropped()) {
                        continue; // its Remove may have come first
                    }
                    partitions.put(partition.topicPartition(), partition);
                    consumer.assign(Set.copyOf(partitions.keySet()));
                    consumer.seek(partition.topicPartition(), from);
                }
                case Change.Remove(Followed partition) -> {
                    if (partitions.remove(partition.topicPartition(), partition)) {
                        changed = true;
                    }
                }
            }
        }
        if (changed) {
            consumer.assign(Set.copyOf(partitions.keySet()));
        }
    }

    /*
     * The consumer has moved past what poll() returned and will not return it again, so nothing in here may throw
     * before every partition has its records. consumer.position() could: it waits where a position is being validated
     * after a change of leader, and a wakeup ends that wait. What poll() itself says of the positions is exact.
     */
    /** Hands on what came; false where nothing of it was new. */
    private boolean deliver(ConsumerRecords<byte[], byte[]> records) {
        // What came now was asked for when the poll before had returned, or later: if it reaches the end that Kafka
        // named with it, the replay was not behind the log at that time.
        long askedNanos = polledNanos;
        polledNanos = System.nanoTime();
        boolean news = false;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
                records.nextOffsets().entrySet()) {
            TopicPartition partition = entry.getKey();
            Followed followed = partitions.get(partition);
            if (followed == null) {
                continue;
            }
            long next = entry.getValue().offset();
            news |= consumer.currentLag(partition).orElse(Long.MAX_VALUE) == 0
                    ? followed.onCaughtUp(records.records(partition), next, askedNanos)
                    : followed.onFollowed(records.records(partition), next);
        }
        return news;
    }

    /** Topics that Kafka does not let this gateway read are followed no more; the consumer is as good as before. */
    private void dropDenied(TopicAuthorizationException denied) {
        List<TopicPartition> concerned = partitions.keySet().stream()
                .filter(partition -> denied.unauthorizedTopics().contains(partition.topic()))
                .toList();
        if (concerned.isEmpty()) {
            restart(denied); // it would be denied for ever
            return;
        }
        concerned.forEach(partition -> drop(partition, "Kafka does not let this gateway read it"));
    }

    private void drop(TopicPartition partition, String why) {
        Followed followed = partitions.remove(partition);
        if (followed != null) {
            consumer.assign(Set.copyOf(partitions.keySet()));
            followed.drop(why);
        }
    }

    /** A consumer that failed in a way that nobody foresaw is replaced; its partitions are loaded anew when needed. */
    private void restart(Throwable cause) {
        LOG.error("event=follower-restarted", cause);
        List<Followed> dropped = List.copyOf(partitions.values());
        partitions.clear();
        dropped.forEach(partition -> partition.drop("its follower failed"));
        end();
        while (!closed) {
            LockSupport.parkNanos(AFTER_TROUBLE.toNanos());
            try {
                consumer = new KafkaConsumer<>(properties);
                return;
            } catch (RuntimeException | Error e) {
                LOG.error("event=follower-not-restarted", e); // Kafka's name may not resolve: once more
            }
        }
    }

    private void end() {
        try {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        } catch (RuntimeException e) {
            LOG.debug("event=consumer-not-closed", e);
        }
    }

    static OffsetAndMetadata from(long position, Optional<Integer> leaderEpoch) {
        return new OffsetAndMetadata(position, leaderEpoch, "");
    }
}
