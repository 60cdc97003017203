package io.millrace.mapping.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OffsetTokenTest {

    private static final SplittableRandom RANDOM = new SplittableRandom(7);

    private static OffsetToken any() {
        // few digits as often as many, so that lengths differ
        long bound = (long) Math.pow(10, RANDOM.nextInt(1, 17));
        return new OffsetToken(RANDOM.nextLong(Math.min(bound, OffsetToken.MAX) + 1), RANDOM.nextLong(OffsetToken.MAX));
    }

    @Test
    void textIsTwoNumbersOf16Digits() {
        assertThat(new OffsetToken(42, 7).text()).isEqualTo("0000000000000042_0000000000000007");
        assertThat(new OffsetToken(OffsetToken.MAX, OffsetToken.MAX).text())
                .isEqualTo("9999999999999999_9999999999999999");
        assertThat(OffsetToken.ZERO.text()).isEqualTo("0000000000000000_0000000000000000");
    }

    @Test
    void everyTokenIsReadBack() {
        for (int i = 0; i < 2_000; i++) {
            OffsetToken token = any();
            assertThat(OffsetToken.parse(token.text())).contains(token);
        }
    }

    /** PROTOCOL.md 8, "Lexicographically Sortable". */
    @Test
    void textOrderIsPositionOrder() {
        for (int i = 0; i < 2_000; i++) {
            OffsetToken one = any();
            OffsetToken other = any();
            assertThat(Integer.signum(one.text().compareTo(other.text())))
                    .isEqualTo(Integer.signum(one.compareTo(other)))
                    .isEqualTo(
                            one.position() == other.position()
                                    ? Long.compare(one.tag(), other.tag())
                                    : Long.compare(one.position(), other.position()));
        }
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                argumentSet("nothing", ""),
                argumentSet("a number", "42"),
                argumentSet("no separator", "00000000000000000000000000000000"),
                argumentSet("another separator", "0000000000000000-0000000000000000"),
                argumentSet("the separator at the wrong place", "000000000000000_00000000000000000"),
                argumentSet("too short", "0000000000000000_000000000000000"),
                argumentSet("too long", "0000000000000000_00000000000000000"),
                argumentSet("a letter in the position", "000000000000000a_0000000000000000"),
                argumentSet("a letter in the tag", "0000000000000000_000000000000000a"),
                argumentSet("a minus", "-000000000000001_0000000000000000"),
                argumentSet("a blank", " 000000000000001_0000000000000000"),
                argumentSet("digits that are not ASCII", "000000000000000٣_0000000000000000"),
                argumentSet("a blank behind", "0000000000000000_0000000000000000 "));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String text) {
        assertThat(OffsetToken.parse(text)).isEmpty();
        assertThat(RequestedOffset.parse(text)).isEmpty();
    }

    @Test
    void numbersBeyond16DigitsAreNoToken() {
        assertThatIllegalArgumentException().isThrownBy(() -> new OffsetToken(OffsetToken.MAX + 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new OffsetToken(0, OffsetToken.MAX + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new OffsetToken(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new OffsetToken(0, -1));
    }

    /** PROTOCOL.md 8, "Sentinel Values", and the reference servers' zero. */
    static Stream<Arguments> requested() {
        return Stream.of(
                argumentSet("the beginning", "-1", new RequestedOffset.Beginning()),
                argumentSet("the tail", "now", new RequestedOffset.Now()),
                argumentSet("zero", "0000000000000000_0000000000000000", new RequestedOffset.Beginning()),
                argumentSet(
                        "position zero of some life",
                        "0000000000000000_0000000000000001",
                        new RequestedOffset.At(new OffsetToken(0, 1))),
                argumentSet(
                        "a token",
                        "0000000000000042_0000000000000007",
                        new RequestedOffset.At(new OffsetToken(42, 7))));
    }

    @ParameterizedTest
    @MethodSource
    void requested(String text, RequestedOffset expected) {
        assertThat(RequestedOffset.parse(text)).contains(expected);
    }

    @Test
    void sentinelsAreCaseSensitive() {
        assertThat(RequestedOffset.parse("NOW")).isEmpty();
        assertThat(RequestedOffset.parse("-01")).isEmpty();
    }
}
