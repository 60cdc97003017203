package io.millrace.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** PROTOCOL.md 10.1: intervals of 20 s since 2024-10-09. */
class ReaderCursorTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2024-10-09T00:20:00Z"));
    private final InstantSource clock = now::get;

    @Test
    void followsTheClock() {
        ReaderCursor cursor = new ReaderCursor(Optional.empty(), clock);
        assertThat(cursor.text()).isEqualTo("60");
        now.set(Instant.parse("2024-10-09T00:20:19Z"));
        assertThat(cursor.text()).isEqualTo("60");
        now.set(Instant.parse("2024-10-09T00:20:20Z"));
        assertThat(cursor.text()).isEqualTo("61");
    }

    @Test
    void neverGoesBack() {
        ReaderCursor cursor = new ReaderCursor(Optional.of("1000"), clock);
        String first = cursor.text();
        assertThat(Long.parseLong(first)).isGreaterThan(1000);
        now.set(Instant.parse("2024-10-09T00:40:00Z"));
        assertThat(cursor.text()).isEqualTo(first);
    }
}
