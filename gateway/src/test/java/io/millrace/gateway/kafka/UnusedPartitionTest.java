package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A copy of a partition is unloaded only where that takes nothing from anybody. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class UnusedPartitionTest {

    private static final StreamPath PATH = StreamPath.of("stream");

    private final IdlePartition idle = new IdlePartition();
    private final HostedPartition partition = idle.hosted();

    @AfterEach
    void close() {
        idle.close();
    }

    @Test
    void whoLoadsItHoldsIt() {
        assertThat(partition.dropIfUnused("test")).isFalse();
        partition.leave();
        assertThat(partition.dropIfUnused("test")).isTrue();
        assertThat(partition.isDropped()).isTrue();
        assertThat(partition.dropIfUnused("again")).isFalse();
        assertThatThrownBy(partition::enter).isInstanceOf(HostedPartition.Dropped.class);
        assertThat(idle.states().bytes()).isZero();
    }

    @Test
    void everyRequestHoldsIt() throws Exception {
        partition.enter();
        partition.enter();
        partition.leave();
        partition.leave();
        assertThat(partition.dropIfUnused("test")).isFalse();
        partition.leave();
        assertThat(partition.dropIfUnused("test")).isTrue();
    }

    @Test
    void aReaderWhoListensHoldsIt() throws Exception {
        partition.leave();
        Signal reader = new Signal();
        partition.listen(PATH, reader);
        assertThat(partition.dropIfUnused("test")).isFalse();
        long before = partition.usedNanos();
        partition.unlisten(PATH, reader);
        assertThat(partition.usedNanos()).as("it counts as used until then").isGreaterThan(before);
        assertThat(partition.dropIfUnused("test")).isTrue();
    }

    @Test
    void whoWaitsForKafkaHoldsIt() throws Exception {
        partition.leave();
        FutureTask<StreamState> find = new FutureTask<>(() -> partition.find(PATH));
        Thread.ofVirtual().start(find);
        assertThat(idle.questions().take()).isSameAs(partition);
        assertThat(partition.dropIfUnused("test")).isFalse();
        assertThat(partition.sendsQuestion()).isTrue();
        partition.onEnd(new Topics.Topic(IdlePartition.TOPIC, 1), 0);
        assertThat(find.get()).isEqualTo(StreamState.Absent.ABSENT);
        assertThat(partition.dropIfUnused("test")).isTrue();
    }

    @Test
    void whatComesOfItselfDoesNotHoldIt() {
        partition.leave();
        long before = partition.usedNanos();
        partition.onFollowed(List.of(), 5);
        assertThat(partition.usedNanos()).isEqualTo(before);
        assertThat(partition.dropIfUnused("test")).isTrue();
    }
}
