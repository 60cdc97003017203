package io.millrace.mapping.stream;

import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.sliding;
import static io.millrace.mapping.Samples.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.stream.StreamState.Open;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExpiryTest {

    private static Open accessedAt(StreamConfiguration configuration, long millis) {
        return StreamState.Absent.ABSENT.create(Incarnation.of("g.1"), configuration, 0, millis);
    }

    /** docs/adr/0001: min(TTL in ms / 20 rounded down, 60000). Stored: never change. */
    static Stream<Arguments> throttle() {
        return Stream.of(
                argumentSet("zero", 0L, 0L),
                argumentSet("a second", 1L, 50L),
                argumentSet("a minute", 60L, 3_000L),
                argumentSet("twenty minutes", 1_200L, 60_000L),
                argumentSet("a little more", 1_201L, 60_000L),
                argumentSet("the longest", Expiry.Sliding.MOST_SECONDS, 60_000L));
    }

    @ParameterizedTest
    @MethodSource
    void throttle(long ttlSeconds, long millis) {
        assertThat(new Expiry.Sliding(Duration.ofSeconds(ttlSeconds)).throttle())
                .isEqualTo(Duration.ofMillis(millis));
    }

    /** Past the deadline is strictly above it. */
    static Stream<Arguments> ended() {
        return Stream.of(
                argumentSet("never", PLAIN, Long.MAX_VALUE, false),
                argumentSet("sliding, at TTL and throttle", sliding(100), 1_000 + 100_000 + 5_000L, false),
                argumentSet("sliding, a millisecond later", sliding(100), 1_000 + 100_000 + 5_001L, true),
                argumentSet("zero TTL, at once", sliding(0), 1_000L, false),
                argumentSet("zero TTL, a millisecond later", sliding(0), 1_001L, true),
                argumentSet("absolute, at the time", until(5_000), 5_000L, false),
                argumentSet("absolute, a millisecond later", until(5_000), 5_001L, true),
                argumentSet("absolute, before it began", until(500), 1_000L, true));
    }

    @ParameterizedTest
    @MethodSource
    void ended(StreamConfiguration configuration, long millis, boolean ended) {
        assertThat(accessedAt(configuration, 1_000).expiredAt(millis)).isEqualTo(ended);
    }

    @Test
    void longestWindowAfterTheLatestAccessDoesNotOverflow() {
        Open stream = accessedAt(sliding(Expiry.Sliding.MOST_SECONDS), RecordCodec.LAST_MILLIS);

        assertThat(stream.expiredAt(RecordCodec.LAST_MILLIS)).isFalse();
        assertThat(stream.configuration().expiry().deadlineMillis(stream.lastAccessMillis()))
                .isGreaterThan(RecordCodec.LAST_MILLIS);
    }

    @Test
    void absoluteExpiryTakesNoAccess() {
        assertThat(accessedAt(until(5_000), 1_000).accessed(4_999).expiredAt(5_001))
                .isTrue();
    }

    @Test
    void accessNeverGoesBack() {
        assertThat(accessedAt(sliding(1), 1_000).accessed(999).lastAccessMillis())
                .isEqualTo(1_000);
    }

    static Stream<Arguments> touches() {
        return Stream.of(
                argumentSet("never expires", PLAIN, 1_000_000L, false),
                argumentSet("absolute", until(2_000_000), 1_000_000L, false),
                argumentSet("sliding, within the throttle", sliding(100), 1_000 + 5_000L, false),
                argumentSet("sliding, past the throttle", sliding(100), 1_000 + 5_001L, true),
                argumentSet("sliding, a clock behind the log", sliding(100), 0L, false));
    }

    @ParameterizedTest
    @MethodSource
    void touches(StreamConfiguration configuration, long millis, boolean wanted) {
        assertThat(accessedAt(configuration, 1_000).wantsTouch(millis)).isEqualTo(wanted);
    }

    /** A reader within the throttle is not logged; in return the stream lives that much longer than its TTL. */
    @Test
    void unloggedReadStillGetsTheWholeWindow() {
        Open stream = accessedAt(sliding(100), 1_000);
        long read = 1_000 + 5_000;

        assertThat(stream.wantsTouch(read)).isFalse();
        assertThat(stream.expiredAt(read + 100_000)).isFalse();
    }

    @Test
    void windowsThatNoRecordCanHoldAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Expiry.Sliding(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Expiry.Sliding(Duration.ofMillis(1_500)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Expiry.Sliding(Duration.ofSeconds(Expiry.Sliding.MOST_SECONDS + 1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Expiry.Absolute(Instant.MAX));
        assertThatIllegalArgumentException().isThrownBy(() -> new Expiry.Absolute(Instant.MIN));
    }
}
