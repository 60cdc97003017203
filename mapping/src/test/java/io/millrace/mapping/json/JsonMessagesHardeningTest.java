package io.millrace.mapping.json;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.json.JsonMessages.Parsed;
import io.millrace.mapping.text.Utf8;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonMessagesHardeningTest {

    static Stream<Arguments> notJson() {
        return Stream.of(
                text("nothing", ""),
                text("blanks only", " \n\t"),
                text("word", "hello"),
                text("two values", "1 2"),
                text("two values without a blank", "{}{}"),
                text("value behind an array", "[1] 2"),
                text("trailing comma behind the value", "1,"),
                text("closing bracket too many", "[1]]"),
                text("newline-delimited", "{\"a\":1}\n{\"a\":2}"),
                text("array not closed", "[1, 2"),
                text("array not closed behind a comma", "[1,"),
                text("opening bracket only", "["),
                text("closing bracket only", "]"),
                text("object not closed", "{\"a\": 1"),
                text("string not closed", "\"a"),
                text("bracket for brace", "[1}"),
                text("trailing comma in an array", "[1,]"),
                text("trailing comma in an object", "{\"a\":1,}"),
                text("missing element", "[1,,2]"),
                text("leading comma", "[,1]"),
                text("no colon", "{\"a\" 1}"),
                text("no value", "{\"a\":}"),
                text("key without quotes", "{a:1}"),
                text("number as key", "{1:1}"),
                text("single quotes", "{'a':1}"),
                text("NaN", "NaN"),
                text("Infinity", "[Infinity]"),
                text("minus Infinity", "-Infinity"),
                text("leading zero", "01"),
                text("minus leading zero", "-01"),
                text("plus sign", "+1"),
                text("no digit before the point", ".5"),
                text("no digit behind the point", "[1.]"),
                text("no digit behind the point at the end", "1."),
                text("no digit in the exponent", "1e"),
                text("minus by itself", "-"),
                text("hexadecimal", "0x10"),
                text("letters behind a number", "1a"),
                text("letters behind true", "truex"),
                text("cut-off true", "tru"),
                text("capital true", "True"),
                text("undefined", "undefined"),
                text("block comment", "/* c */ 1"),
                text("line comment", "1 // c"),
                text("hash comment", "# c\n1"),
                text("line feed in a string", "\"a\nb\""),
                text("tab in a string", "\"a\tb\""),
                text("NUL in a string", "\"a\u0000b\""),
                text("NUL behind the value", "1\u0000"),
                text("NUL before the value", "\u00001"),
                text("line feed in a key", "{\"a\n\":1}"),
                text("unknown escape", "\"\\x41\""),
                text("cut-off escape", "\"\\u12\""),
                text("escape that is not hexadecimal", "\"\\u12g4\""),
                text("backslash at the end", "\"\\"),
                text("byte order mark", "\ufeff1"),
                text("byte order mark before an array", "\ufeff[1]"),
                text("non-breaking space", "\u00a01"),
                text("line separator as blank", "1\u2028"),
                text("form feed as blank", "\f1"),
                text("record separator", "\u001e1"),
                text("quotation marks of print", "\u201ca\u201d"),
                text("digits of another script", "\u0661"),
                bytes("invalid UTF-8 in a string", "2261ff6222"),
                bytes("overlong quotation mark", "22c0a222"),
                bytes("surrogate in a string", "22eda08022"),
                bytes("surrogate pair in a string", "22eda0bdedb88022"),
                bytes("cut-off character in a string", "22e28222"),
                bytes("invalid UTF-8 in a key", "7b22ff223a317d"),
                bytes("Latin-1", "22e922"),
                bytes("above U+10FFFF", "22f490808022"),
                encoded("UTF-16 big-endian", UTF_16BE),
                encoded("UTF-16 little-endian", UTF_16LE),
                encoded("UTF-32 big-endian", Charset.forName("UTF-32BE")),
                encoded("UTF-32 little-endian", Charset.forName("UTF-32LE")),
                encoded("UTF-16 with byte order mark", Charset.forName("UTF-16")));
    }

    @ParameterizedTest
    @MethodSource("notJson")
    void isRefusedWithAReason(byte[] body) {
        assertThat(JsonMessages.parse(body))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                        .isNotBlank());
        assertThat(JsonMessages.isValid(body)).isFalse();
    }

    @Test
    void nestingIsBounded() {
        for (String[] pair : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            String open = pair[0];
            String close = pair[1];
            int deepest = JsonMessages.MAX_DEPTH;
            assertThat(JsonMessages.isValid((open.repeat(deepest) + "1" + close.repeat(deepest)).getBytes(UTF_8)))
                    .as("%d times %s", deepest, open)
                    .isTrue();
            assertThat(JsonMessages.parse((open.repeat(deepest + 1) + "1" + close.repeat(deepest + 1)).getBytes(UTF_8)))
                    .as("%d times %s", deepest + 1, open)
                    .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                            .contains("deeper than 512"));
        }
    }

    @Test
    void aMillionOpeningBracketsAreRefusedEarly() {
        assertThat(JsonMessages.isValid("[".repeat(1_000_000).getBytes(UTF_8))).isFalse();
    }

    @Test
    void longStringsNumbersAndKeysAreNotBounded() {
        String long8Mib = "9".repeat(8 << 20);
        for (String body : new String[] {
            long8Mib, "\"" + long8Mib + "\"", "{\"" + long8Mib + "\":1}", "0." + long8Mib, "1e" + long8Mib
        }) {
            byte[] bytes = body.getBytes(UTF_8);
            assertThat(JsonMessages.parse(bytes))
                    .as(body.substring(0, 2))
                    .isInstanceOfSatisfying(Parsed.Messages.class, messages -> assertThat(messages.value())
                            .isSameAs(bytes));
        }
    }

    /** The parser's own defence against colliding names goes off by chance, and replicas must agree. */
    @Test
    void manyKeysAreNoError() {
        StringBuilder body = new StringBuilder("{");
        for (int i = 0; i < 500_000; i++) {
            body.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":0");
        }
        assertThat(JsonMessages.isValid(body.append('}').toString().getBytes(UTF_8)))
                .isTrue();
    }

    @Test
    void manyMessagesAreCounted() {
        String body = "[" + "0,".repeat(999_999) + "0]";
        assertThat(JsonMessages.parse(body.getBytes(UTF_8)))
                .isInstanceOfSatisfying(Parsed.Messages.class, messages -> assertThat(messages.count())
                        .isEqualTo(1_000_000));
    }

    @Test
    void aReasonDoesNotRepeatThePayload() {
        assertThat(JsonMessages.parse("{\"password\": secret}".getBytes(UTF_8)))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                        .doesNotContain("password", "secret"));
    }

    @Test
    void noByteSequenceThrows() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "[]{},:\"\\u0e+-. \n\t1tnf/*'\u0000\u00e9";
        int valid = 0;
        for (int round = 0; round < 100_000; round++) {
            byte[] body = random.ints(random.nextInt(10), 0, alphabet.length())
                    .mapToObj(i -> String.valueOf(alphabet.charAt(i)))
                    .reduce("", String::concat)
                    .getBytes(UTF_8);
            if (body.length > 0 && random.nextInt(4) == 0) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            boolean isValid = JsonMessages.isValid(body);
            valid += isValid ? 1 : 0;
            assertThat(JsonMessages.parse(body) instanceof Parsed.Invalid)
                    .as("seed %d: %s", seed, Arrays.toString(body))
                    .isNotEqualTo(isValid);
        }
        assertThat(valid).as("seed %d: valid bodies", seed).isGreaterThan(250);
    }

    /** A change of one character either keeps the text JSON or is noticed, as an independent grammar says. */
    @Test
    void agreesWithTheGrammarOfTheRfc() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "[]{},:\"\\u0e+-. \n1t\u0001";
        int[] verdicts = new int[2];
        for (int round = 0; round < 100_000; round++) {
            StringBuilder text = new StringBuilder(RandomJson.value(random, 2));
            for (int change = random.nextInt(3); change > 0 && !text.isEmpty(); change--) {
                int at = random.nextInt(text.length());
                text.replace(
                        at, at + random.nextInt(2), String.valueOf(alphabet.charAt(random.nextInt(alphabet.length()))));
            }
            String json = text.toString();
            if (!Utf8.isEncodable(json)) {
                continue; // a pair was cut in two
            }
            boolean expected = Rfc8259.isJson(json);
            verdicts[expected ? 1 : 0]++;
            assertThat(JsonMessages.isValid(json.getBytes(UTF_8)))
                    .as("seed %d round %d: %s", seed, round, json)
                    .isEqualTo(expected);
        }
        assertThat(Arrays.stream(verdicts).min().orElseThrow())
                .as("seed %d: both verdicts are exercised", seed)
                .isGreaterThan(10_000);
    }

    private static Arguments text(String name, String body) {
        return argumentSet(name, (Object) body.getBytes(UTF_8));
    }

    private static Arguments bytes(String name, String hex) {
        return argumentSet(name, (Object) HexFormat.of().parseHex(hex));
    }

    private static Arguments encoded(String name, Charset charset) {
        return argumentSet(name, (Object) "{\"a\":[1,2]}".getBytes(charset));
    }
}
