package io.millrace.gateway.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ClientStreamsTest {

    private final ClientStreams streams = new ClientStreams();

    @AfterEach
    void noInterruptIsLeftBehind() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aBodyIsWholeWhenItHasEndedAndAllOfItWasRead() {
        ClientStream stream = open(1);
        streams.onData(1, 10, false);
        assertThat(stream.isWhole(10)).isFalse();
        streams.onData(1, 5, true);
        assertThat(stream.isWhole(10)).isFalse();
        assertThat(stream.isWhole(15)).isTrue();
        assertThat(stream.isWhole(16)).isFalse();
    }

    @Test
    void trailersEndABody() {
        ClientStream stream = open(1);
        streams.onData(1, 10, false);
        streams.onHeaders(1, true);
        assertThat(stream.isWhole(10)).isTrue();
    }

    @Test
    void aResetBodyIsNeverWhole() {
        ClientStream stream = open(1);
        streams.onData(1, 10, false);
        streams.onReset(1);
        assertThat(stream.isGone()).isTrue();
        assertThat(stream.isWhole(10)).isFalse();
    }

    @Test
    void whoReadsIsInterruptedWhenTheClientResetsTheStream() throws Exception {
        ClientStream stream = open(1);
        CompletableFuture<Boolean> interrupted = readUntilInterrupted(stream);
        streams.onReset(1);
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void whoReadsIsInterruptedWhenTheConnectionEnds() throws Exception {
        ClientStream stream = open(1);
        CompletableFuture<Boolean> interrupted = readUntilInterrupted(stream);
        streams.ended();
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void aReadThatBeginsTooLateIsInterruptedAtOnceAndLeavesNoTrace() {
        ClientStream stream = open(1);
        streams.ended();
        stream.beginRead();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        stream.endRead();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whoDoesNotReadIsLeftAlone() {
        ClientStream stream = open(1);
        stream.beginRead();
        stream.endRead();
        streams.onReset(1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whoWaitsElsewhereIsToldOnce() {
        AtomicInteger told = new AtomicInteger();
        open(1).onGone(told::incrementAndGet);
        open(3).onGone(() -> assertThat(false).as("another stream").isTrue());
        streams.onReset(1);
        assertThat(told).hasValue(1);
        open(5);
        streams.onReset(5);
        streams.get(5).onGone(told::incrementAndGet);
        assertThat(told).hasValue(2);
    }

    @Test
    void aStreamIsForgottenWhenItIsOverOnBothSides() {
        open(1).answered();
        assertThat(streams.get(1)).isNotNull();
        streams.onData(1, 1, true);
        isForgotten(1);
        streams.onHeaders(3, true);
        streams.get(3).answered();
        isForgotten(3);
        open(5).answered();
        streams.onReset(5);
        isForgotten(5);
        assertThat(Thread.interrupted()).as("this thread still served it").isTrue();
    }

    @Test
    void laterFramesOfAStreamThatIsOverOpenNothing() {
        streams.onHeaders(7, true);
        streams.get(7).answered();
        streams.onHeaders(7, true);
        streams.onHeaders(5, false);
        streams.onData(7, 1, true);
        streams.onReset(5);
        isForgotten(7);
        isForgotten(5);
    }

    @Test
    void aConnectionIsEndedFromOutside() {
        streams.begin();
        ClientStream stream = open(1);
        assertThat(streams.isEnding()).isFalse();
        stream.endConnection();
        assertThat(streams.isEnding()).isTrue();
        assertThat(Thread.interrupted()).as("out of its read").isTrue();
    }

    private WatchedStream open(int id) {
        streams.onHeaders(id, false);
        return streams.get(id);
    }

    private void isForgotten(int id) {
        assertThatThrownBy(() -> streams.get(id)).isInstanceOf(IllegalStateException.class);
    }

    /** Another thread that reads what never comes. */
    private static CompletableFuture<Boolean> readUntilInterrupted(ClientStream stream) throws InterruptedException {
        CountDownLatch reading = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            stream.beginRead();
            reading.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                stream.endRead();
                interrupted.complete(!Thread.currentThread().isInterrupted());
            }
        });
        reading.await();
        return interrupted;
    }
}
