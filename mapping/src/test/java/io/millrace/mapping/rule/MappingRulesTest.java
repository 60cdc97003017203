package io.millrace.mapping.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.rule.MappingRules.Parsed;
import io.millrace.mapping.rule.MappingRules.SharedTopic;
import io.millrace.mapping.rule.MappingRules.Written;
import io.millrace.mapping.rule.Resolution.DedicatedTopic;
import io.millrace.mapping.rule.Resolution.IllegalTopic;
import io.millrace.mapping.rule.Resolution.NoRule;
import io.millrace.mapping.rule.Resolution.SharedPartition;
import io.millrace.mapping.stream.StreamPath;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MappingRulesTest {

    private static final Map<String, String> SHARED = shared("**", "durable-streams", "16");
    private static final Map<String, String> SHARED_ELSEWHERE = shared("chats/**", "chats", "4");
    private static final Map<String, String> DEDICATED = dedicated("jobs/{id}", "jobs.{id}");

    @Test
    void standardRulesShareOneTopic() {
        MappingRules rules = MappingRules.standard();
        assertThat(rules.sharedTopics()).containsExactly(new SharedTopic("durable-streams", 16, 1));
        StreamPath path = StreamPath.of("chats/42");
        assertThat(rules.resolve(path)).isEqualTo(new SharedPartition("durable-streams", path.partition(16)));
    }

    static Stream<Arguments> resolutions() {
        return Stream.of(
                argumentSet("first rule", "jobs/42", new DedicatedTopic("jobs.42", 3)),
                argumentSet("second rule", "chats/a/b", new SharedPartition("chats", partition("chats/a/b", 4))),
                argumentSet("third rule, same topic", "rooms/1", new SharedPartition("chats", partition("rooms/1", 4))),
                argumentSet("no rule", "other", new NoRule()),
                argumentSet("too deep for its rule", "jobs/42/x", new NoRule()),
                argumentSet(
                        "illegal characters",
                        "jobs/a b",
                        new IllegalTopic(
                                "jobs.a b", "a topic's name is made of ASCII letters, digits, '.', '_' and '-' only")),
                argumentSet(
                        "too long",
                        "jobs/" + "a".repeat(245),
                        new IllegalTopic("jobs." + "a".repeat(245), "a topic's name has at most 249 characters")),
                argumentSet("longest", "jobs/" + "a".repeat(244), new DedicatedTopic("jobs." + "a".repeat(244), 3)),
                argumentSet(
                        "a shared topic",
                        "raw/chats",
                        new IllegalTopic("chats", "the topic is shared by other streams")),
                argumentSet(
                        "a topic of Kafka's own",
                        "raw/__consumer_offsets",
                        new IllegalTopic("__consumer_offsets", "topics whose names begin with '__' are Kafka's own")),
                argumentSet("two variables", "t/a/b", new DedicatedTopic("t.a.b", 3)));
    }

    @ParameterizedTest
    @MethodSource("resolutions")
    void resolve(String path, Resolution expected) {
        MappingRules rules = valid(
                        DEDICATED,
                        shared("chats/**", "chats", "4"),
                        shared("rooms/*", "chats", "4"),
                        dedicated("raw/{topic}", "{topic}"),
                        dedicated("t/{a}/{b}", "t.{a}.{b}"))
                .rules();
        assertThat(rules.resolve(StreamPath.of(path))).isEqualTo(expected);
    }

    @Test
    void theFirstMatchWins() {
        MappingRules rules = valid(shared("a/*", "one", "1"), shared("a/b", "two", "1"), SHARED)
                .rules();
        assertThat(rules.resolve(StreamPath.of("a/b"))).isEqualTo(new SharedPartition("one", 0));
    }

    @Test
    void sharedTopicsAreListedOnceInOrder() {
        MappingRules rules = valid(shared("b/**", "b", "2"), shared("a/**", "a", "3"), shared("c/**", "b", "2"))
                .rules();
        assertThat(rules.sharedTopics()).containsExactly(new SharedTopic("b", 2, 3), new SharedTopic("a", 3, 3));
        assertThat(rules.rules()).hasSize(3);
    }

    /** Every sentence names the rule and says what to do. */
    static Stream<Arguments> errors() {
        return Stream.of(
                argumentSet("no rules", List.of(), "add a mapping"),
                argumentSet("no kind", List.of(without(SHARED, "kind")), "kind is missing"),
                argumentSet(
                        "unknown kind",
                        List.of(with(SHARED, "kind", "Shared")),
                        "write shared, dedicated, existing or deny"),
                argumentSet("no path", List.of(without(SHARED, "path")), "path is missing"),
                argumentSet("no topic", List.of(without(SHARED, "topic")), "topic is missing"),
                argumentSet("no dedicated topic", List.of(without(DEDICATED, "topic")), "topic is missing"),
                argumentSet("blank topic", List.of(with(SHARED, "topic", " ")), "topic is missing"),
                argumentSet("no partitions", List.of(without(SHARED, "partitions")), "partitions is missing"),
                argumentSet("no partition", List.of(with(SHARED, "partitions", "0")), "from 1 to 100000"),
                argumentSet("negative partitions", List.of(with(SHARED, "partitions", "-1")), "from 1 to 100000"),
                argumentSet("too many partitions", List.of(with(SHARED, "partitions", "100001")), "from 1 to 100000"),
                argumentSet("partitions in words", List.of(with(SHARED, "partitions", "many")), "from 1 to 100000"),
                argumentSet(
                        "very many partitions", List.of(with(SHARED, "partitions", "99999999999")), "from 1 to 100000"),
                argumentSet(
                        "no replica", List.of(with(SHARED, "replication-factor", "0")), "replication-factor is \"0\""),
                argumentSet(
                        "no dedicated replica",
                        List.of(with(DEDICATED, "replication-factor", "x")),
                        "replication-factor is \"x\""),
                argumentSet("illegal shared topic", List.of(with(SHARED, "topic", "a b")), "ASCII letters"),
                argumentSet("variable in a shared topic", List.of(with(SHARED, "topic", "a.{id}")), "ASCII letters"),
                argumentSet("internal topic", List.of(with(SHARED, "topic", "__x")), "Kafka's own"),
                argumentSet("illegal dedicated topic", List.of(with(DEDICATED, "topic", "a/{id}")), "no legal topic"),
                argumentSet("broken dedicated topic", List.of(with(DEDICATED, "topic", "a.{id")), "no '}'"),
                argumentSet("broken path", List.of(with(SHARED, "path", "a//b")), "empty segment"),
                argumentSet("unknown key", List.of(with(SHARED, "partition", "1")), "key \"partition\""),
                argumentSet("key of another kind", List.of(with(DEDICATED, "partitions", "1")), "key \"partitions\""),
                argumentSet("unused variable", List.of(dedicated("{a}/{b}", "t.{a}")), "add {b} to the topic"),
                argumentSet("unknown variable", List.of(dedicated("a/{id}", "t.{id}.{x}")), "uses {x}"),
                argumentSet(
                        "shared topic, other partitions",
                        List.of(shared("a/**", "t", "4"), shared("b/**", "t", "5")),
                        "with 4 partitions"),
                argumentSet(
                        "shared topic, other replication",
                        List.of(shared("a/**", "t", "4"), with(shared("b/**", "t", "4"), "replication-factor", "1")),
                        "replication factor 3"),
                argumentSet(
                        "dedicated topic is shared",
                        List.of(dedicated("a", "t"), shared("**", "t", "4")),
                        "shares among many"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isRefusedWithASentence(List<Map<String, String>> mappings, String sentencePart) {
        assertThat(MappingRules.parse(mappings, DeniedTopics.NONE))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.errors())
                        .singleElement()
                        .asString()
                        .contains(sentencePart));
    }

    @Test
    void allErrorsAreToldAtOnceWithTheirRule() {
        assertThat(MappingRules.parse(
                        List.of(
                                with(with(SHARED, "partitions", "x"), "topic", "a b"),
                                DEDICATED,
                                with(SHARED, "kind", "x")),
                        DeniedTopics.NONE))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.errors())
                        .hasSize(3)
                        .satisfiesExactly(
                                first -> assertThat(first).startsWith("mapping 1 (path \"**\"): topic"),
                                second -> assertThat(second).startsWith("mapping 1 (path \"**\"): partitions"),
                                third -> assertThat(third).startsWith("mapping 3 (path \"**\"): kind")));
    }

    static Stream<Arguments> warnings() {
        return Stream.of(
                argumentSet("rule is never reached", List.of(SHARED, DEDICATED), "never reached"),
                argumentSet("star in a dedicated path", List.of(dedicated("a/*/{id}", "t.{id}")), "get 409"),
                argumentSet("rest in a dedicated path", List.of(dedicated("{id}/**", "t.{id}")), "get 409"),
                argumentSet("several variables", List.of(dedicated("{a}/{b}", "t.{a}-{b}")), "get 409"),
                argumentSet("topic without text", List.of(dedicated("raw/{t}", "{t}")), "any topic of the cluster"),
                argumentSet("no replication factor", List.of(without(DEDICATED, "replication-factor")), "one copy"));
    }

    @ParameterizedTest
    @MethodSource("warnings")
    void surprisesAreTold(List<Map<String, String>> mappings, String sentencePart) {
        assertThat(MappingRules.parse(mappings, DeniedTopics.NONE))
                .isInstanceOfSatisfying(Parsed.Valid.class, valid -> assertThat(valid.warnings())
                        .singleElement()
                        .asString()
                        .contains(sentencePart));
    }

    @Test
    void plainRulesHaveNoWarnings() {
        assertThat(valid(DEDICATED, SHARED).warnings()).isEmpty();
        assertThat(valid(with(dedicated("raw/{t}", "{t}"), "where.t", "streams-.*"))
                        .warnings())
                .isEmpty();
    }

    @Test
    void whereIsForEveryKind() {
        MappingRules rules = valid(
                        with(shared("a/{n}", "numbers", "1"), "where.n", "[0-9]+"),
                        with(dedicated("a/{w}", "words.{w}"), "where.w", "[a-z]+"),
                        Map.of("path", "a/{x}", "kind", "deny", "where.x", "-.*"))
                .rules();
        assertThat(rules.resolve(StreamPath.of("a/7"))).isEqualTo(new SharedPartition("numbers", 0));
        assertThat(rules.resolve(StreamPath.of("a/b"))).isEqualTo(new DedicatedTopic("words.b", 3));
        assertThat(rules.resolve(StreamPath.of("a/-"))).isInstanceOf(Resolution.Denied.class);
        assertThat(rules.resolve(StreamPath.of("a/7b"))).isEqualTo(new NoRule());
    }

    /** Otherwise a client could name any topic of the cluster in a PUT. */
    @Test
    void deniedTopicsAreNoDedicatedOnes() {
        MappingRules rules = valid(
                        new DeniedTopics(List.of("audit", "hr-*")), SHARED_ELSEWHERE, dedicated("raw/{t}", "{t}"))
                .rules();
        assertThat(rules.resolve(StreamPath.of("raw/audit"))).isInstanceOf(Resolution.Denied.class);
        assertThat(rules.resolve(StreamPath.of("raw/hr-pay"))).isInstanceOf(Resolution.Denied.class);
        assertThat(rules.resolve(StreamPath.of("raw/hr"))).isEqualTo(new DedicatedTopic("hr", 3));
    }

    @Test
    void rulesOfSeveralListsAreToldApart() {
        assertThat(MappingRules.parseWritten(
                        List.of(
                                new Written("mapping 1 of a.yaml", with(SHARED, "partitions", "x")),
                                new Written("mapping 1", with(SHARED, "kind", "x"))),
                        DeniedTopics.NONE))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.errors())
                        .satisfiesExactly(
                                first -> assertThat(first).startsWith("mapping 1 of a.yaml (path \"**\"): partitions"),
                                second -> assertThat(second).startsWith("mapping 1 (path \"**\"): kind")));
    }

    @Test
    void replicationFactorIsOneIfNotGiven() {
        assertThat(valid(without(SHARED, "replication-factor")).rules().sharedTopics())
                .containsExactly(new SharedTopic("durable-streams", 16, 1));
    }

    @Test
    void aFixedDedicatedTopicIsForOnePath() {
        assertThat(valid(dedicated("audit", "audit-log")).rules().resolve(StreamPath.of("audit")))
                .isEqualTo(new DedicatedTopic("audit-log", 3));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static Parsed.Valid valid(Map<String, String>... mappings) {
        return valid(DeniedTopics.NONE, mappings);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static Parsed.Valid valid(DeniedTopics denied, Map<String, String>... mappings) {
        return switch (MappingRules.parse(List.of(mappings), denied)) {
            case Parsed.Valid valid -> valid;
            case Parsed.Invalid(List<String> errors) -> throw new AssertionError(errors.toString());
        };
    }

    private static int partition(String path, int partitions) {
        return StreamPath.of(path).partition(partitions);
    }

    private static Map<String, String> shared(String path, String topic, String partitions) {
        return Map.of(
                "path", path, "kind", "shared", "topic", topic, "partitions", partitions, "replication-factor", "3");
    }

    private static Map<String, String> dedicated(String path, String topic) {
        return Map.of("path", path, "kind", "dedicated", "topic", topic, "replication-factor", "3");
    }

    private static Map<String, String> with(Map<String, String> mapping, String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(mapping);
        changed.put(key, value);
        return changed;
    }

    private static Map<String, String> without(Map<String, String> mapping, String key) {
        Map<String, String> changed = new LinkedHashMap<>(mapping);
        changed.remove(key);
        return changed;
    }
}
