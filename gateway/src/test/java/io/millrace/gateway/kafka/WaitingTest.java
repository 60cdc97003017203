package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.gateway.log.LogFailure;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

class WaitingTest {

    private static final TopicPartition STUCK = new TopicPartition("stuck", 0);

    private final Waiting waiting = new Waiting(8);
    private final List<Waiting.Place> places = new ArrayList<>();

    private void enter(Object what, int count) throws LogFailure {
        for (int i = 0; i < count; i++) {
            places.add(waiting.enter(what));
        }
    }

    private ThrowableAssertAlternative<LogFailure.Unavailable> refused(Object what) {
        return assertThatExceptionOfType(LogFailure.Unavailable.class)
                .isThrownBy(() -> waiting.enter(what))
                .withMessageContaining("streams.max-waiting")
                .satisfies(refusal -> assertThat(refusal.retryAfter()).isPositive());
    }

    @Test
    void onePartitionGetsAQuarter() throws LogFailure {
        enter(STUCK, 2);
        refused(STUCK).withMessageContaining("2 requests wait for partition stuck-0");
        enter(new TopicPartition("stuck", 1), 2);
    }

    @Test
    void lookupsAndLoadsLeavePlacesForPartitions() throws LogFailure {
        enter(Waiting.For.LOOKUP, 2);
        enter(Waiting.For.LOAD, 2);
        refused(Waiting.For.LOOKUP).withMessageContaining("lookup");
        refused(Waiting.For.LOAD).withMessageContaining("loaded");
        enter(STUCK, 2);
    }

    @Test
    void whatIsFullIsFullForAll() throws LogFailure {
        for (int i = 0; i < 4; i++) {
            enter(new TopicPartition("gone", i), 2);
        }
        refused(STUCK).withMessageContaining("8 requests wait for Kafka");
        places.removeFirst().close();
        enter(STUCK, 1);
        refused(STUCK);
    }

    @Test
    void whoHasLeftLeavesNothingBehind() throws LogFailure {
        for (int i = 0; i < 100; i++) {
            enter(STUCK, 2);
            places.forEach(Waiting.Place::close);
            places.clear();
        }
        enter(STUCK, 2);
    }

    @Test
    void theSmallestHasRoomForOne() throws LogFailure {
        Waiting smallest = new Waiting(1);
        smallest.enter(STUCK).close();
        smallest.enter(Waiting.For.LOAD).close();
    }
}
