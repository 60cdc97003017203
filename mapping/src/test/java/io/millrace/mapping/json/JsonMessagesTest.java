package io.millrace.mapping.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.json.JsonMessages.Parsed;
import io.millrace.mapping.json.JsonMessages.Stored;
import io.millrace.mapping.record.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonMessagesTest {

    /** PROTOCOL.md 9.1.2, its examples first; then what must stay as it was sent. */
    static Stream<Arguments> flattening() {
        return Stream.of(
                argumentSet("single value", "{\"event\": \"created\"}", "{\"event\": \"created\"}", 1),
                argumentSet(
                        "array of two",
                        "[{\"event\": \"a\"}, {\"event\": \"b\"}]",
                        "[{\"event\": \"a\"}, {\"event\": \"b\"}]",
                        2),
                argumentSet("array of arrays", "[[1,2], [3,4]]", "[[1,2], [3,4]]", 2),
                argumentSet("one array in arrays", "[[[1,2,3]]]", "[[1,2,3]]", 1),
                argumentSet("array of one", "[{\"x\": 1}]", "{\"x\": 1}", 1),
                argumentSet("array of one, blanks inside", "[ \n{\"x\": 1}\t ]", "{\"x\": 1}", 1),
                argumentSet("array of one empty array", "[[]]", "[]", 1),
                argumentSet("array of one string of brackets", "[\"][\"]", "\"][\"", 1),
                argumentSet("blanks around a value", " \t\r\n{\"x\": 1}\n", "{\"x\": 1}", 1),
                argumentSet("blanks around an array", "\n[1, 2]\r\n", "[1, 2]", 2),
                argumentSet("blanks between messages stay", "[ 1 ,\n2 ]", "[ 1 ,\n2 ]", 2),
                argumentSet("string", "\"a\"", "\"a\"", 1),
                argumentSet("empty string", "\"\"", "\"\"", 1),
                argumentSet("number", "42", "42", 1),
                argumentSet("true", "true", "true", 1),
                argumentSet("false", "false", "false", 1),
                argumentSet("null", "null", "null", 1),
                argumentSet("array of nulls", "[null,null]", "[null,null]", 2),
                argumentSet("empty object", "{}", "{}", 1),
                argumentSet("float that is whole", "1.0", "1.0", 1),
                argumentSet("minus zero", "-0", "-0", 1),
                argumentSet("beyond double", "1e400", "1e400", 1),
                argumentSet("exponent forms", "[1E+2,1e-2]", "[1E+2,1e-2]", 2),
                argumentSet("beyond 2^53", "1152921504606846976", "1152921504606846976", 1),
                argumentSet("beyond long", "[123456789012345678901234567890]", "123456789012345678901234567890", 1),
                argumentSet("duplicate keys", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}", 1),
                argumentSet("escapes", "\"\\u0041\\/\\n\\\"\"", "\"\\u0041\\/\\n\\\"\"", 1),
                argumentSet("escaped lone surrogate", "\"\\ud800\"", "\"\\ud800\"", 1),
                argumentSet("escaped lone surrogate in a key", "{\"\\udc00\":1}", "{\"\\udc00\":1}", 1),
                argumentSet("escaped NUL", "\"\\u0000\"", "\"\\u0000\"", 1),
                argumentSet("characters of all lengths", "\"aé€😀\u007f\u2028\"", "\"aé€😀\u007f\u2028\"", 1));
    }

    @ParameterizedTest
    @MethodSource("flattening")
    void flattensOneLevelAndChangesNothing(String body, String value, int count) {
        assertThat(JsonMessages.parse(body.getBytes(UTF_8))).isInstanceOfSatisfying(Parsed.Messages.class, messages -> {
            assertThat(new String(messages.value(), UTF_8)).isEqualTo(value);
            assertThat(messages.count()).isEqualTo(count);
        });
        assertThat(JsonMessages.isValid(body.getBytes(UTF_8))).isTrue();
    }

    /** PROTOCOL.md 9.1.3. */
    @Test
    void anArrayWithoutElementsHoldsNoMessage() {
        for (String body : List.of("[]", " [ ] ", "[\n]")) {
            assertThat(JsonMessages.parse(body.getBytes(UTF_8))).as(body).isEqualTo(new Parsed.EmptyArray());
        }
        assertThat(JsonMessages.isValid("[]".getBytes(UTF_8))).isTrue();
    }

    @Test
    void aReasonSaysWhere() {
        assertThat(JsonMessages.parse("{\"a\": 1,\n \"b\" 2}".getBytes(UTF_8)))
                .isEqualTo(new Parsed.Invalid("not valid JSON at line 2, column 6"));
    }

    @Test
    void aBodyThatIsItsMessageIsNotCopied() {
        byte[] body = "{\"a\":1}".getBytes(UTF_8);
        assertThat(((Parsed.Messages) JsonMessages.parse(body)).value()).isSameAs(body);
    }

    @Test
    void messagesCompareByContent() {
        Parsed one = JsonMessages.parse("[1, 2]".getBytes(UTF_8));
        assertThat(one)
                .isEqualTo(JsonMessages.parse("[1, 2]".getBytes(UTF_8)))
                .hasSameHashCodeAs(JsonMessages.parse("[1, 2]".getBytes(UTF_8)))
                .isNotEqualTo(JsonMessages.parse("[1,2]".getBytes(UTF_8)))
                .isNotEqualTo(new Parsed.Messages("[1, 2]".getBytes(UTF_8), 1));
    }

    /** PROTOCOL.md 9.1.5. */
    static Stream<Arguments> ranges() {
        return Stream.of(
                argumentSet("no record", List.of(), "[]"),
                argumentSet("one message", List.of(stored("{\"a\":1}", 1)), "[{\"a\":1}]"),
                argumentSet("one message that is an array", List.of(stored("[1,2]", 1)), "[[1,2]]"),
                argumentSet("one message that is an empty array", List.of(stored("[]", 1)), "[[]]"),
                argumentSet("one batch", List.of(stored("[1, 2]", 2)), "[1, 2]"),
                argumentSet("blanks inside a batch's brackets", List.of(stored("[ 1,2\n]", 2)), "[1,2]"),
                argumentSet(
                        "several records",
                        List.of(stored("1", 1), stored("[2,3]", 2), stored("[4]", 1), stored("[[5],[]]", 2)),
                        "[1,2,3,[4],[5],[]]"));
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void aRangeIsOneArrayOfAllMessages(List<Stored> records, String body) {
        assertThat(new String(JsonMessages.range(records), UTF_8)).isEqualTo(body);
    }

    @Test
    void aFragmentIsNotCopied() {
        byte[] value = "[1, 2]".getBytes(UTF_8);
        Slice fragment = JsonMessages.fragment(value, 2);
        assertThat(fragment.array()).isSameAs(value);
        assertThat(new String(fragment.toByteArray(), UTF_8)).isEqualTo("1, 2");
    }

    @Test
    void whatIsAppendedIsReadBackMessageByMessage() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            List<String> messages = new ArrayList<>();
            List<Stored> records = new ArrayList<>();
            for (int record = random.nextInt(4); record > 0; record--) {
                List<String> batch = new ArrayList<>();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    batch.add(RandomJson.value(random, 3));
                }
                // A value that is no array may be sent bare; an array is sent in an array, or it would be flattened.
                boolean bare = batch.size() == 1 && !batch.getFirst().startsWith("[") && random.nextBoolean();
                String separator = RandomJson.blank(random) + "," + RandomJson.blank(random);
                String body = bare ? batch.getFirst() : "[" + String.join(separator, batch) + "]";
                String sent = RandomJson.blank(random) + body + RandomJson.blank(random);
                Parsed parsed = JsonMessages.parse(sent.getBytes(UTF_8));
                assertThat(parsed)
                        .as("seed %d round %d: %s", seed, round, sent)
                        .isInstanceOfSatisfying(Parsed.Messages.class, stored -> {
                            assertThat(stored.count()).isEqualTo(batch.size());
                            records.add(new Stored(stored.value(), stored.count()));
                        });
                messages.add(String.join(separator, batch));
            }
            String body = new String(JsonMessages.range(records), UTF_8);
            assertThat(body).as("seed %d round %d", seed, round).isEqualTo("[" + String.join(",", messages) + "]");
            assertThat(JsonMessages.isValid(body.getBytes(UTF_8)))
                    .as("seed %d round %d: %s", seed, round, body)
                    .isTrue();
        }
    }

    private static Stored stored(String value, int count) {
        return new Stored(value.getBytes(UTF_8), count);
    }

    static Stream<Arguments> arrays() {
        return Stream.of(
                argumentSet("numbers", "[1,2.50, 1e400 ,-0]", List.of("1", "2.50", "1e400", "-0")),
                argumentSet("literals", "[true,null , false]", List.of("true", "null", "false")),
                argumentSet(
                        "texts",
                        "[\"a,]\", \"\\\"\\u0041\",\"\u00e9\u20ac\ud83d\ude00\"]",
                        List.of("\"a,]\"", "\"\\\"\\u0041\"", "\"\u00e9\u20ac\ud83d\ude00\"")),
                argumentSet("arrays", "[ [1, 2],[] , [[3]]]", List.of("[1, 2]", "[]", "[[3]]")),
                argumentSet("objects", "[{\"a\": 1, \"a\":2},{}]", List.of("{\"a\": 1, \"a\":2}", "{}")));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void messagesAreSlicesOfTheirArray(String array, List<String> messages) {
        Payload payload = new Payload(array.getBytes(UTF_8), messages.size());
        assertThat(JsonMessages.messages(payload))
                .extracting(bytes -> new String(bytes, UTF_8))
                .containsExactlyElementsOf(messages);
    }

    @Test
    void oneMessageIsItself() {
        assertThat(JsonMessages.messages(Payload.of("[1,2]".getBytes(UTF_8)))).containsExactly("[1,2]".getBytes(UTF_8));
        assertThat(JsonMessages.messages(Payload.NONE)).isEmpty();
    }
}
