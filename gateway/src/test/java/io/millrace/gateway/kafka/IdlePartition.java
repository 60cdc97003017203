package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogSettings;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.TopicKind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A copy of a shared partition that has nothing yet, of a gateway that never writes; a test brings what Kafka would. */
final class IdlePartition implements HostedPartition.Surroundings, AutoCloseable {

    static final TopicPartition NAME = new TopicPartition("topic", 0);
    static final Uuid TOPIC = Uuid.randomUuid();

    private final BlockingQueue<HostedPartition> questions = new ArrayBlockingQueue<>(100);
    private final AtomicInteger hurried = new AtomicInteger();
    private final Consumers consumers = new Consumers(Map.of(), 1);
    private final StateBudget states = new StateBudget(1024 * 1024);
    private final HostedPartition hosted = new HostedPartition(
            NAME,
            TOPIC,
            new PartitionReplay(TopicKind.SHARED, 0),
            Optional.empty(),
            1024 * 1024,
            true,
            new LogSettings(
                    "",
                    Map.of(),
                    "/v1/stream",
                    3,
                    1024,
                    1024 * 1024,
                    1024 * 1024,
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(30),
                    Duration.ZERO,
                    new LogSettings.Upkeep(1_000, 1_000),
                    new LogSettings.Bounds(1024, 100, 1, 1, 1)),
            consumers,
            new Waiting(100),
            new TailBudget(1024 * 1024),
            states,
            this);

    HostedPartition hosted() {
        return hosted;
    }

    /** Where it wanted to know the log's end. */
    BlockingQueue<HostedPartition> questions() {
        return questions;
    }

    /** How often it wanted its follower to hurry. */
    AtomicInteger hurried() {
        return hurried;
    }

    StateBudget states() {
        return states;
    }

    @Override
    public ManagedProducer.Life producer() {
        throw new AssertionError("nobody writes");
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
        throw new AssertionError("nobody writes");
    }

    @Override
    public void onDropped(HostedPartition dropped, boolean operationsAreLost) {
        if (operationsAreLost) {
            throw new AssertionError("nobody writes");
        }
    }

    @Override
    public void close() {
        consumers.close();
    }
}
