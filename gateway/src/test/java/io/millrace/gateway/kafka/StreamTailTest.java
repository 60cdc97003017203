package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamTailTest {

    private static final Incarnation FIRST = Incarnation.of("gateway.1");
    private static final Incarnation SECOND = Incarnation.of("gateway.2");

    private final StreamTail tail = new StreamTail(StreamPath.of("a"));

    @Test
    void isIdleWithoutListenersAndRecords() {
        assertThat(tail.isIdle()).isTrue();
        Signal signal = new Signal();
        tail.listen(signal);
        assertThat(tail.isIdle()).isFalse();
        tail.unlisten(signal);
        assertThat(tail.isIdle()).isTrue();
        tail.recentOf(FIRST).add(record(1));
        assertThat(tail.isIdle()).isFalse();
    }

    @Test
    void aListenerThatListensTwiceIsWokenOnce() {
        Signal signal = new Signal();
        tail.listen(signal);
        tail.listen(signal);
        assertThat(tail.listeners()).containsExactly(signal);
    }

    /** Leaving must not take a search through everybody who listens. */
    @Test
    void manyReadersComeAndGo() {
        List<Signal> readers = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            readers.add(new Signal());
        }
        long begun = System.nanoTime();
        readers.forEach(tail::listen);
        readers.reversed().forEach(tail::unlisten);
        assertThat(tail.isIdle()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void recordsOfAFormerIncarnationAreDropped() {
        tail.recentOf(FIRST).add(record(1));
        assertThat(tail.recentOf(SECOND).isEmpty()).isTrue();
    }

    private static WireRecord record(long position) {
        return new WireRecord(position, Payload.of(new byte[] {1}));
    }
}
