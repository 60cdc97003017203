package io.millrace.mapping.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.rule.MappingRules.Parsed;
import io.millrace.mapping.stream.StreamPath;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which rules are said to be never reached. */
class ShadowedRulesTest {

    @ParameterizedTest
    @CsvSource({
        "**, a",
        "**, **",
        "**, '{x}/**'",
        "a/**, a",
        "a/**, a/**",
        "a/**, 'a/{x}'",
        "a/**, a/*/**",
        "a/**, a/b/c/d",
        "'{x}/**', a",
        "*/b/**, a/b/c",
        "a, a",
        "a/*, a/b",
        "a/*, 'a/{x}'",
        "a/*, 'a/{x}-{y}'",
        "a/*, a/*",
        "'a/{x}', a/b",
        "'a/{x}', a/*",
        "'a/{x}', 'a/{y}'",
        "'a/{x}', 'a/b-{y}'",
        "'{x}/{y}', a/b",
        "'job-{x}', job-7",
        "'job-{x}', 'job-{y}'",
        "'{a}-{b}', 'x-y-z'",
        "'{a}-{b}', '{c}-{d}'"
    })
    void isNeverReached(String earlier, String later) {
        assertThat(warnings(deny(earlier), deny(later)))
                .singleElement()
                .asString()
                .startsWith("mapping 2 (path \"" + later + "\"): is never reached, because mapping 1 (path \"" + earlier
                        + "\") matches every path");
    }

    @ParameterizedTest
    @CsvSource({
        "a, b",
        "a, **",
        "a, a/**", // a/b
        "a/*, a/**", // a, a/b/c
        "a/*, a", // a
        "a/*/**, a/**", // a
        "a/**, '{x}/b'", // c/b
        "a/**, a-b",
        "a/b, 'a/{x}'",
        "a/b, a/*",
        "'job-{x}', '{y}'",
        "'job-{x}', *",
        "'job-{x}', 'job{y}'", // job7
        "'job-{x}', job-", // a variable is not empty
        "'{x}-a', '{y}-b'",
        "'{a}-{b}', '{c}'",
        "'{a}-{b}', -x",
        "'a/{x}/c', a/b/d",
        "*/b, a/c"
    })
    void maybeReached(String earlier, String later) {
        assertThat(warnings(deny(earlier), deny(later))).isEmpty();
    }

    @Test
    void aRestrictedRuleLetsPathsThrough() {
        assertThat(warnings(Map.of("path", "a/{x}", "kind", "deny", "where.x", "[0-9]+"), deny("a/{x}")))
                .isEmpty();
        assertThat(warnings(deny("a/{x}"), Map.of("path", "a/{x}", "kind", "deny", "where.x", "[0-9]+")))
                .hasSize(1);
    }

    static Stream<Arguments> advice() {
        return Stream.of(
                argumentSet(
                        "catch-all",
                        List.of(deny("**"), deny("a")),
                        "mapping 1 (path \"**\") matches every path: move it before that"),
                argumentSet(
                        "some paths",
                        List.of(deny("a/**"), deny("a/b")),
                        "mapping 1 (path \"a/**\") matches every path that it is for: move it before that"),
                argumentSet(
                        "the same paths",
                        List.of(deny("a/{x}"), deny("a/*")),
                        "mapping 1 (path \"a/{x}\") matches every path that it is for: remove one of them"),
                argumentSet(
                        "the first of several is named",
                        List.of(deny("a/*"), deny("b"), deny("a/**"), deny("a/b")),
                        "mapping 1 (path \"a/*\")"));
    }

    @ParameterizedTest
    @MethodSource("advice")
    void says(List<Map<String, String>> mappings, String sentenceEnd) {
        assertThat(MappingRules.parse(mappings, DeniedTopics.NONE))
                .isInstanceOfSatisfying(Parsed.Valid.class, valid -> assertThat(valid.warnings())
                        .singleElement()
                        .asString()
                        .contains(sentenceEnd));
    }

    /** Where a rule is said to be never reached, no path of very many reaches it; and a difference is told if and only if there is one. */
    @Test
    void agreesWithMatching() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int covered = 0;
        for (int round = 0; round < 20_000; round++) {
            PathTemplate earlier = template(random);
            PathTemplate later = template(random);
            boolean covers = earlier.covers(later);
            for (int i = 0; i < 10; i++) {
                StreamPath path = path(random);
                String as = "seed %d: %s, %s, %s".formatted(seed, earlier, later, path);
                boolean reached = later.match(path).isPresent();
                if (covers && reached) {
                    covered++;
                    assertThat(earlier.match(path)).as(as).isPresent();
                }
                assertThat(later.difference(path).isEmpty()).as(as).isEqualTo(reached);
            }
        }
        assertThat(covered).as("seed %d", seed).isGreaterThan(1_000);
    }

    private static PathTemplate template(Random random) {
        List<String> segments = List.of("a", "b", "a-b", "*", "{%d}", "a-{%d}", "{%d}-b", "{%d}-{%d0}");
        StringBuilder text = new StringBuilder();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : "/")
                    .append(segments.get(random.nextInt(segments.size())).replace("%d", "v" + i));
        }
        if (count == 0 || random.nextInt(3) == 0) {
            text.append(count == 0 ? "" : "/").append("**");
        }
        return switch (PathTemplate.parse(text.toString())) {
            case PathTemplate.Parsed.Valid(PathTemplate template) -> template;
            case PathTemplate.Parsed.Invalid(String reason) -> throw new AssertionError(reason);
        };
    }

    private static StreamPath path(Random random) {
        List<String> segments = List.of("a", "b", "a-b", "a-a", "-b", "a-", "a-b-b");
        StringBuilder text = new StringBuilder(segments.get(random.nextInt(segments.size())));
        for (int i = random.nextInt(3); i > 0; i--) {
            text.append('/').append(segments.get(random.nextInt(segments.size())));
        }
        return StreamPath.of(text.toString());
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static List<String> warnings(Map<String, String>... mappings) {
        return switch (MappingRules.parse(List.of(mappings), DeniedTopics.NONE)) {
            case Parsed.Valid(MappingRules _, List<String> warnings) -> warnings;
            case Parsed.Invalid(List<String> errors) -> throw new AssertionError(errors.toString());
        };
    }

    private static Map<String, String> deny(String path) {
        return Map.of("path", path, "kind", "deny");
    }
}
