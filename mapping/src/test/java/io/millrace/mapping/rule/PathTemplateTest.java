package io.millrace.mapping.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.rule.PathTemplate.Parsed;
import io.millrace.mapping.stream.StreamPath;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PathTemplateTest {

    static Stream<Arguments> matches() {
        return Stream.of(
                argumentSet("literal", "jobs", "jobs", Map.of()),
                argumentSet("literals", "jobs/all", "jobs/all", Map.of()),
                argumentSet("variable", "jobs/{id}", "jobs/42", Map.of("id", "42")),
                argumentSet("variable takes what is not ASCII", "{id}", "é 😀;x", Map.of("id", "é 😀;x")),
                argumentSet("two variables", "{a}/x/{b}", "1/x/2", Map.of("a", "1", "b", "2")),
                argumentSet("variable behind text", "job-{id}", "job-42", Map.of("id", "42")),
                argumentSet("variable before text", "{id}.log", "a.log.log", Map.of("id", "a.log")),
                argumentSet("variable between texts", "a{id}z", "abz", Map.of("id", "b")),
                argumentSet("variables take little", "{a}-{b}", "x-y-z", Map.of("a", "x", "b", "y-z")),
                argumentSet("variables are not empty", "{a}-{b}", "--z", Map.of("a", "-", "b", "z")),
                argumentSet("three in one segment", "v{a}.{b}.{c}", "v1.2.3.4", Map.of("a", "1", "b", "2", "c", "3.4")),
                argumentSet("star", "*/x", "any/x", Map.of()),
                argumentSet("everything", "**", "a/b/c", Map.of()),
                argumentSet("everything, one segment", "**", "a", Map.of()),
                argumentSet("rest", "chats/**", "chats/1/2", Map.of()),
                argumentSet("rest is nothing", "chats/**", "chats", Map.of()),
                argumentSet("variable and rest", "{tenant}/**", "t/a/b", Map.of("tenant", "t")));
    }

    @ParameterizedTest
    @MethodSource("matches")
    void matches(String template, String path, Map<String, String> values) {
        assertThat(template(template).match(StreamPath.of(path))).contains(values);
    }

    static Stream<Arguments> misses() {
        return Stream.of(
                argumentSet("other literal", "jobs", "job"),
                argumentSet("letter case", "jobs", "Jobs"),
                argumentSet("too many segments", "jobs/{id}", "jobs/1/2"),
                argumentSet("too few segments", "jobs/{id}", "jobs"),
                argumentSet("nothing behind text", "job-{id}", "job-"),
                argumentSet("nothing before text", "{id}.log", ".log"),
                argumentSet("nothing between texts", "a{id}z", "az"),
                argumentSet("texts would overlap", "ab{id}ba", "aba"),
                argumentSet("text behind a variable is missing", "{a}-{b}", "xy"),
                argumentSet("second variable would be empty", "{a}-{b}", "x-"),
                argumentSet("literal is longer", "ab", "abc"),
                argumentSet("star is one segment", "*", "a/b"),
                argumentSet("rest of another beginning", "chats/**", "chat/1"),
                argumentSet("rest does not split a segment", "chats/**", "chatsx"));
    }

    @ParameterizedTest
    @MethodSource("misses")
    void doesNotMatch(String template, String path) {
        assertThat(template(template).match(StreamPath.of(path))).isEmpty();
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                argumentSet("empty", "", "empty segment"),
                argumentSet("leading slash", "/a", "empty segment"),
                argumentSet("trailing slash", "a/", "empty segment"),
                argumentSet("double slash", "a//b", "empty segment"),
                argumentSet("rest in the middle", "a/**/b", "at the end of the path only"),
                argumentSet("rest twice", "**/**", "at the end of the path only"),
                argumentSet("star in text", "job-*", "write {name}"),
                argumentSet("three stars", "***", "write {name}"),
                argumentSet("brace not closed", "{id", "no '}'"),
                argumentSet("brace not opened", "id}", "no '{'"),
                argumentSet("nested braces", "{a{b}}", "no variable"),
                argumentSet("no name", "{}", "no variable"),
                argumentSet("blank in a name", "{a b}", "no variable"),
                argumentSet("name begins with a digit", "{1}", "no variable"),
                argumentSet("adjacent variables", "{a}{b}", "touch"),
                argumentSet("same name twice", "{a}/{a}", "stands twice"),
                argumentSet("same name twice in a segment", "{a}-{a}", "stands twice"),
                argumentSet("dot segment", "a/..", "never be part"),
                argumentSet("backslash", "a\\b", "never be part"),
                argumentSet("control character before a variable", "\n{a}", "never be part"),
                argumentSet("reserved first segment", "__ds/{a}", "never be part"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void isRefusedWithAReason(String template, String reasonPart) {
        assertThat(PathTemplate.parse(template))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                        .contains(reasonPart));
    }

    @Test
    void variablesAreInOrder() {
        assertThat(template("{b}-{a}/*/{c}/**").variables()).containsExactly("b", "a", "c");
    }

    /** A variable is the regular expression (.+?) and the segments are anchored. */
    @Test
    void agreesWithARegularExpression() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int matched = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder template = new StringBuilder();
            StringBuilder regex = new StringBuilder();
            boolean variable = random.nextBoolean();
            for (int i = 0; i < 1 + random.nextInt(5); i++, variable = !variable) {
                String literal = letters(random, 1 + random.nextInt(2));
                template.append(variable ? "{v" + i + "}" : literal);
                regex.append(variable ? "(?<v" + i + ">.+?)" : literal);
            }
            String text = letters(random, 1 + random.nextInt(8));
            var expected = Pattern.compile(regex.toString()).matcher(text);
            var values = template(template.toString()).match(StreamPath.of(text));
            assertThat(values.isPresent())
                    .as("seed %d round %d: %s and %s", seed, round, template, text)
                    .isEqualTo(expected.matches());
            if (values.isPresent()) {
                matched++;
                values.get().forEach((name, value) -> assertThat(value)
                        .as("seed %d: %s and %s, {%s}", seed, template, text, name)
                        .isEqualTo(expected.group(name)));
            }
        }
        assertThat(matched).as("seed %d: matches", seed).isGreaterThan(2_000);
    }

    private static String letters(Random random, int count) {
        return random.ints(count, 0, 2).mapToObj(i -> i == 0 ? "a" : "b").reduce("", String::concat);
    }

    private static PathTemplate template(String text) {
        return switch (PathTemplate.parse(text)) {
            case Parsed.Valid(PathTemplate template) -> template;
            case Parsed.Invalid(String reason) -> throw new AssertionError(reason);
        };
    }
}
