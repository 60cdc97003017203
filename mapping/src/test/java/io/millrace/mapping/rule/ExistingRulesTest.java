package io.millrace.mapping.rule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.existing.Access;
import io.millrace.mapping.existing.Caching;
import io.millrace.mapping.existing.Envelope;
import io.millrace.mapping.existing.ExistingStream;
import io.millrace.mapping.existing.KeyFormat;
import io.millrace.mapping.existing.OnBadRecord;
import io.millrace.mapping.existing.Partitioner;
import io.millrace.mapping.existing.View;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.rule.MappingRules.Parsed;
import io.millrace.mapping.rule.Resolution.Denied;
import io.millrace.mapping.rule.Resolution.ExistingKey;
import io.millrace.mapping.rule.Resolution.ExistingPartition;
import io.millrace.mapping.rule.Resolution.IllegalTopic;
import io.millrace.mapping.rule.Resolution.NoRule;
import io.millrace.mapping.rule.Resolution.NoSuchPart;
import io.millrace.mapping.rule.Resolution.SharedPartition;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules of kind existing and deny. */
class ExistingRulesTest {

    private static final MediaType JSON = new MediaType("application/json");
    private static final View PLAIN =
            new View(MediaType.DEFAULT, Envelope.VALUE, KeyFormat.STRING, "", OnBadRecord.SKIP);
    private static final ExistingStream READ = new ExistingStream(PLAIN, Access.READ, Caching.PRIVATE, List.of(), "");

    private static final Map<String, String> ORDERS = existing("orders/{p}", "orders", "partition", "{p}");
    private static final Map<String, String> CUSTOMERS = existing("customers/{k}", "customers", "key", "{k}");
    private static final Map<String, String> ROWS = with(CUSTOMERS, "envelope", "state");

    @Test
    void defaultsOfAPartitionsRule() {
        assertThat(resolve("orders/3", ORDERS)).isEqualTo(new ExistingPartition("orders", 3, READ));
    }

    @Test
    void defaultsOfAKeysRule() {
        assertThat(resolve("customers/c-1", CUSTOMERS))
                .isEqualTo(new ExistingKey("customers", "c-1".getBytes(UTF_8), Partitioner.MURMUR2, READ));
    }

    @Test
    void everyKeyOfARule() {
        Map<String, String> rule = new LinkedHashMap<>(CUSTOMERS);
        rule.put("path", "c/{region}/{k}");
        rule.put("topic", "customers.{region}");
        rule.put("key-format", "long");
        rule.put("partitioner", "crc32");
        rule.put("content-type", "application/json; charset=utf-8");
        rule.put("envelope", "value");
        rule.put("access", "append");
        rule.put("cache", "public");
        rule.put("on-bad-record", "error");
        rule.put("headers.source", "web {k}");
        rule.put("headers.app.version", "1");
        rule.put("where.region", "eu|us");
        rule.put("description", "Who buys.");
        View view = new View(
                new MediaType("application/json; charset=utf-8"),
                Envelope.VALUE,
                KeyFormat.LONG,
                "",
                OnBadRecord.ERROR);
        MappingRules rules = valid(rule).rules();
        assertThat(rules.resolve(StreamPath.of("c/eu/258"))).isInstanceOfSatisfying(ExistingKey.class, place -> {
            assertThat(place.topic()).isEqualTo("customers.eu");
            assertThat(place.key()).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 1, 2});
            assertThat(place.partitioner()).isEqualTo(Partitioner.CRC32);
            ExistingStream stream = place.stream();
            assertThat(stream.view()).isEqualTo(view);
            assertThat(stream.access()).isEqualTo(Access.APPEND);
            assertThat(stream.caching()).isEqualTo(Caching.PUBLIC);
            assertThat(stream.description()).isEqualTo("Who buys.");
            assertThat(stream.headers()).extracting(Header::name).containsExactly("app.version", "source");
            assertThat(stream.headers())
                    .extracting(header -> new String(header.value(), UTF_8))
                    .containsExactly("1", "web {k}");
        });
        assertThat(rules.resolve(StreamPath.of("c/asia/258"))).isEqualTo(new NoRule());
    }

    /** Each key's words, and what they are in the view or the stream. */
    static Stream<Arguments> words() {
        Map<String, String> json = with(ORDERS, "content-type", "application/json");
        return Stream.of(
                argumentSet("envelope value", with(ORDERS, "envelope", "value"), READ),
                argumentSet(
                        "envelope record",
                        with(ORDERS, "envelope", "record"),
                        stream(new View(JSON, Envelope.RECORD, KeyFormat.STRING, "", OnBadRecord.SKIP))),
                argumentSet(
                        "envelope state",
                        with(ORDERS, "envelope", "state"),
                        stream(new View(JSON, Envelope.STATE, KeyFormat.STRING, "orders", OnBadRecord.SKIP))),
                argumentSet(
                        "type of the rows",
                        with(with(ORDERS, "envelope", "state"), "type", "order"),
                        stream(new View(JSON, Envelope.STATE, KeyFormat.STRING, "order", OnBadRecord.SKIP))),
                argumentSet(
                        "keys are shown, not asked for",
                        with(with(ORDERS, "envelope", "state"), "key-format", "uuid"),
                        stream(new View(JSON, Envelope.STATE, KeyFormat.UUID, "orders", OnBadRecord.SKIP))),
                argumentSet(
                        "content type",
                        with(ORDERS, "content-type", " text/plain "),
                        stream(new View(
                                new MediaType("text/plain"), Envelope.VALUE, KeyFormat.STRING, "", OnBadRecord.SKIP))),
                argumentSet("bad records skipped", with(json, "on-bad-record", "skip"), json(OnBadRecord.SKIP)),
                argumentSet("bad records null", with(json, "on-bad-record", "null"), json(OnBadRecord.NULL)),
                argumentSet(
                        "bad records null, as YAML has it", with(json, "on-bad-record", ""), json(OnBadRecord.NULL)),
                argumentSet("bad records error", with(json, "on-bad-record", "error"), json(OnBadRecord.ERROR)),
                argumentSet("access read", with(ORDERS, "access", "read"), READ),
                argumentSet(
                        "access append",
                        with(ORDERS, "access", "append"),
                        new ExistingStream(PLAIN, Access.APPEND, Caching.PRIVATE, List.of(), "")),
                argumentSet("cache private", with(ORDERS, "cache", "private"), READ),
                argumentSet(
                        "cache public",
                        with(ORDERS, "cache", "public"),
                        new ExistingStream(PLAIN, Access.READ, Caching.PUBLIC, List.of(), "")),
                argumentSet(
                        "cache none",
                        with(ORDERS, "cache", "none"),
                        new ExistingStream(PLAIN, Access.READ, Caching.NONE, List.of(), "")),
                argumentSet(
                        "description",
                        with(ORDERS, "description", "All orders"),
                        new ExistingStream(PLAIN, Access.READ, Caching.PRIVATE, List.of(), "All orders")));
    }

    @ParameterizedTest
    @MethodSource("words")
    void word(Map<String, String> rule, ExistingStream stream) {
        assertThat(resolve("orders/3", rule)).isEqualTo(new ExistingPartition("orders", 3, stream));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "7, 7",
        "10, 10",
        "999999999, 999999999",
        "01, -1",
        "00, -1",
        "-1, -1",
        "+1, -1",
        "-0, -1",
        "1.0, -1",
        "' 1', -1",
        "x, -1",
        "\u0661, -1", // a digit, of Arabic
        "1000000000, -1",
        "4294967296, -1"
    })
    void aPartitionHasOneName(String text, int partition) {
        assertThat(resolve("orders/" + text, ORDERS))
                .isEqualTo(
                        partition < 0
                                ? new NoSuchPart("\"" + text + "\" is no partition's number")
                                : new ExistingPartition("orders", partition, READ));
    }

    @ParameterizedTest
    @CsvSource({
        "string, 7, 37",
        "string, 07, 3037",
        "string, caf\u00e9, 636166c3a9",
        "long, 7, 0000000000000007",
        "long, -1, ffffffffffffffff",
        "long, 07, ",
        "long, 9223372036854775807, 7fffffffffffffff",
        "long, 9223372036854775808, ",
        "int, 7, 00000007",
        "int, -2147483648, 80000000",
        "int, 2147483648, ",
        "int, 0x7, ",
        "uuid, 00000000-0000-0000-0000-00000000000a, "
                + "30303030303030302d303030302d303030302d303030302d303030303030303030303061",
        "uuid, 00000000-0000-0000-0000-00000000000A, ",
        "uuid, a, "
    })
    void aKeyHasOneName(String format, String text, String hex) {
        Resolution resolution = resolve("customers/" + text, with(CUSTOMERS, "key-format", format));
        if (hex == null) {
            assertThat(resolution).isEqualTo(new NoSuchPart("\"" + text + "\" is no key of the format " + format));
        } else {
            assertThat(resolution).isInstanceOfSatisfying(ExistingKey.class, place -> assertThat(place.key())
                    .isEqualTo(HexFormat.of().parseHex(hex)));
        }
    }

    /** The rest of a path may not matter, and a key may be made of several parts of it, or of none. */
    static Stream<Arguments> places() {
        return Stream.of(
                argumentSet(
                        "fixed partition",
                        existing("audit", "audit-log", "partition", "0"),
                        "audit",
                        new ExistingPartition("audit-log", 0, READ)),
                argumentSet(
                        "unused variable",
                        existing("a/{x}/{p}", "audit-log", "partition", "{p}"),
                        "a/any/2",
                        new ExistingPartition("audit-log", 2, READ)),
                argumentSet(
                        "topic by variable",
                        existing("{t}/{p}", "web.{t}", "partition", "{p}"),
                        "clicks/1",
                        new ExistingPartition("web.clicks", 1, READ)),
                argumentSet(
                        "fixed key",
                        existing("me", "customers", "key", "c-1"),
                        "me",
                        new ExistingKey("customers", "c-1".getBytes(UTF_8), Partitioner.MURMUR2, READ)),
                argumentSet(
                        "key of several parts",
                        existing("{a}/{b}", "customers", "key", "{b}:{a}/x"),
                        "1/2",
                        new ExistingKey("customers", "2:1/x".getBytes(UTF_8), Partitioner.MURMUR2, READ)),
                argumentSet(
                        "illegal topic",
                        existing("{t}/{p}", "web.{t}", "partition", "{p}"),
                        "a b/1",
                        new IllegalTopic(
                                "web.a b", "a topic's name is made of ASCII letters, digits, '.', '_' and '-' only")));
    }

    @ParameterizedTest
    @MethodSource("places")
    void place(Map<String, String> rule, String path, Resolution expected) {
        assertThat(resolve(path, rule)).isEqualTo(expected);
    }

    static Stream<Arguments> topics() {
        Resolution ours = new Denied("the topic %s is Millrace's own");
        Resolution denied = new Denied("the topic %s is among those that are never shown");
        return Stream.of(
                argumentSet("any other", "orders", new ExistingPartition("orders", 0, READ)),
                argumentSet("shared", "chats", ours),
                argumentSet("shared by a later rule", "rooms", ours),
                argumentSet("begins like a shared one", "chats2", new ExistingPartition("chats2", 0, READ)),
                argumentSet("dedicated", "jobs.42", ours),
                argumentSet("dedicated, variables with dots", "jobs.a.b", ours),
                argumentSet("dedicated without its variable", "jobs.", new ExistingPartition("jobs.", 0, READ)),
                argumentSet("dedicated, fixed", "audit", ours),
                argumentSet("denied", "salaries", denied),
                argumentSet("begins like a denied one", "salaries2", new ExistingPartition("salaries2", 0, READ)),
                argumentSet("denied by a pattern", "hr-pay", denied),
                argumentSet("denied by the pattern's text alone", "hr-", denied),
                argumentSet("not by the pattern", "hr", new ExistingPartition("hr", 0, READ)),
                argumentSet(
                        "Kafka's own",
                        "__consumer_offsets",
                        new IllegalTopic("__consumer_offsets", "topics whose names begin with '__' are Kafka's own")));
    }

    @ParameterizedTest
    @MethodSource("topics")
    void topicsAreDeniedAfterResolution(String topic, Resolution expected) {
        MappingRules rules = rules(
                new DeniedTopics(List.of("salaries", "hr-*")),
                Map.of("path", "c/**", "kind", "shared", "topic", "chats", "partitions", "1"),
                existing("raw/{t}/{p}", "{t}", "partition", "{p}"),
                Map.of("path", "r/**", "kind", "shared", "topic", "rooms", "partitions", "1"),
                Map.of("path", "jobs/{id}", "kind", "dedicated", "topic", "jobs.{id}"),
                Map.of("path", "audit", "kind", "dedicated", "topic", "audit"));
        assertThat(rules.resolve(StreamPath.of("raw/" + topic + "/0")))
                .isEqualTo(expected instanceof Denied(String reason) ? new Denied(reason.formatted(topic)) : expected);
    }

    @Test
    void aRuleThatDeniesComesBeforeOneForAll() {
        MappingRules rules = rules(
                DeniedTopics.NONE,
                Map.of("path", "secret/**", "kind", "deny", "description", "nobody's business"),
                Map.of("path", "**", "kind", "shared", "topic", "all", "partitions", "1"));
        assertThat(rules.resolve(StreamPath.of("secret")))
                .isEqualTo(new Denied("the mapping of path \"secret/**\" denies it"));
        assertThat(rules.resolve(StreamPath.of("secret/a"))).isInstanceOf(Denied.class);
        assertThat(rules.resolve(StreamPath.of("secrets"))).isEqualTo(new SharedPartition("all", 0));
    }

    /** What could be shown by a later rule stays hidden, and the client waits for milliseconds only. */
    @Test
    void anExpressionThatTakesTooLongDenies() {
        MappingRules rules = rules(
                DeniedTopics.NONE,
                with(ORDERS, "where.p", "(.*a){25}"),
                Map.of("path", "**", "kind", "shared", "topic", "all", "partitions", "1"));
        String path = "orders/" + "a".repeat(60) + "b";
        assertThat(rules.resolve(StreamPath.of(path)))
                .isEqualTo(new Denied("an expression of the rules takes too long for this path"));
        assertThat(rules.explain(StreamPath.of(path)).resolution()).isInstanceOf(Denied.class);
        assertThat(rules.resolve(StreamPath.of("orders/b"))).isEqualTo(new SharedPartition("all", 0));
    }

    @Test
    void anExpressionThatGoesTooDeepDenies() throws InterruptedException {
        MappingRules rules = rules(DeniedTopics.NONE, with(CUSTOMERS, "where.k", "(a|b)*"));
        StreamPath path = StreamPath.of("customers/" + "ab".repeat(500));
        List<Resolution> resolutions = new ArrayList<>();
        Thread shallow = new Thread(null, () -> resolutions.add(rules.resolve(path)), "shallow", 32 * 1024);
        shallow.start();
        shallow.join();
        assertThat(resolutions).singleElement().isInstanceOf(Denied.class);
        assertThat(rules.resolve(path)).isInstanceOf(ExistingKey.class);
    }

    /** Every sentence names the rule and says what to do. */
    static Stream<Arguments> errors() {
        Map<String, String> deny = Map.of("path", "x/**", "kind", "deny");
        return Stream.of(
                argumentSet("no path", without(ORDERS, "path"), "path is missing: add it"),
                argumentSet("no topic", without(ORDERS, "topic"), "topic is missing: add it"),
                argumentSet(
                        "topic uses an unknown variable", with(ORDERS, "topic", "o.{x}"), "topic \"o.{x}\" uses {x}"),
                argumentSet("illegal topic", with(ORDERS, "topic", "a b"), "ASCII letters"),
                argumentSet("Kafka's own topic", with(ORDERS, "topic", "__consumer_offsets"), "Kafka's own"),
                argumentSet("broken topic", with(ORDERS, "topic", "a.{"), "no '}'"),
                argumentSet("neither partition nor key", without(ORDERS, "partition"), "neither partition nor key"),
                argumentSet("partition and key", with(ORDERS, "key", "{p}"), "both partition and key are given"),
                argumentSet("blank partition", with(ORDERS, "partition", " "), "partition is missing: add it"),
                argumentSet("partition in words", with(ORDERS, "partition", "first"), "partition is \"first\": write"),
                argumentSet("partition with zeros", with(ORDERS, "partition", "01"), "without leading zeros"),
                argumentSet("negative partition", with(ORDERS, "partition", "-1"), "whole number from 0"),
                argumentSet("partition with text", with(ORDERS, "partition", "1{p}"), "one variable such as"),
                argumentSet("broken partition", with(ORDERS, "partition", "{p"), "partition: in '{p' a '{' has no '}'"),
                argumentSet("partition's variable", with(ORDERS, "partition", "{x}"), "partition \"{x}\" uses {x}"),
                argumentSet(
                        "partitioner of a partition", with(ORDERS, "partitioner", "crc32"), "partitioner says nothing"),
                argumentSet(
                        "key format of nothing", with(ORDERS, "key-format", "long"), "key-format says nothing here"),
                argumentSet("blank key", with(CUSTOMERS, "key", ""), "key is missing: add it"),
                argumentSet("broken key", with(CUSTOMERS, "key", "k}"), "key: in 'k}' a '}' has no '{'"),
                argumentSet("key's variable", with(CUSTOMERS, "key", "{k}{x}"), "key \"{k}{x}\" uses {x}"),
                argumentSet(
                        "fixed key of another format",
                        with(with(CUSTOMERS, "key", "c-1"), "key-format", "long"),
                        "key \"c-1\" is no key of the format long"),
                argumentSet(
                        "unknown key format",
                        with(CUSTOMERS, "key-format", "Long"),
                        "key-format is \"Long\": write string, long, int or uuid"),
                argumentSet(
                        "unknown partitioner",
                        with(CUSTOMERS, "partitioner", "random"),
                        "partitioner is \"random\": write murmur2 or crc32"),
                argumentSet(
                        "no media type",
                        with(ORDERS, "content-type", "json"),
                        "content-type is \"json\": write a media type such as application/json"),
                argumentSet("empty media type", with(ORDERS, "content-type", ""), "content-type is \"\": write"),
                argumentSet(
                        "state is JSON",
                        with(ROWS, "content-type", "text/plain"),
                        "the envelope state is JSON: remove it, or write application/json"),
                argumentSet(
                        "record is JSON",
                        with(with(ORDERS, "envelope", "record"), "content-type", "text/plain"),
                        "the envelope record is JSON"),
                argumentSet(
                        "unknown envelope",
                        with(ORDERS, "envelope", "avro"),
                        "envelope is \"avro\": write value, record or state"),
                argumentSet(
                        "type of a value", with(ORDERS, "type", "order"), "type says nothing with the envelope value"),
                argumentSet(
                        "type of a record",
                        with(with(ORDERS, "envelope", "record"), "type", "order"),
                        "type says nothing with the envelope record"),
                argumentSet("blank type", with(ROWS, "type", " "), "type is missing: add it"),
                argumentSet(
                        "no type, topic with variables",
                        with(with(ROWS, "path", "{t}/{k}"), "topic", "c.{t}"),
                        "type is missing, and the topic \"c.{t}\" has variables"),
                argumentSet(
                        "unknown access", with(ORDERS, "access", "write"), "access is \"write\": write read or append"),
                argumentSet(
                        "unknown cache",
                        with(ORDERS, "cache", "yes"),
                        "cache is \"yes\": write public, private or none"),
                argumentSet(
                        "unknown answer to bad records",
                        with(with(ORDERS, "content-type", "application/json"), "on-bad-record", "fail"),
                        "on-bad-record is \"fail\": write skip, null or error"),
                argumentSet(
                        "no record is bad",
                        with(ORDERS, "on-bad-record", "skip"),
                        "on-bad-record says nothing with the content type application/octet-stream"),
                argumentSet(
                        "headers of nothing",
                        with(ORDERS, "headers.a", "1"),
                        "headers.a is for records that clients append, and they may only read"),
                argumentSet("header without a name", with(ORDERS, "headers.", "1"), "key \"headers.\" means nothing"),
                argumentSet("headers in one text", with(ORDERS, "headers", "a"), "key \"headers\" means nothing"),
                argumentSet(
                        "variable without quotes",
                        with(ORDERS, "description.p", ""),
                        "description is no text, but a table with the key \"p\": put a value that begins with '{' in quotes"),
                argumentSet(
                        "no envelope", with(ORDERS, "envelope", ""), "envelope is \"\": write value, record or state"),
                argumentSet("unknown key", with(ORDERS, "partitions", "3"), "key \"partitions\" means nothing"),
                argumentSet("known keys are named", with(ORDERS, "x", ""), "headers.<name>, key, key-format, kind"),
                argumentSet("where of no variable", with(ORDERS, "where.", "x"), "key \"where.\" means nothing"),
                argumentSet(
                        "where of an unknown variable",
                        with(ORDERS, "where.q", "x"),
                        "where.q restricts {q}, which the path does not have: its variables are {p}"),
                argumentSet(
                        "where without variables",
                        with(deny, "where.q", "x"),
                        "where.q restricts {q}, which the path does not have: the path has no variables"),
                argumentSet("empty where", with(ORDERS, "where.p", " "), "where.p is empty"),
                argumentSet(
                        "where is no expression",
                        with(ORDERS, "where.p", "[0-9"),
                        "where.p is \"[0-9\", which is no regular expression (Unclosed character class)"),
                argumentSet("deny without a path", without(deny, "path"), "path is missing: add it"),
                argumentSet(
                        "deny with a topic", with(deny, "topic", "t"), "key \"topic\" means nothing for kind deny"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void isRefusedWithASentence(Map<String, String> rule, String sentencePart) {
        assertThat(MappingRules.parse(List.of(rule), DeniedTopics.NONE))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.errors())
                        .singleElement()
                        .asString()
                        .startsWith("mapping 1")
                        .contains(sentencePart));
    }

    static Stream<Arguments> warnings() {
        Map<String, String> any = existing("raw/{t}/{p}", "{t}", "partition", "{p}");
        return Stream.of(
                argumentSet("topic without text", any, "clients can name any topic of the cluster"),
                argumentSet(
                        "a fixed topic that is denied",
                        with(ORDERS, "topic", "hr-pay"),
                        "shows nothing, because the topic hr-pay is among those that are never shown"),
                argumentSet(
                        "no record is bad",
                        with(with(ORDERS, "envelope", "record"), "on-bad-record", "null"),
                        "shows every record"));
    }

    @ParameterizedTest
    @MethodSource("warnings")
    void surprisesAreTold(Map<String, String> rule, String sentencePart) {
        assertThat(MappingRules.parse(List.of(rule), new DeniedTopics(List.of("hr-*"))))
                .isInstanceOfSatisfying(Parsed.Valid.class, valid -> assertThat(valid.warnings())
                        .singleElement()
                        .asString()
                        .contains(sentencePart));
    }

    @Test
    void plainRulesHaveNoWarnings() {
        assertThat(valid(ORDERS).warnings()).isEmpty();
        assertThat(valid(ROWS).warnings()).isEmpty();
        assertThat(valid(with(existing("raw/{t}/{p}", "{t}", "partition", "{p}"), "where.t", "web-.*"))
                        .warnings())
                .isEmpty();
    }

    @Test
    void anExplanationNamesWhatDecidedAndWhyOthersDidNot() {
        MappingRules rules = valid(
                        Map.of("path", "jobs/**", "kind", "deny"),
                        existing("a/{x}/{p}", "a", "partition", "{p}"),
                        with(ORDERS, "where.p", "[0-9]+"),
                        existing("orders/{name}", "by-name", "key", "{name}"))
                .rules();
        Explanation explanation = rules.explain(StreamPath.of("orders/n-1"));
        assertThat(explanation.misses())
                .containsExactly(
                        new Explanation.Miss("mapping 1 (path \"jobs/**\")", "\"orders\" does not fit \"jobs\""),
                        new Explanation.Miss(
                                "mapping 2 (path \"a/{x}/{p}\")",
                                "the path has 2 segments, and the rule is for 3 segments"),
                        new Explanation.Miss(
                                "mapping 3 (path \"orders/{p}\")",
                                "{p} is \"n-1\", which where.p, [0-9]+, does not match"));
        assertThat(explanation.match()).get().satisfies(match -> {
            assertThat(match.rule()).isEqualTo("mapping 4 (path \"orders/{name}\")");
            assertThat(match.values()).isEqualTo(Map.of("name", "n-1"));
        });
        assertThat(explanation.resolution()).isEqualTo(rules.resolve(StreamPath.of("orders/n-1")));
        Explanation nothing = rules.explain(StreamPath.of("other"));
        assertThat(nothing.misses()).hasSize(4);
        assertThat(nothing.match()).isEmpty();
        assertThat(nothing.resolution()).isEqualTo(new NoRule());
    }

    private static ExistingStream json(OnBadRecord onBadRecord) {
        return stream(new View(JSON, Envelope.VALUE, KeyFormat.STRING, "", onBadRecord));
    }

    private static ExistingStream stream(View view) {
        return new ExistingStream(view, Access.READ, Caching.PRIVATE, List.of(), "");
    }

    private static Resolution resolve(String path, Map<String, String> rule) {
        return valid(rule).rules().resolve(StreamPath.of(path));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static MappingRules rules(DeniedTopics denied, Map<String, String>... mappings) {
        return valid(denied, mappings).rules();
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

    private static Map<String, String> existing(String path, String topic, String selection, String value) {
        return Map.of("path", path, "kind", "existing", "topic", topic, selection, value);
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
