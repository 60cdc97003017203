package io.millrace.gateway.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.connection.ClientTooSlowException;
import io.millrace.gateway.connection.Connection;
import io.millrace.gateway.connection.Exchange;
import io.millrace.gateway.connection.Unconnected;
import io.millrace.gateway.connection.UploadsFullException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class Http2ExchangesTest {

    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Connection connection = Unconnected.connection(SILENCE, 100);
    private final Http2Exchanges exchanges = new Http2Exchanges(connection);

    Http2ExchangesTest() throws IOException {
        connection.carry(exchanges);
    }

    @AfterEach
    void noInterruptIsLeftBehind() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aBodyIsWholeWhenItHasEndedAndAllOfItWasRead() {
        Exchange exchange = open(1);
        exchanges.onData(1, 10, false);
        assertThat(exchange.isWhole(10)).isFalse();
        exchanges.onData(1, 5, true);
        assertThat(exchange.isWhole(10)).isFalse();
        assertThat(exchange.isWhole(15)).isTrue();
        assertThat(exchange.isWhole(16)).isFalse();
    }

    @Test
    void aRequestIsOverWhenItHasEndedOrItsClientHasLeft() {
        Exchange ended = open(1);
        Exchange reset = open(3);
        Exchange cutOff = open(5);
        assertThat(ended.isOver()).isFalse();
        exchanges.onData(1, 10, true);
        assertThat(ended.isOver()).isTrue();
        exchanges.onReset(3);
        assertThat(reset.isOver()).isTrue();
        assertThat(cutOff.isOver()).isFalse();
        exchanges.leave();
        assertThat(cutOff.isOver()).isTrue();
    }

    @Test
    void trailersEndABody() {
        Exchange exchange = open(1);
        exchanges.onData(1, 10, false);
        exchanges.onHeaders(1, true);
        assertThat(exchange.isWhole(10)).isTrue();
    }

    @Test
    void aResetBodyIsNeverWhole() {
        Exchange exchange = open(1);
        exchanges.onData(1, 10, false);
        exchanges.onReset(1);
        assertThat(exchange.isGone()).isTrue();
        assertThat(exchange.isWhole(10)).isFalse();
    }

    @Test
    void whoReadsIsInterruptedWhenTheConnectionEnds() throws Exception {
        Exchange exchange = open(1);
        CompletableFuture<Boolean> interrupted = readUntilInterrupted(exchange);
        exchanges.leave();
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void aReadThatBeginsTooLateIsInterruptedAtOnceAndLeavesNoTrace() {
        Exchange exchange = open(1);
        exchanges.leave();
        exchange.beginRead();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        exchange.endRead(0);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whoDoesNotReadIsLeftAlone() {
        Exchange exchange = open(1);
        exchange.beginRead();
        exchange.endRead(0);
        exchanges.onReset(1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whoWaitsElsewhereIsToldOnce() {
        AtomicInteger told = new AtomicInteger();
        open(1).onGone(told::incrementAndGet);
        open(3).onGone(() -> assertThat(false).as("another stream").isTrue());
        exchanges.onReset(1);
        assertThat(told).hasValue(1);
        open(5);
        exchanges.onReset(5);
        exchanges.begin(5).onGone(told::incrementAndGet);
        assertThat(told).hasValue(2);
    }

    @Test
    void aStreamIsForgottenWhenItIsOverOnBothSides() {
        end(open(1));
        assertThat(exchanges.begin(1)).isNotNull();
        exchanges.onData(1, 1, true);
        isForgotten(1);
        exchanges.onHeaders(3, true);
        end(exchanges.begin(3));
        isForgotten(3);
        end(open(5));
        exchanges.onReset(5);
        isForgotten(5);
    }

    @Test
    void whoTakesInTheRestOfABodyThatHasEndedIsInterruptedWhenTheConnectionEnds() {
        Exchange exchange = open(1);
        exchange.end();
        exchange.takeRest(() -> {
            assertThat(exchanges.isOver(1)).isFalse();
            exchanges.onData(1, 1, true);
            assertThat(exchanges.isOver(1)).as("its reset concerns nobody").isTrue();
            exchange.beginRead();
            exchanges.leave();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            exchange.endRead(0);
            exchange.beginRead();
            assertThat(Thread.currentThread().isInterrupted())
                    .as("for each read")
                    .isTrue();
            exchange.endRead(0);
        });
        isForgotten(1);
    }

    /** It may take its time, but what has come whole is there: where it is waited for, it was lost. */
    @Test
    void theRestOfABodyHasADeadlineOnceItHasEnded() {
        Exchange exchange = open(1);
        exchange.beginRead();
        long later = System.nanoTime() + 2 * SILENCE.toNanos();
        exchanges.expire(later);
        assertThat(exchanges.isUnread(1)).isTrue();
        assertThatThrownBy(() -> exchange.endRead(0)).isInstanceOf(ClientTooSlowException.class);
        exchange.end();
        exchange.takeRest(() -> {
            exchange.beginRead();
            exchanges.expire(later);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            exchanges.onData(1, 1, true);
            exchanges.expire(System.nanoTime());
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            exchanges.expire(later);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            exchange.endRead(0);
        });
        isForgotten(1);
    }

    @Test
    void aReadThatTakesTooLongIsEnded() throws Exception {
        Exchange exchange = open(1);
        CompletableFuture<Boolean> tooSlow = new CompletableFuture<>();
        CountDownLatch reading = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            exchange.beginRead();
            reading.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                assertThatThrownBy(() -> exchange.endRead(0)).isInstanceOf(ClientTooSlowException.class);
                tooSlow.complete(!Thread.currentThread().isInterrupted());
            }
        });
        reading.await();
        exchanges.expire(System.nanoTime() + SILENCE.toNanos() / 2);
        assertThat(tooSlow).isNotDone();
        exchanges.expire(System.nanoTime() + SILENCE.toNanos());
        assertThat(tooSlow.get()).isTrue();
    }

    @Test
    void whatIsKeptOfBodiesHasABoundTogetherAndIsGivenBack() {
        Exchange one = open(1);
        Exchange other = open(3);
        keep(one, 60);
        keep(other, 40);
        assertThatThrownBy(() -> keep(other, 1)).isInstanceOf(UploadsFullException.class);
        keep(one, 40);
        one.discardWithin(Duration.ofSeconds(1));
        keep(open(5), 100);
    }

    @Test
    void whatIsNotWantedTakesNoMemory() {
        Exchange exchange = open(1);
        exchange.beginRead();
        exchange.endRead(1000);
        keep(open(3), 100);
    }

    @Test
    void laterFramesOfAStreamThatIsOverOpenNothing() {
        exchanges.onHeaders(7, true);
        end(exchanges.begin(7));
        exchanges.onHeaders(7, true);
        exchanges.onHeaders(5, false);
        exchanges.onData(7, 1, true);
        exchanges.onReset(5);
        isForgotten(7);
        isForgotten(5);
    }

    @Test
    void aConnectionIsEndedFromOutside() {
        exchanges.served();
        Exchange exchange = open(1);
        assertThat(exchanges.isEnding()).isFalse();
        exchange.abandon(0);
        assertThat(exchanges.isEnding()).as("other exchanges go on").isFalse();
        exchanges.cutOff();
        assertThat(exchanges.isEnding()).isTrue();
        assertThat(Thread.interrupted()).as("out of its read").isTrue();
    }

    @Test
    void nobodyReadsOnceAnExchangeIsAnswered() {
        assertThat(exchanges.isUnread(1)).isFalse();
        Exchange exchange = open(1);
        assertThat(exchanges.isUnread(1)).isFalse();
        exchange.end();
        assertThat(exchanges.isUnread(1)).isTrue();
        assertThat(exchanges.isOver(1)).isFalse();
        exchanges.onData(1, 1, true);
        assertThat(exchanges.isUnread(1)).isFalse();
        assertThat(exchanges.isOver(1)).isTrue();
        assertThat(exchanges.isOver(3)).as("not yet opened").isFalse();
        assertThat(exchanges.isOver(0)).as("the connection").isFalse();
    }

    private Exchange open(int id) {
        exchanges.onHeaders(id, false);
        return exchanges.begin(id);
    }

    private static void end(Exchange exchange) {
        exchange.end();
        exchange.takeRest(() -> {});
    }

    private static void keep(Exchange exchange, int bytes) {
        exchange.want(1000);
        exchange.beginRead();
        exchange.endRead(bytes);
    }

    private void isForgotten(int id) {
        assertThatThrownBy(() -> exchanges.begin(id)).isInstanceOf(IllegalStateException.class);
    }

    /** Another thread that reads what never comes. */
    private static CompletableFuture<Boolean> readUntilInterrupted(Exchange exchange) throws InterruptedException {
        CountDownLatch reading = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            exchange.beginRead();
            reading.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                exchange.endRead(0);
                interrupted.complete(!Thread.currentThread().isInterrupted());
            }
        });
        reading.await();
        return interrupted;
    }
}
