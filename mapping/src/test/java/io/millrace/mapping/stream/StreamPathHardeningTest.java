package io.millrace.mapping.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.stream.StreamPath.Parsed;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One stream never has two names, and no request reaches a name that a proxy in front did not see. */
class StreamPathHardeningTest {

    static Stream<Arguments> hostile() {
        return Stream.of(
                argumentSet("empty path", "", "empty"),
                argumentSet("slash only", "/", "empty segment"),
                argumentSet("leading slash", "/a", "empty segment"),
                argumentSet("trailing slash", "a/", "empty segment"),
                argumentSet("double slash", "a//b", "empty segment"),
                argumentSet("dot segment", "a/./b", "'.' or '..'"),
                argumentSet("dot segment first", "./a", "'.' or '..'"),
                argumentSet("dot-dot segment", "a/../b", "'.' or '..'"),
                argumentSet("dot-dot at the end", "a/..", "'.' or '..'"),
                argumentSet("dot-dot by itself", "..", "'.' or '..'"),
                argumentSet("encoded dot-dot", "a/%2e%2E/b", "'.' or '..'"),
                argumentSet("half encoded dot-dot", "a/.%2e/b", "'.' or '..'"),
                argumentSet("encoded dot", "%2e", "'.' or '..'"),
                argumentSet("encoded slash", "a%2Fb", "%2F"),
                argumentSet("encoded slash, lower case", "a%2fb", "%2F"),
                argumentSet("encoded slash and dot-dot", "a%2F..%2Fb", "%2F"),
                argumentSet("encoded slash by itself", "%2F", "%2F"),
                argumentSet("backslash", "a\\b", "backslash"),
                argumentSet("encoded backslash", "a%5Cb", "backslash"),
                argumentSet("encoded dot-dot-backslash", "..%5c..", "backslash"),
                argumentSet("NUL", "a%00b", "control"),
                argumentSet("line feed", "a%0Ab", "control"),
                argumentSet("carriage return and line feed", "a%0d%0aX-Injected:%201", "control"),
                argumentSet("escape character", "%1B", "control"),
                argumentSet("delete character", "a%7F", "control"),
                argumentSet("raw control character", "a\u0001", "not percent-encoded"),
                argumentSet("raw space", "a b", "not percent-encoded"),
                argumentSet("raw non-ASCII", "caf\u00e9", "not percent-encoded"),
                argumentSet("raw query", "a?b", "percent-encoded"),
                argumentSet("raw fragment", "a#b", "percent-encoded"),
                argumentSet("lone percent", "a%", "two hexadecimal"),
                argumentSet("cut-off escape", "a%4", "two hexadecimal"),
                argumentSet("escape with other letters", "%zz", "two hexadecimal"),
                argumentSet("escape across a slash", "%2/F", "two hexadecimal"),
                argumentSet("IIS escape", "%u0041", "two hexadecimal"),
                argumentSet("overlong slash", "a%C0%AFb", "not UTF-8"),
                argumentSet("overlong dot", "%C0%AE%C0%AE", "not UTF-8"),
                argumentSet("overlong NUL", "%C0%80", "not UTF-8"),
                argumentSet("lone surrogate", "%ED%A0%80", "not UTF-8"),
                argumentSet("surrogate pair", "%ED%A0%BD%ED%B8%80", "not UTF-8"),
                argumentSet("Latin-1", "caf%E9", "not UTF-8"),
                argumentSet("character across a slash", "%C3/%A9", "not UTF-8"),
                argumentSet("above U+10FFFF", "%F4%90%80%80", "not UTF-8"),
                argumentSet("too long", "a".repeat(1025), "longer"),
                argumentSet("much too long", "a".repeat(1_000_000), "longer"),
                argumentSet("many empty segments", "/".repeat(3000), "longer"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isRefusedWithAReason(String raw, String reasonPart) {
        assertThat(StreamPath.parse(raw))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                        .contains(reasonPart));
    }

    @Test
    void nothingThrowsAndWhatIsTakenIsCanonical() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "a./%%%2e25cfF0\\;_ds?\u0000\u00e9\ud83d";
        int taken = 0;
        for (int round = 0; round < 200_000; round++) {
            String raw = random.ints(random.nextInt(9), 0, alphabet.length())
                    .mapToObj(i -> String.valueOf(alphabet.charAt(i)))
                    .reduce("", String::concat);
            switch (StreamPath.parse(raw)) {
                case Parsed.Invalid(String reason) ->
                    assertThat(reason).as("seed %d, '%s'", seed, raw).isNotBlank();
                case Parsed.Reserved(StreamPath path) ->
                    assertThat(path.segments().getFirst())
                            .as("seed %d, '%s'", seed, raw)
                            .isEqualTo("__ds");
                case Parsed.Valid(StreamPath path) -> {
                    taken++;
                    assertThat(path.segments())
                            .as("seed %d, '%s'", seed, raw)
                            .noneMatch(segment -> segment.isEmpty() || segment.equals(".") || segment.equals(".."))
                            .first()
                            .isNotEqualTo("__ds");
                }
            }
        }
        assertThat(taken).as("seed %d: paths taken", seed).isGreaterThan(1_000);
    }
}
