package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamPath;
import org.junit.jupiter.api.Test;

class StreamTailsTest {

    private static final StreamPath A = StreamPath.of("a");
    private static final StreamPath B = StreamPath.of("b");
    private static final Incarnation LIFE = Incarnation.of("gateway.1");
    private static final MediaType TEXT = new MediaType("text/plain");

    @Test
    void theOldestRecordOfAllIsDroppedFirst() {
        StreamTails tails = new StreamTails(new TailBudget(2_500));
        WireRecord first = keep(tails, A, 1);
        WireRecord second = keep(tails, B, 2);
        assertThat(tails.recent(A, LIFE, 1, 1)).containsExactly(first);
        WireRecord third = keep(tails, A, 3);
        assertThat(tails.recent(A, LIFE, 1, 3)).isEmpty();
        assertThat(tails.recent(A, LIFE, 3, 3)).containsExactly(third);
        assertThat(tails.recent(B, LIFE, 2, 2)).containsExactly(second);
    }

    @Test
    void anEndedStreamKeepsItsListenersOnly() {
        StreamTails tails = new StreamTails(new TailBudget(100_000));
        Signal signal = new Signal();
        tails.listen(A, signal);
        keep(tails, A, 1);
        tails.onEnded(A);
        assertThat(tails.recent(A, LIFE, 1, 1)).isEmpty();
        assertThat(tails.listeners(A)).containsExactly(signal);
        assertThat(tails.listeners(B)).isEmpty();
        assertThat(tails.listeners()).containsExactly(signal);
        tails.unlisten(A, signal);
        assertThat(tails.listeners()).isEmpty();
    }

    @Test
    void whatIsLeftBehindIsGivenBack() {
        TailBudget budget = new TailBudget(1_500);
        StreamTails left = new StreamTails(budget);
        keep(left, A, 1);
        left.leave();
        StreamTails tails = new StreamTails(budget);
        WireRecord record = keep(tails, A, 1);
        tails.trim();
        assertThat(tails.recent(A, LIFE, 1, 1)).containsExactly(record);
    }

    /** A record of some thousand bytes with all that is kept beside it. */
    private static WireRecord keep(StreamTails tails, StreamPath path, long position) {
        WireRecord record = new WireRecord(position, Payload.of(new byte[450]));
        tails.keep(path, LIFE, TEXT, record);
        return record;
    }
}
