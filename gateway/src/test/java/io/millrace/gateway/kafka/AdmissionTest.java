package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.kafka.Admission.Ticket;
import io.millrace.gateway.kafka.Admission.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** 100 bytes in all, so 25 for one partition; the largest record has 20; stalled after 10 s. */
class AdmissionTest {

    private static final TopicPartition P = new TopicPartition("topic", 0);
    private static final long LATER = Duration.ofSeconds(11).toNanos();

    private final Admission admission = new Admission(100, 20, Duration.ofSeconds(10));

    @Test
    void onePartitionTakesAQuarter() {
        admit(P, 20, 0);
        assertThat(admission.admit(P, 6, 0)).isEqualTo(new Verdict.PartitionFull());
        admit(P, 5, 0);
        assertThat(admission.admit(P, 1, 0)).isEqualTo(new Verdict.PartitionFull());
        admit(other(1), 20, 0);
    }

    @Test
    void onePartitionTakesTheLargestRecordHoweverSmallTheWhole() {
        Admission small = new Admission(20, 25, Duration.ofSeconds(10));
        assertThat(small.admit(P, 25, 0)).isInstanceOf(Verdict.Admitted.class);
        assertThat(small.admit(other(1), 1, 0)).isEqualTo(new Verdict.Full());
    }

    @Test
    void allPartitionsTakeTheWhole() {
        List<Ticket> tickets = fill(0, 0);
        assertThat(admission.admit(P, 1, LATER / 2)).isEqualTo(new Verdict.Full());
        admission.settled(tickets.getFirst());
        admit(P, 20, 0);
        assertThat(admission.admit(P, 1, 0)).isEqualTo(new Verdict.Full());
    }

    @Test
    void whatIsStalledIsCountedApart() {
        fill(0, 0);
        for (int i = 0; i < 5; i++) {
            admit(other(10 + i), 20, LATER);
        }
        assertThat(admission.admit(P, 1, LATER)).isEqualTo(new Verdict.Full());
    }

    @Test
    void stalledPartitionGetsNoMoreForBeingStalled() {
        admit(P, 20, 0);
        assertThat(admission.admit(P, 20, LATER)).isEqualTo(new Verdict.PartitionFull());
    }

    @Test
    void whatIsStalledIsGivenUpBeforeItTakesTheRestOfTheMemory() {
        List<Ticket> first = fill(0, 0);
        fill(10, LATER);
        assertThat(admission.admit(P, 1, LATER)).isEqualTo(new Verdict.Full());
        assertThat(admission.admit(P, 1, 2 * LATER)).isEqualTo(new Verdict.Clogged());
        first.forEach(admission::settled);
        admit(P, 20, 2 * LATER);
    }

    @Test
    void partitionIsOnlyAsOldAsItsOldestRecordOnTheWay() {
        List<Ticket> old = fill(0, 0);
        for (int i = 0; i < 5; i++) {
            admission.settled(old.get(i));
            admit(other(i), 20, LATER);
        }
        assertThat(admission.admit(P, 1, LATER + 1)).isEqualTo(new Verdict.Full());
    }

    @Test
    void recordSettlesOnce() {
        Ticket ticket = admit(P, 20, 0);
        admission.settled(ticket);
        assertThatThrownBy(() -> admission.settled(ticket)).isInstanceOf(IllegalStateException.class);
    }

    /** Five partitions from number {@code from} on take all. */
    private List<Ticket> fill(int from, long nowNanos) {
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tickets.add(admit(other(from + i), 20, nowNanos));
        }
        return tickets;
    }

    private Ticket admit(TopicPartition partition, long bytes, long nowNanos) {
        Verdict verdict = admission.admit(partition, bytes, nowNanos);
        if (verdict instanceof Verdict.Admitted(Ticket ticket)) {
            return ticket;
        }
        throw new AssertionError(partition + ": " + verdict);
    }

    private static TopicPartition other(int number) {
        return new TopicPartition("others", number);
    }
}
