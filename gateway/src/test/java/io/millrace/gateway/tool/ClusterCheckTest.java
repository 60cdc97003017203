package io.millrace.gateway.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.gateway.kafka.TopicCatalog.Topic;
import io.millrace.mapping.rule.DeniedTopics;
import io.millrace.mapping.rule.MappingRules;
import io.millrace.mapping.rule.MappingRules.Parsed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterCheckTest {

    private static final Map<String, String> SHARED =
            Map.of("path", "**", "kind", "shared", "topic", "s", "partitions", "16", "replication-factor", "1");
    private static final Map<String, String> DEDICATED =
            Map.of("path", "d/{x}", "kind", "dedicated", "topic", "d.{x}", "replication-factor", "1");
    private static final Map<String, Topic> TOPICS = Map.of(
            "s", new Topic(16, "compact"),
            "s8", new Topic(8, "compact"),
            "orders", new Topic(3, "delete"),
            "one", new Topic(1, "delete"),
            "closed", new Topic(3, "unknown"),
            "table", new Topic(3, "compact"),
            "old-table", new Topic(3, "compact,delete"),
            "web.clicks", new Topic(3, "delete"));

    static Stream<Arguments> fine() {
        return Stream.of(
                argumentSet("shared", SHARED),
                argumentSet("shared, to be made", with(SHARED, "topic", "new")),
                argumentSet("dedicated, made by PUT", DEDICATED),
                argumentSet("deny", Map.of("path", "x", "kind", "deny")),
                argumentSet("partition by variable", existing("p/{p}", "orders", "partition", "{p}")),
                argumentSet("last partition", existing("p", "orders", "partition", "2")),
                argumentSet("key", existing("p/{k}", "orders", "key", "{k}")),
                argumentSet("compacted table", with(existing("p/{k}", "table", "key", "{k}"), "envelope", "state")),
                argumentSet(
                        "table of which no more is known",
                        with(existing("p/{k}", "closed", "key", "{k}"), "envelope", "state")),
                argumentSet("topic by variable", existing("{t}/{p}", "web.{t}", "partition", "{p}")));
    }

    @ParameterizedTest
    @MethodSource("fine")
    void isFine(Map<String, String> rule) {
        assertThat(check(rule)).isEqualTo(new ClusterCheck(List.of(), List.of()));
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                argumentSet(
                        "another partition count",
                        with(SHARED, "topic", "s8"),
                        "mapping 1 (path \"**\"): the topic s8 has 8 partitions and partitions is 16: write that number, or"
                                + " name another topic"),
                argumentSet(
                        "no such topic",
                        existing("p", "order", "partition", "0"),
                        "mapping 1 (path \"p\"): the topic order does not exist, or may not be seen with these credentials:"
                                + " make it, correct the name, or remove the mapping"),
                argumentSet(
                        "no such topic of keys",
                        existing("p/{k}", "order", "key", "{k}"),
                        "mapping 1 (path \"p/{k}\"): the topic order does not exist, or may not be seen with these"
                                + " credentials: make it, correct the name, or remove the mapping"),
                argumentSet(
                        "beyond the last partition",
                        existing("p", "orders", "partition", "3"),
                        "mapping 1 (path \"p\"): partition is 3, and the topic orders has 3 partitions: write a number from"
                                + " 0 to 2"),
                argumentSet(
                        "beyond the only partition",
                        existing("p", "one", "partition", "1"),
                        "mapping 1 (path \"p\"): partition is 1, and the topic one has 1 partition: write a number from 0"
                                + " to 0"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isAnError(Map<String, String> rule, String sentence) {
        assertThat(check(rule)).isEqualTo(new ClusterCheck(List.of(sentence), List.of()));
    }

    static Stream<Arguments> warnings() {
        return Stream.of(
                argumentSet(
                        "no topic of that form",
                        existing("{t}/{p}", "app.{t}", "partition", "{p}"),
                        "mapping 1 (path \"{t}/{p}\"): the cluster has no topic whose name fits \"app.{t}\": every request"
                                + " gets 404 until there is one"),
                argumentSet(
                        "a table that forgets",
                        with(existing("p/{k}", "old-table", "key", "{k}"), "envelope", "state"),
                        "mapping 1 (path \"p/{k}\"): the topic old-table has cleanup.policy=compact,delete, so that rows are"
                                + " lost when Kafka deletes old records; only a compacted topic is a whole table"));
    }

    @ParameterizedTest
    @MethodSource("warnings")
    void isAWarning(Map<String, String> rule, String sentence) {
        assertThat(check(rule)).isEqualTo(new ClusterCheck(List.of(), List.of(sentence)));
    }

    @Test
    void onlyTopicsThatRulesNameAreAskedFor() {
        MappingRules rules = rules(
                SHARED,
                DEDICATED,
                existing("o/{p}", "orders", "partition", "{p}"),
                existing("w/{t}/{p}", "web.{t}", "partition", "{p}"));
        assertThat(Stream.of("s", "d.1", "orders", "orders2", "web.clicks", "web", "other")
                        .filter(ClusterCheck.isNamed(rules)))
                .containsExactly("s", "orders", "web.clicks");
    }

    private static ClusterCheck check(Map<String, String> rule) {
        return ClusterCheck.compare(rules(rule), TOPICS);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static MappingRules rules(Map<String, String>... mappings) {
        return switch (MappingRules.parse(List.of(mappings), DeniedTopics.NONE)) {
            case Parsed.Valid(MappingRules rules, List<String> _) -> rules;
            case Parsed.Invalid(List<String> errors) -> throw new AssertionError(errors.toString());
        };
    }

    private static Map<String, String> existing(String path, String topic, String selection, String value) {
        return Map.of("path", path, "kind", "existing", "topic", topic, selection, value);
    }

    private static Map<String, String> with(Map<String, String> mapping, String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(mapping);
        changed.put(key, value);
        return changed;
    }
}
