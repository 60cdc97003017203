package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SignalTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Signal signal = new Signal();

    @Test
    void raisedWhileNobodyWaitsItEndsTheNextWaitAndOnlyThat() throws InterruptedException {
        signal.raise();
        assertThat(signal.await(LONG)).isTrue();
        assertThat(signal.await(Duration.ofMillis(1))).isFalse();
    }

    @Test
    void wakesAWaitingThread() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            Thread raiser = Thread.ofVirtual().start(signal::raise);
            assertThat(signal.await(LONG)).isTrue();
            raiser.join();
        }
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> signal.await(LONG)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
