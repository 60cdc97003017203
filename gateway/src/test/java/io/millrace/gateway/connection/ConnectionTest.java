package io.millrace.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionTest {

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration NEXT = Duration.ofSeconds(20);
    private static final Duration WRITE = Duration.ofSeconds(5);

    private final Connection connection = Unconnected.connection(FIRST, NEXT, WRITE);
    private final long openedNanos = System.nanoTime();

    ConnectionTest() throws IOException {
        connection.carry(new Http1Exchange(connection, () -> null));
    }

    @Test
    void theFirstRequestMustComeInTime() {
        connection.expire(openedNanos + FIRST.toNanos() - Duration.ofSeconds(1).toNanos());
        assertThat(connection.isOpen()).isTrue();
        connection.expire(openedNanos + FIRST.toNanos());
        assertThat(connection.isOpen()).isFalse();
        assertThat(connection.begin(1)).isEmpty();
    }

    @Test
    void theNextRequestHasATimeOfItsOwn() {
        connection.begin(1).orElseThrow().end();
        connection.expire(openedNanos + FIRST.toNanos());
        assertThat(connection.isOpen()).isTrue();
        connection.expire(System.nanoTime() + NEXT.toNanos());
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void anExchangeMayTakeItsTime() {
        Exchange exchange = connection.begin(1).orElseThrow();
        connection.expire(openedNanos + Duration.ofDays(1).toNanos());
        assertThat(connection.isOpen()).isTrue();
        exchange.end();
    }

    @Test
    void ofSeveralExchangesTheLastOneToEndBeginsTheWait() {
        begin();
        begin();
        connection.ended();
        connection.expire(openedNanos + Duration.ofDays(1).toNanos());
        assertThat(connection.isOpen()).isTrue();
        connection.ended();
        connection.expire(openedNanos + Duration.ofDays(1).toNanos());
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void whatIsWrittenMustBeTakenInTime() {
        begin();
        connection.write(() -> {
            connection.expire(
                    System.nanoTime() + WRITE.toNanos() - Duration.ofSeconds(1).toNanos());
            assertThat(connection.isOpen()).isTrue();
        });
        connection.expire(System.nanoTime() + WRITE.toNanos());
        assertThat(connection.isOpen()).as("nothing is being written").isTrue();
        connection.write(() -> connection.expire(System.nanoTime() + WRITE.toNanos()));
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void takingLeaveTakesOnlySoLong() {
        begin();
        connection.leave(() -> {
            connection.expire(
                    System.nanoTime() + WRITE.toNanos() - Duration.ofSeconds(1).toNanos());
            assertThat(connection.isOpen()).isTrue();
            connection.write(() -> {});
            connection.expire(System.nanoTime() + WRITE.toNanos());
            assertThat(connection.isOpen()).isFalse();
        });
    }

    @Test
    void aConnectionThatHasTakenLeaveIsClosed() {
        connection.leave(() -> {
            throw new UncheckedIOException(new IOException("the client was faster"));
        });
        assertThat(connection.isOpen()).isFalse();
    }

    private void begin() {
        assertThat(connection.begin(1)).isPresent();
    }
}
