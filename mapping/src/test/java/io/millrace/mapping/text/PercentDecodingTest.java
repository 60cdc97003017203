package io.millrace.mapping.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.text.PercentDecoding.Decoded;
import io.millrace.mapping.text.PercentDecoding.Plus;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentDecodingTest {

    static Stream<Arguments> wellFormed() {
        return Stream.of(
                argumentSet("nothing", "", Plus.LITERAL, ""),
                argumentSet("plain", "abc-._~", Plus.LITERAL, "abc-._~"),
                argumentSet("upper and lower case digits", "%2F%2f", Plus.LITERAL, "//"),
                argumentSet("three-byte character", "%E2%82%AC", Plus.LITERAL, "€"),
                argumentSet("decoded once only", "%2541", Plus.LITERAL, "%41"),
                argumentSet("escape at the end", "a%41", Plus.LITERAL, "aA"),
                argumentSet("plus in a path", "a+b", Plus.LITERAL, "a+b"),
                argumentSet("plus in a query", "a+b%2B", Plus.SPACE, "a b+"));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void decodes(String raw, Plus plus, String expected) {
        assertThat(PercentDecoding.decode(raw, plus)).isEqualTo(new Decoded.Text(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "%4",
                "a%",
                "%zz",
                "%4g",
                "%-1",
                "% 1",
                "%\uff11\uff11",
                "%C3",
                "%ED%A0%80",
                "%C0%AF",
                "a b",
                "a\tb",
                "a\u0000b",
                "\u00e9",
                "\ud83d"
            })
    void refuses(String raw) {
        assertThat(PercentDecoding.decode(raw, Plus.LITERAL)).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void takesBackWhatTheJdkEncodes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String text = random.ints(random.nextInt(12), 0, 0x11000)
                    .filter(c -> c < 0xd800 || c > 0xdfff)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(PercentDecoding.decode(URLEncoder.encode(text, StandardCharsets.UTF_8), Plus.SPACE))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(new Decoded.Text(text));
        }
    }
}
