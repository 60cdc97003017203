package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
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
    void aWaitWithoutATimerIsEndedByWhoLooksAtDeadlines() throws InterruptedException {
        try (Deadlines deadlines = new Deadlines()) {
            deadlines.start();
            deadlines.join(signal);
            long began = System.nanoTime();
            Duration wait = Duration.ofMillis(150);
            assertThat(signal.awaitRoughly(wait)).isFalse();
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(wait.toNanos());
        }
    }

    @Test
    void aWaitWithoutATimerIsEndedByTheSignal() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            Thread raiser = Thread.ofVirtual().start(signal::raise);
            assertThat(signal.awaitRoughly(LONG)).isTrue();
            raiser.join();
        }
    }

    @Test
    void aDeadlineThatIsNotOverEndsNothing() throws InterruptedException {
        Thread looking = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 10_000; i++) {
                signal.expire(System.nanoTime());
            }
            signal.raise();
        });
        assertThat(signal.awaitRoughly(LONG)).isTrue();
        looking.join();
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> signal.await(LONG)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
