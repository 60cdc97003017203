package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks Kafka where partitions end, for their barriers: many partitions in one request, and with it whether each topic
 * is still the one that was loaded.
 */
final class EndOffsets implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Admin admin;
    private final BlockingQueue<EndAsker> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;

    EndOffsets(Admin admin) {
        this.admin = admin;
        this.thread = Thread.ofPlatform().name("millrace-barriers").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** {@code partition} has barriers that need an answer. */
    void ask(EndAsker partition) {
        waiting.add(partition);
    }

    /** Where a partition ends for those who also see what transactions that are open have written. */
    long uncommitted(TopicPartition partition) throws LogFailure, InterruptedException {
        try {
            return admin.listOffsets(
                            Map.of(partition, OffsetSpec.latest()),
                            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(TIMEOUT_MILLIS))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                throw Consumers.denied(partition.topic());
            }
            throw new LogFailure.Unavailable("Kafka does not say where the log ends; try again", RETRY_AFTER);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        List<EndAsker> batch = new ArrayList<>();
        try {
            while (true) {
                batch.add(waiting.take());
                waiting.drainTo(batch);
                Map<TopicPartition, EndAsker> asked = new HashMap<>();
                for (EndAsker partition : batch) {
                    if (partition.sendsQuestion()) {
                        asked.put(partition.topicPartition(), partition);
                    }
                }
                batch.clear();
                if (!asked.isEmpty()) {
                    try {
                        ask(asked, 1);
                    } catch (RuntimeException e) {
                        asked.values().forEach(partition -> partition.onEndUnknown(e));
                    }
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void ask(Map<TopicPartition, EndAsker> asked, int time) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        Set<String> topics = new HashSet<>();
        asked.keySet().forEach(partition -> {
            latest.put(partition, OffsetSpec.latest());
            topics.add(partition.topic());
        });
        ListOffsetsResult ends = admin.listOffsets(
                latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(TIMEOUT_MILLIS));
        DescribeTopicsResult descriptions =
                admin.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(TIMEOUT_MILLIS));
        asked.forEach((partition, asker) -> {
            KafkaFuture<TopicDescription> description =
                    Objects.requireNonNull(descriptions.topicNameValues().get(partition.topic()));
            // The description comes first: of a topic that is gone the client seeks the end until its time is over.
            var _ = description.whenComplete((topic, failure) -> {
                if (failure != null) {
                    onFailure(asker, failure, time);
                    return;
                }
                var _ = ends.partitionResult(partition).whenComplete((end, endFailure) -> {
                    if (endFailure == null) {
                        asker.onEnd(
                                new Topics.Topic(
                                        topic.topicId(), topic.partitions().size()),
                                end.offset());
                    } else {
                        onFailure(asker, endFailure, time);
                    }
                });
            });
        });
    }

    /** A topic that one broker does not know is asked for again, as {@link Topics} does, before it counts as gone. */
    private void onFailure(EndAsker partition, Throwable failure, int time) {
        if (!(failure instanceof UnknownTopicOrPartitionException) || time >= Topics.LOOKUPS) {
            partition.onEndUnknown(failure);
            return;
        }
        CompletableFuture.delayedExecutor(Topics.BETWEEN_LOOKUPS.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    try {
                        ask(Map.of(partition.topicPartition(), partition), time + 1);
                    } catch (RuntimeException e) {
                        partition.onEndUnknown(e);
                    }
                });
    }
}
