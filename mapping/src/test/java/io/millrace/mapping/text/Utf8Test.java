package io.millrace.mapping.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Utf8Test {

    /** RFC 3629, section 4: the first byte that belongs to no character, -1 if there is none. */
    static Stream<Arguments> sequences() {
        return Stream.of(
                argumentSet("nothing", "", -1),
                argumentSet("ASCII", "00417f", -1),
                argumentSet("two bytes, first and last", "c280dfbf", -1),
                argumentSet("three bytes, first and last", "e0a080efbfbf", -1),
                argumentSet("around the surrogates", "ed9fbfee8080", -1),
                argumentSet("four bytes, first and last", "f0908080f48fbfbf", -1),
                argumentSet("long ASCII, then a character", "4142434445464748494a4b4ce282ac", -1),
                argumentSet("continuation by itself", "4180", 1),
                argumentSet("overlong two bytes", "c080", 0),
                argumentSet("overlong two bytes, c1", "c1bf", 0),
                argumentSet("overlong three bytes", "e09fbf", 0),
                argumentSet("overlong four bytes", "f08fbfbf", 0),
                argumentSet("high surrogate", "eda080", 0),
                argumentSet("surrogate pair (CESU-8)", "eda0bdedb880", 0),
                argumentSet("above U+10FFFF", "f4908080", 0),
                argumentSet("five bytes", "f888808080", 0),
                argumentSet("fe and ff", "41fe", 1),
                argumentSet("cut off after one of two", "41c3", 1),
                argumentSet("cut off after two of three", "e282", 0),
                argumentSet("cut off after three of four", "f09f98", 0),
                argumentSet("no continuation", "e28241", 0),
                argumentSet("ninth byte of a long ASCII run", "4142434445464748ff", 8));
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void firstMalformed(String hex, int expected) {
        assertThat(Utf8.firstMalformed(HexFormat.of().parseHex(hex))).isEqualTo(expected);
    }

    @Test
    void agreesWithTheStrictDecoderOfTheJdk() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = hostileBytes(random);
            boolean wellFormed;
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                wellFormed = true;
            } catch (CharacterCodingException _) {
                wellFormed = false;
            }
            assertThat(Utf8.firstMalformed(bytes) < 0)
                    .as("seed %d round %d: %s", seed, round, HexFormat.of().formatHex(bytes))
                    .isEqualTo(wellFormed);
        }
    }

    @Test
    void decodesOnlyWhatIsWellFormed() {
        assertThat(Utf8.decode("a€😀".getBytes(StandardCharsets.UTF_8))).contains("a€😀");
        assertThat(Utf8.decode(new byte[] {'a', (byte) 0xc3})).isEmpty();
    }

    static Stream<Arguments> encodable() {
        return Stream.of(
                argumentSet("ASCII", "a", true),
                argumentSet("pair", "\ud83d\ude00", true),
                argumentSet("high surrogate at the end", "a\ud83d", false),
                argumentSet("high surrogate before a letter", "\ud83da", false),
                argumentSet("low surrogate first", "\ude00\ud83d", false));
    }

    @ParameterizedTest
    @MethodSource("encodable")
    void isEncodable(String text, boolean expected) {
        assertThat(Utf8.isEncodable(text)).isEqualTo(expected);
    }

    /** Bytes near the edges of the grammar, so that about half of them are well-formed. */
    private static byte[] hostileBytes(Random random) {
        int[] edges = {
            0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
            0xff
        };
        byte[] text = new StringBuilder()
                .appendCodePoint(random.nextInt(0xd800))
                .append("abcdefgh", 0, random.nextInt(9))
                .appendCodePoint(0xe000 + random.nextInt(0x10ffff - 0xe000))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        if (random.nextBoolean()) {
            text[random.nextInt(text.length)] = (byte) edges[random.nextInt(edges.length)];
        }
        return text;
    }
}
