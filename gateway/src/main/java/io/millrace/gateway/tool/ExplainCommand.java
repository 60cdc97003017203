package io.millrace.gateway.tool;

import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.ConfigurationException;
import io.millrace.gateway.config.Sources;
import io.millrace.gateway.kafka.TopicCatalog.Topic;
import io.millrace.mapping.existing.Caching;
import io.millrace.mapping.existing.Envelope;
import io.millrace.mapping.existing.ExistingStream;
import io.millrace.mapping.existing.View;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.rule.Explanation;
import io.millrace.mapping.rule.MappingRule;
import io.millrace.mapping.rule.MappingRules.SharedTopic;
import io.millrace.mapping.rule.Resolution;
import io.millrace.mapping.stream.StreamPath;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code millrace explain}: where a request would lead, by which rule, and whether it is possible. */
public final class ExplainCommand {

    /** A path, as it is or behind a server; what follows a '?' or '#' does not matter. */
    private static final Pattern URL = Pattern.compile("(?:https?://[^/?#]*)?(/[^?#]*)?(?:[?#].*)?");

    private final Report report = new Report();
    private final Configuration configuration;
    private final Scope scope;
    private final String method;

    private ExplainCommand(Configuration configuration, Scope scope, String method) {
        this.configuration = configuration;
        this.scope = scope;
        this.method = method;
    }

    /** Whether this is a URL, or the path of one. */
    public static boolean isUrl(String text) {
        return !text.isEmpty() && URL.matcher(text).matches();
    }

    /** Explains; {@code url} is one. */
    public static Printed run(Sources sources, Scope scope, Form form, String method, String url)
            throws InterruptedException {
        try {
            ExplainCommand command = new ExplainCommand(sources.load(), scope, method.toUpperCase(Locale.ROOT));
            command.explain(url);
            return new Printed(command.report.print(form), Printed.FINE);
        } catch (ConfigurationException e) {
            return new CheckReport(0, e.sentences(), List.of(), Map.of()).print(form);
        } catch (Cluster.NotAsked e) {
            return new CheckReport(0, List.of(String.valueOf(e.getMessage())), List.of(), Map.of()).print(form);
        }
    }

    private void explain(String url) throws Cluster.NotAsked, InterruptedException {
        Matcher parts = URL.matcher(url);
        String rawPath = parts.matches() && parts.group(1) != null ? parts.group(1) : "/";
        report.note("method", method);
        report.note("url", rawPath);
        String prefix = configuration.streams().prefix() + "/";
        if (!rawPath.startsWith(prefix)) {
            report.say(method + " " + rawPath + " leads to no stream.");
            conclude(Verdict.notFound("streams live below " + prefix));
            return;
        }
        switch (StreamPath.parse(rawPath.substring(prefix.length()))) {
            case StreamPath.Parsed.Invalid(String reason) -> {
                report.say(method + " " + rawPath + " leads to no stream.");
                conclude(Verdict.badRequest(reason));
            }
            case StreamPath.Parsed.Reserved(StreamPath path) -> {
                report.say(method + " " + rawPath + " leads to no stream.");
                conclude(Verdict.notImplemented("subscriptions are not built yet"));
            }
            case StreamPath.Parsed.Valid(StreamPath path) -> explain(rawPath, path);
        }
    }

    private void explain(String rawPath, StreamPath path) throws Cluster.NotAsked, InterruptedException {
        report.say(method + " " + rawPath + " asks for the stream " + path + ".");
        report.note("path", path.text());
        Explanation explanation = configuration.mappings().explain(path);
        for (Explanation.Miss miss : explanation.misses()) {
            report.say(miss.rule() + " is not for it: " + miss.why() + ".");
        }
        report.note("misses", explanation.misses());
        if (explanation.match().isPresent()) {
            Explanation.Match match = explanation.match().get();
            report.say(match.rule() + " decides"
                    + match.values().entrySet().stream()
                            .map(value -> "{" + value.getKey() + "} is \"" + value.getValue() + "\"")
                            .collect(Collectors.collectingAndThen(
                                    Collectors.joining(", "), values -> values.isEmpty() ? "." : ": " + values + ".")));
            report.note("rule", match.rule());
            report.note("variables", new LinkedHashMap<>(match.values()));
            tellRule(match.mapping());
        }
        conclude(place(explanation.resolution()));
    }

    private void tellRule(MappingRule rule) {
        report.tell(
                "kind",
                "kind",
                switch (rule) {
                    case MappingRule.Shared _ -> "shared";
                    case MappingRule.Dedicated _ -> "dedicated";
                    case MappingRule.Existing _ -> "existing";
                    case MappingRule.Deny _ -> "deny";
                });
        switch (rule) {
            case MappingRule.Existing existing ->
                report.tell("description", "description", existing.stream().description());
            case MappingRule.Deny deny -> report.tell("description", "description", deny.description());
            case MappingRule.Shared _, MappingRule.Dedicated _ -> {}
        }
    }

    private Verdict place(Resolution resolution) throws Cluster.NotAsked, InterruptedException {
        Verdict verdict = Verdict.of(resolution, method);
        return switch (resolution) {
            case Resolution.SharedPartition(String topic, int partition) -> {
                tellTopic(topic, find(topic), "a gateway makes it when it starts");
                int partitions = configuration.mappings().sharedTopics().stream()
                        .filter(shared -> shared.name().equals(topic))
                        .mapToInt(SharedTopic::partitions)
                        .findFirst()
                        .orElseThrow();
                tellPartition(partition, partitions, "the hash of the path");
                tellManaged();
                yield verdict;
            }
            case Resolution.DedicatedTopic(String topic, int _) -> {
                tellTopic(topic, find(topic), "PUT makes it");
                tellPartition(0, 1, "the only one");
                tellManaged();
                yield verdict;
            }
            case Resolution.Existing existing -> existing(existing, verdict);
            case Resolution.Denied _, Resolution.NoSuchPart _, Resolution.NoRule _, Resolution.IllegalTopic _ ->
                verdict;
        };
    }

    private Verdict existing(Resolution.Existing place, Verdict verdict) throws Cluster.NotAsked, InterruptedException {
        Optional<Topic> topic = find(place.topic());
        tellTopic(place.topic(), topic, "404 until somebody makes it");
        boolean isOutOfRange = false;
        switch (place) {
            case Resolution.ExistingPartition partition -> {
                int number = partition.partition();
                isOutOfRange = topic.isPresent() && number >= topic.get().partitions();
                report.note("partition", number);
                topic.ifPresent(found -> report.note("partitions", found.partitions()));
                report.say(
                        "partition",
                        number
                                + topic.map(found -> ", of those from 0 to " + (found.partitions() - 1))
                                        .orElse(""));
            }
            case Resolution.ExistingKey key -> tellKey(key, topic);
        }
        tellStream(place.stream());
        if (scope == Scope.CLUSTER && topic.isEmpty()) {
            return verdict.unlessMissing("the topic " + place.topic() + " does not exist");
        }
        return isOutOfRange ? verdict.unlessMissing("the topic " + place.topic() + " has no such partition") : verdict;
    }

    private void tellKey(Resolution.ExistingKey place, Optional<Topic> topic) {
        View view = place.stream().view();
        String format = word(view.keyFormat());
        String partitioner = word(place.partitioner());
        String text = view.keyFormat().text(place.key()).orElse("");
        String bytes = HexFormat.of().formatHex(place.key());
        report.say("key", "\"" + text + "\" as " + format + ", which is the bytes " + bytes);
        report.note("key", text);
        report.note("keyFormat", format);
        report.note("keyBytes", bytes);
        report.note("partitioner", partitioner);
        if (topic.isPresent()) {
            int partitions = topic.get().partitions();
            tellPartition(
                    place.partitioner().partition(place.key(), partitions), partitions, partitioner + " of the key");
        } else {
            report.say(
                    "partition",
                    partitioner + " of the key, by how many there are"
                            + (scope == Scope.CLUSTER ? "" : "; --kafka asks that"));
        }
    }

    private void tellTopic(String name, Optional<Topic> found, String whereMissing) {
        report.note("topic", name);
        String more = found.map(topic -> ", with cleanup.policy=" + topic.cleanupPolicy())
                .orElse(scope == Scope.CLUSTER ? ", which does not exist: " + whereMissing : "");
        report.say("topic", name + more);
        found.ifPresent(topic -> report.note("cleanupPolicy", topic.cleanupPolicy()));
        if (scope == Scope.CLUSTER) {
            report.note("topicExists", found.isPresent());
        }
    }

    private void tellPartition(int partition, int partitions, String why) {
        report.say("partition", partition + " of " + partitions + ", " + why);
        report.note("partition", partition);
        report.note("partitions", partitions);
    }

    private void tellManaged() {
        report.say("content type", "as PUT says");
        report.say("cache", "public below the tail of the stream");
    }

    private void tellStream(ExistingStream stream) {
        View view = stream.view();
        report.say(
                "envelope",
                switch (view.envelope()) {
                    case VALUE -> "value: a message is a record's value";
                    case RECORD -> "record: a message is a JSON object with all of a record";
                    case STATE -> "state: a message is a change of a row of type \"" + view.type() + "\"";
                });
        report.note("envelope", word(view.envelope()));
        if (view.envelope() == Envelope.STATE) {
            report.note("type", view.type());
        }
        report.tell("content type", "contentType", view.contentType().text());
        if (view.contentType().isJson() && view.envelope() != Envelope.RECORD) {
            report.tell("on bad record", "onBadRecord", word(view.onBadRecord()));
        }
        report.tell("access", "access", word(stream.access()));
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : stream.headers()) {
            byte[] value = header.value();
            headers.put(header.name(), value == null ? "" : new String(value, StandardCharsets.UTF_8));
        }
        headers.forEach((name, value) -> report.say("header", name + ": " + value));
        report.note("headers", headers);
        report.say("cache", word(stream.caching()) + keeper(stream.caching()));
        report.note("cache", word(stream.caching()));
    }

    private static String keeper(Caching caching) {
        return switch (caching) {
            case PUBLIC -> ": anybody may keep what is read";
            case PRIVATE -> ": the client alone may keep what it reads";
            case NONE -> ": nobody may keep what is read";
        };
    }

    private void conclude(Verdict verdict) {
        report.say("answer", verdict.sentence());
        report.note("possible", verdict.status().isEmpty());
        verdict.status().ifPresent(status -> report.note("status", status));
        if (!verdict.allowed().isEmpty()) {
            report.note("allow", verdict.allowed());
        }
        report.note("answer", verdict.sentence());
    }

    private Optional<Topic> find(String name) throws Cluster.NotAsked, InterruptedException {
        return scope == Scope.CLUSTER
                ? Optional.ofNullable(
                        Cluster.topics(configuration, Predicate.isEqual(name)).get(name))
                : Optional.empty();
    }

    private static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
