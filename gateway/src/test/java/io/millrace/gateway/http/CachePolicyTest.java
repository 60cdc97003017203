package io.millrace.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.stream.Expiry;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CachePolicyTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** A cache never keeps what the stream's end takes away. */
    static Stream<Arguments> lives() {
        return Stream.of(
                argumentSet("for ever", new Expiry.Never(), "public, max-age=60, stale-while-revalidate=300"),
                argumentSet("an hour idle", sliding(3600), "public, max-age=60, stale-while-revalidate=300"),
                argumentSet("100 s idle", sliding(100), "public, max-age=60, stale-while-revalidate=40"),
                argumentSet("10 s idle", sliding(10), "public, max-age=10, stale-while-revalidate=0"),
                argumentSet("not idle at all", sliding(0), "no-store"),
                argumentSet("until in 90 s", until(90), "public, max-age=60, stale-while-revalidate=30"),
                argumentSet("until in 5 s", until(5), "public, max-age=5, stale-while-revalidate=0"),
                argumentSet("until a moment ago", until(-1), "no-store"));
    }

    @ParameterizedTest
    @MethodSource("lives")
    void belowTheTail(Expiry expiry, String cacheControl) {
        assertThat(CachePolicy.catchUp(Streams.chunk(Streams.open("text/plain", expiry, 20), "a"), NOW))
                .isEqualTo(cacheControl);
    }

    private static Expiry sliding(long seconds) {
        return new Expiry.Sliding(Duration.ofSeconds(seconds));
    }

    private static Expiry until(long seconds) {
        return new Expiry.Absolute(NOW.plusSeconds(seconds));
    }
}
