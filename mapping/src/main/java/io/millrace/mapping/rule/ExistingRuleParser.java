package io.millrace.mapping.rule;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.existing.Access;
import io.millrace.mapping.existing.Caching;
import io.millrace.mapping.existing.Envelope;
import io.millrace.mapping.existing.ExistingStream;
import io.millrace.mapping.existing.KeyFormat;
import io.millrace.mapping.existing.OnBadRecord;
import io.millrace.mapping.existing.Partitioner;
import io.millrace.mapping.existing.View;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.stream.MediaType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one rule of kind {@code existing}. */
final class ExistingRuleParser {

    private static final MediaType JSON = new MediaType("application/json");

    private static final String HEADERS = "headers.";

    private static final Set<String> KEYS = Set.of(
            "path",
            "kind",
            "topic",
            "partition",
            "key",
            "key-format",
            "partitioner",
            "content-type",
            "envelope",
            "type",
            "access",
            "cache",
            "on-bad-record",
            HEADERS,
            "description");

    private final RuleText text;

    ExistingRuleParser(RuleText text) {
        this.text = text;
    }

    /** The rule; where there are errors, which the text has then, it may be empty or wrong. */
    Optional<MappingRule> parse() {
        text.refuseUnknownKeys("existing", KEYS);
        Optional<PathTemplate> path = text.template();
        Optional<TopicTemplate> topic = text.topicTemplate();
        Envelope envelope = text.choice("envelope", Envelope.class, Envelope.VALUE);
        KeyFormat keyFormat = keyFormat(envelope);
        Optional<Selection> selection = selection(path, keyFormat);
        Optional<MediaType> contentType = contentType(envelope);
        String type = type(envelope, topic);
        Access access = text.choice("access", Access.class, Access.READ);
        Caching caching = text.choice("cache", Caching.class, Caching.PRIVATE);
        OnBadRecord onBadRecord = onBadRecord(envelope, contentType);
        List<Header> headers = headers(access);
        if (path.isPresent() && topic.isPresent()) {
            compare(path.get(), topic.get());
        }
        if (access == Access.APPEND && envelope != Envelope.VALUE) {
            text.error(
                    "access append needs the envelope value, because what clients append is the value of a record and"
                            + " not " + (envelope == Envelope.STATE ? "a change message" : "a record")
                            + ": remove one of both");
        }
        if (path.isEmpty()
                || topic.isEmpty()
                || selection.isEmpty()
                || contentType.isEmpty()
                || !text.errors().isEmpty()) {
            return Optional.empty();
        }
        View view = new View(contentType.get(), envelope, keyFormat, type, onBadRecord);
        ExistingStream stream = new ExistingStream(view, access, caching, headers, text.text("description"));
        return Optional.of(new MappingRule.Existing(path.get(), topic.get(), selection.get(), stream));
    }

    private void compare(PathTemplate path, TopicTemplate topic) {
        text.refuseUnknownVariables(path, "topic", topic.variables());
        if (topic.isVariablesOnly() && topic.variables().stream().noneMatch(path::restricts)) {
            text.warn("topic \"" + topic + "\" has no text of its own, so clients can name any topic of the cluster;"
                    + " begin it with a prefix, or restrict " + RuleText.braced(topic.variables()) + " with where."
                    + topic.variables().iterator().next());
        }
    }

    private KeyFormat keyFormat(Envelope envelope) {
        if (text.has("key-format") && !text.has("key") && envelope == Envelope.VALUE) {
            text.error("key-format says nothing here, because keys are neither asked for nor shown: remove it, or add"
                    + " key or another envelope");
        }
        return text.choice("key-format", KeyFormat.class, KeyFormat.STRING);
    }

    private Optional<Selection> selection(Optional<PathTemplate> path, KeyFormat keyFormat) {
        if (text.has("partition") && text.has("key")) {
            text.error("both partition and key are given: remove one, because the partition follows from the key");
            return Optional.empty();
        }
        if (text.has("key")) {
            Partitioner partitioner = text.choice("partitioner", Partitioner.class, Partitioner.MURMUR2);
            return key(path, keyFormat).map(key -> new Selection.Key(key, partitioner));
        }
        if (!text.has("partition")) {
            text.error("neither partition nor key is given: add partition: \"{p}\" or a number for whole partitions, or"
                    + " key: \"{k}\" for the records of one key");
            return Optional.empty();
        }
        if (text.has("partitioner")) {
            text.error("partitioner says nothing where partition is given: remove it, or write key in place of"
                    + " partition");
        }
        return partition(path).map(Selection.Partition::new);
    }

    private Optional<TextTemplate> key(Optional<PathTemplate> path, KeyFormat format) {
        return template(path, "key").filter(key -> {
            String fixed = text.text("key");
            boolean isKey =
                    !key.variables().isEmpty() || format.serialize(fixed).isPresent();
            if (!isKey) {
                text.error("key \"" + fixed + "\" is no key of the format " + RuleText.word(format)
                        + ": write another key-format, or the key in its one canonical form");
            }
            return isKey;
        });
    }

    private Optional<TextTemplate> partition(Optional<PathTemplate> path) {
        return template(path, "partition").filter(number -> {
            boolean isNumber = number.isOneVariable()
                    || (number.variables().isEmpty()
                            && MappingRules.parsePartition(text.text("partition"))
                                    .isPresent());
            if (!isNumber) {
                text.error("partition is \"" + text.text("partition")
                        + "\": write a whole number from 0 without leading zeros, or one variable such as \"{p}\"");
            }
            return isNumber;
        });
    }

    private Optional<TextTemplate> template(Optional<PathTemplate> path, String key) {
        if (text.required(key).isEmpty()) {
            return Optional.empty();
        }
        return switch (TextTemplate.parse(text.text(key))) {
            case TextTemplate.Parsed.Valid(TextTemplate template) -> {
                path.ifPresent(
                        known -> text.refuseUnknownVariables(known, key, new LinkedHashSet<>(template.variables())));
                yield Optional.of(template);
            }
            case TextTemplate.Parsed.Invalid(String reason) -> {
                text.error(key + ": in '" + text.text(key) + "' " + reason);
                yield Optional.empty();
            }
        };
    }

    private Optional<MediaType> contentType(Envelope envelope) {
        if (!text.has("content-type")) {
            return Optional.of(envelope == Envelope.VALUE ? MediaType.DEFAULT : JSON);
        }
        Optional<MediaType> parsed = MediaType.parse(text.text("content-type"));
        if (parsed.isEmpty()) {
            text.error("content-type is \"" + text.text("content-type")
                    + "\": write a media type such as application/json");
        } else if (envelope != Envelope.VALUE && !parsed.get().isJson()) {
            text.error("content-type is \"" + parsed.get() + "\", and the envelope " + RuleText.word(envelope)
                    + " is JSON: remove it, or write application/json");
            return Optional.empty();
        }
        return parsed;
    }

    private String type(Envelope envelope, Optional<TopicTemplate> topic) {
        if (envelope != Envelope.STATE) {
            if (text.has("type")) {
                text.error("type says nothing with the envelope " + RuleText.word(envelope)
                        + ": remove it, or write envelope: state");
            }
            return "";
        }
        if (text.has("type")) {
            return text.required("type").orElse("");
        }
        if (topic.isPresent() && !topic.get().variables().isEmpty()) {
            text.error(
                    "type is missing, and the topic \"" + topic.get() + "\" has variables: add the type of the rows");
        }
        return text.text("topic").strip();
    }

    private OnBadRecord onBadRecord(Envelope envelope, Optional<MediaType> contentType) {
        if (text.has("on-bad-record")) {
            if (contentType.isPresent() && !contentType.get().isJson()) {
                text.error("on-bad-record says nothing with the content type " + contentType.get()
                        + ", of which every record is a message: remove it, or write content-type: application/json");
            }
            if (envelope == Envelope.RECORD) {
                text.warn("on-bad-record has no effect with the envelope record, which shows every record; remove it");
            }
        }
        return text.choice("on-bad-record", OnBadRecord.class, OnBadRecord.SKIP);
    }

    private List<Header> headers(Access access) {
        List<Header> headers = new ArrayList<>();
        text.below(HEADERS).forEach((name, value) -> headers.add(new Header(name, value.getBytes(UTF_8))));
        if (!headers.isEmpty() && access != Access.APPEND) {
            text.error(
                    HEADERS + headers.getFirst().name()
                            + " is for records that clients append, and they may only read: remove it, or write access: append");
        }
        return headers;
    }
}
