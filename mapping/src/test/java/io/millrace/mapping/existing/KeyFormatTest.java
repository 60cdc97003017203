package io.millrace.mapping.existing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeyFormatTest {

    private static final int ROUNDS = 20_000;

    /** As Kafka's own serializers write them. */
    @Test
    void keysAreWhatKafkasSerializersWrite() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            long number = random.nextLong() >> random.nextInt(Long.SIZE);
            int small = random.nextInt() >> random.nextInt(Integer.SIZE);
            UUID uuid = new UUID(random.nextLong(), random.nextLong());
            String text = random.ints(1 + random.nextInt(8), 0, 0xd800)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertRoundTrip(
                    seed,
                    KeyFormat.LONG,
                    Long.toString(number),
                    ByteBuffer.allocate(8).putLong(number).array());
            assertRoundTrip(
                    seed,
                    KeyFormat.INT,
                    Integer.toString(small),
                    ByteBuffer.allocate(4).putInt(small).array());
            assertRoundTrip(
                    seed, KeyFormat.UUID, uuid.toString(), uuid.toString().getBytes(UTF_8));
            assertRoundTrip(seed, KeyFormat.STRING, text, text.getBytes(UTF_8));
        }
    }

    private static void assertRoundTrip(long seed, KeyFormat format, String text, byte[] key) {
        assertThat(format.serialize(text))
                .as("seed %d: %s %s", seed, format, text)
                .contains(key);
        assertThat(format.text(key)).as("seed %d: %s %s", seed, format, text).contains(text);
    }

    /** Whatever bytes somebody wrote as a key, they have no text, or one that means just them. */
    @ParameterizedTest
    @EnumSource
    void noTwoKeysHaveOneName(KeyFormat format) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] key = new byte[random.nextInt(10)];
            random.nextBytes(key);
            format.text(key).ifPresent(text -> assertThat(format.serialize(text))
                    .as("seed %d: %s", seed, HexFormat.of().formatHex(key))
                    .contains(key));
        }
    }

    /** Other spellings of a number or UUID are no keys, or one stream would have many names. */
    @Test
    void noKeyHasTwoNames() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "0123456789-+. aAfFxL_";
        for (int round = 0; round < ROUNDS; round++) {
            String text = random.ints(1 + random.nextInt(5), 0, alphabet.length())
                    .collect(StringBuilder::new, (made, i) -> made.append(alphabet.charAt(i)), StringBuilder::append)
                    .toString();
            for (KeyFormat format : KeyFormat.values()) {
                format.serialize(text).ifPresent(key -> assertThat(format.text(key))
                        .as("seed %d: %s \"%s\"", seed, format, text)
                        .contains(text));
            }
        }
    }

    static Stream<Arguments> noKeys() {
        return Stream.of(
                argumentSet("lone surrogate", KeyFormat.STRING, "a\ud800"),
                argumentSet("no digits", KeyFormat.LONG, ""),
                argumentSet("sign alone", KeyFormat.LONG, "-"),
                argumentSet("plus", KeyFormat.LONG, "+1"),
                argumentSet("zero with a sign", KeyFormat.LONG, "-0"),
                argumentSet("leading zero", KeyFormat.LONG, "01"),
                argumentSet("negative, leading zero", KeyFormat.LONG, "-01"),
                argumentSet("blank", KeyFormat.LONG, " 1"),
                argumentSet("fraction", KeyFormat.LONG, "1.0"),
                argumentSet("digits of another script", KeyFormat.LONG, "\u0661"),
                argumentSet("too large for a long", KeyFormat.LONG, "9223372036854775808"),
                argumentSet("too small for a long", KeyFormat.LONG, "-9223372036854775809"),
                argumentSet("twenty digits", KeyFormat.LONG, "10000000000000000000"),
                argumentSet("line break", KeyFormat.LONG, "1\n"),
                argumentSet("too large for an int", KeyFormat.INT, "2147483648"),
                argumentSet("too small for an int", KeyFormat.INT, "-2147483649"),
                argumentSet("letters", KeyFormat.INT, "abc"),
                argumentSet("upper case", KeyFormat.UUID, "00000000-0000-0000-0000-00000000000A"),
                argumentSet("without dashes", KeyFormat.UUID, "00000000000000000000000000000000"),
                argumentSet("short parts", KeyFormat.UUID, "0-0-0-0-0"),
                argumentSet("braces", KeyFormat.UUID, "{00000000-0000-0000-0000-000000000000}"),
                argumentSet("line break behind", KeyFormat.UUID, "00000000-0000-0000-0000-000000000000\n"));
    }

    @ParameterizedTest
    @MethodSource("noKeys")
    void isNoKey(KeyFormat format, String text) {
        assertThat(format.serialize(text)).isEmpty();
    }

    static Stream<Arguments> foreign() {
        return Stream.of(
                argumentSet("not UTF-8", KeyFormat.STRING, "ff"),
                argumentSet("overlong UTF-8", KeyFormat.STRING, "c080"),
                argumentSet("no bytes for a long", KeyFormat.LONG, ""),
                argumentSet("an int for a long", KeyFormat.LONG, "00000001"),
                argumentSet("nine bytes", KeyFormat.LONG, "000000000000000001"),
                argumentSet("a long for an int", KeyFormat.INT, "0000000000000001"),
                argumentSet("three bytes", KeyFormat.INT, "000001"),
                argumentSet("sixteen bytes for a UUID", KeyFormat.UUID, "00000000000000000000000000000000"),
                argumentSet("text for a UUID", KeyFormat.UUID, "6162"),
                argumentSet("not UTF-8 for a UUID", KeyFormat.UUID, "ff"));
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void hasNoText(KeyFormat format, String hex) {
        assertThat(format.text(HexFormat.of().parseHex(hex))).isEmpty();
    }

    @Test
    void anEmptyStringIsAKeyAsItIsInKafka() {
        assertThat(KeyFormat.STRING.serialize("")).contains(new byte[0]);
        assertThat(KeyFormat.STRING.text(new byte[0])).contains("");
    }
}
