package io.millrace.mapping.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    private static final Instant EPOCH = Instant.parse("2024-10-09T00:00:00Z");
    private static final Instant INTERVAL_1000 = EPOCH.plusSeconds(20_000);

    /** PROTOCOL.md 10.1, "Interval-based Calculation". */
    static Stream<Arguments> intervals() {
        return Stream.of(
                argumentSet("the epoch", EPOCH, "0"),
                argumentSet("end of the first interval", EPOCH.plusMillis(19_999), "0"),
                argumentSet("second interval", EPOCH.plusSeconds(20), "1"),
                argumentSet("one day", EPOCH.plusSeconds(86_400), "4320"),
                argumentSet("a clock before the epoch", EPOCH.minusSeconds(1), "0"),
                argumentSet("a clock far before the epoch", Instant.EPOCH, "0"));
    }

    @ParameterizedTest
    @MethodSource("intervals")
    void withoutAClientCursorItIsTheInterval(Instant now, String expected) {
        assertThat(Cursor.next(null, now, new Random(1))).isEqualTo(expected);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "abc",
                "1000abc",
                "-1",
                "+1000",
                "1e9",
                "1000.5",
                " 1000",
                "\uff11\uff10",
                "0x3e8",
                "1000000000000000000",
                "99999999999999999999999999",
                "\u0000"
            })
    void whatNobodyIssuedIsAsIfAbsent(@Nullable String clientCursor) {
        assertThat(Cursor.next(clientCursor, INTERVAL_1000, new Random(1))).isEqualTo("1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "999", "0999"})
    void aCursorBehindTheClockIsBroughtUpToIt(String clientCursor) {
        assertThat(Cursor.next(clientCursor, INTERVAL_1000, new Random(1))).isEqualTo("1000");
    }

    /** PROTOCOL.md 10.1, "Monotonic Progression": 1 to 3600 s are 1 to 180 intervals. */
    @Test
    void aCursorAtOrAheadOfTheClockIsOvertakenByJitter() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long min = Long.MAX_VALUE;
        long max = 0;
        for (int round = 0; round < 20_000; round++) {
            long client = 1000L + random.nextInt(5000);
            long jitter = Long.parseLong(Cursor.next(Long.toString(client), INTERVAL_1000, random)) - client;
            min = Math.min(min, jitter);
            max = Math.max(max, jitter);
        }
        assertThat(min).as("seed %d", seed).isEqualTo(1);
        assertThat(max).as("seed %d", seed).isEqualTo(180);
    }

    @Test
    void theLargestCursorIsStillOvertaken() {
        String largest = "9".repeat(Cursor.MAX_DIGITS);
        assertThat(new BigInteger(Cursor.next(largest, INTERVAL_1000, new Random(1))))
                .isGreaterThan(new BigInteger(largest));
    }

    @Test
    void aClientThatEchoesNeverGoesBackAndNeverStands() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Instant now = INTERVAL_1000;
        String cursor = Cursor.next(null, now, random);
        for (int round = 0; round < 20_000; round++) {
            now = now.plusMillis(random.nextInt(60_000) - 10_000);
            String next = Cursor.next(cursor, now, random);
            assertThat(Long.parseLong(next)).as("seed %d round %d", seed, round).isGreaterThan(Long.parseLong(cursor));
            cursor = next;
        }
    }
}
