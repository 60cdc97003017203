package io.millrace.mapping.existing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.Samples;
import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.Payload;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendererTest {

    private static final int PARTITION = 3;
    private static final long OFFSET = 42;
    private static final long TIME = 1_795_476_967_657L;
    private static final byte @Nullable [] NO_BYTES = null;
    private static final byte[] BINARY = {(byte) 0xff, 0, 1};
    private static final Rendering NOTHING = new Rendering.Nothing();
    private static final String NO_VALUE = "it has no value";
    private static final String NOT_JSON = "its value is not JSON";

    private static final View BYTES = new View(Samples.TEXT, Envelope.VALUE, KeyFormat.STRING, "", OnBadRecord.SKIP);
    private static final View RECORD = json(Envelope.RECORD, OnBadRecord.SKIP);

    static Stream<Arguments> values() {
        View skip = json(Envelope.VALUE, OnBadRecord.SKIP);
        View nulled = json(Envelope.VALUE, OnBadRecord.NULL);
        View error = json(Envelope.VALUE, OnBadRecord.ERROR);
        return Stream.of(
                argumentSet("bytes, no value", BYTES, NO_BYTES, NOTHING),
                argumentSet("bytes, empty", BYTES, utf8(""), NOTHING),
                argumentSet("bytes, JSON", BYTES, utf8("{}"), shown("{}")),
                argumentSet("bytes, text", BYTES, utf8("a"), shown("a")),
                argumentSet("bytes, binary", BYTES, BINARY, new Rendering.Shown(Payload.of(BINARY))),
                argumentSet("skip, no value", skip, NO_BYTES, NOTHING),
                argumentSet("skip, empty", skip, utf8(""), bad(NOT_JSON)),
                argumentSet("skip, JSON", skip, utf8(" {\"a\": 1.0}\n"), shown(" {\"a\": 1.0}\n")),
                argumentSet("skip, an array is one message", skip, utf8("[1,2]"), shown("[1,2]")),
                argumentSet("skip, the value null", skip, utf8("null"), shown("null")),
                argumentSet("skip, text", skip, utf8("a"), bad(NOT_JSON)),
                argumentSet("skip, two values", skip, utf8("1 2"), bad(NOT_JSON)),
                argumentSet("skip, binary", skip, BINARY, bad(NOT_JSON)),
                argumentSet("null, no value", nulled, NO_BYTES, bad("null", NO_VALUE)),
                argumentSet("null, empty", nulled, utf8(""), bad("null", NOT_JSON)),
                argumentSet("null, JSON", nulled, utf8("1e400"), shown("1e400")),
                argumentSet("null, text", nulled, utf8("a"), bad("null", NOT_JSON)),
                argumentSet("null, binary", nulled, BINARY, bad("null", NOT_JSON)),
                argumentSet("error, no value", error, NO_BYTES, error(NO_VALUE)),
                argumentSet("error, empty", error, utf8(""), error(NOT_JSON)),
                argumentSet("error, JSON", error, utf8("\"a\""), shown("\"a\"")),
                argumentSet("error, text", error, utf8("a"), error(NOT_JSON)),
                argumentSet("error, binary", error, BINARY, error(NOT_JSON)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void value(View view, byte @Nullable [] value, Rendering expected) {
        assertThat(render(view, utf8("k"), value)).isEqualTo(expected);
        assertThat(render(view, null, value)).as("whatever the key is").isEqualTo(expected);
    }

    static Stream<Arguments> records() {
        return Stream.of(
                argumentSet("JSON", utf8("{\"a\":1.0}"), "{\"a\":1.0},\"valueEncoding\":\"json\""),
                argumentSet("JSON with blanks", utf8(" [1 ,\n2] "), " [1 ,\n2] ,\"valueEncoding\":\"json\""),
                argumentSet("the value null", utf8("null"), "null,\"valueEncoding\":\"json\""),
                argumentSet("no value", NO_BYTES, "null"),
                argumentSet("empty", utf8(""), "\"\",\"valueEncoding\":\"text\""),
                argumentSet("text", utf8("a \"b\"\n\u0000"), "\"a \\\"b\\\"\\n\\u0000\",\"valueEncoding\":\"text\""),
                argumentSet("binary", BINARY, "\"/wAB\",\"valueEncoding\":\"base64\""));
    }

    /** In this envelope no record is bad, so what is to be done with bad ones does not matter. */
    @ParameterizedTest
    @MethodSource("records")
    void valueInARecord(byte @Nullable [] value, String json) {
        for (OnBadRecord onBadRecord : OnBadRecord.values()) {
            assertThat(render(json(Envelope.RECORD, onBadRecord), utf8("k"), value))
                    .isEqualTo(shown("{\"key\":\"k\",\"keyEncoding\":\"text\",\"value\":" + json
                            + ",\"headers\":[],\"timestamp\":1795476967657,\"partition\":3,\"offset\":42}"));
        }
    }

    static Stream<Arguments> keys() {
        byte[] one = {0, 0, 0, 0, 0, 0, 0, 1};
        return Stream.of(
                argumentSet("none", KeyFormat.STRING, NO_BYTES, "null"),
                argumentSet("empty", KeyFormat.STRING, utf8(""), "\"\",\"keyEncoding\":\"text\""),
                argumentSet("text", KeyFormat.STRING, utf8("caf\u00e9"), "\"caf\u00e9\",\"keyEncoding\":\"text\""),
                argumentSet("binary", KeyFormat.STRING, BINARY, "\"/wAB\",\"keyEncoding\":\"base64\""),
                argumentSet("long", KeyFormat.LONG, one, "\"1\",\"keyEncoding\":\"text\""),
                argumentSet("no long", KeyFormat.LONG, utf8("1"), "\"MQ==\",\"keyEncoding\":\"base64\""),
                argumentSet("int", KeyFormat.INT, new byte[] {-1, -1, -1, -1}, "\"-1\",\"keyEncoding\":\"text\""),
                argumentSet("no int", KeyFormat.INT, one, "\"AAAAAAAAAAE=\",\"keyEncoding\":\"base64\""),
                argumentSet("no UUID", KeyFormat.UUID, utf8("k"), "\"aw==\",\"keyEncoding\":\"base64\""));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keyInARecord(KeyFormat format, byte @Nullable [] key, String json) {
        View view = new View(Samples.JSON, Envelope.RECORD, format, "", OnBadRecord.SKIP);
        assertThat(render(view, key, utf8("1")))
                .isEqualTo(shown("{\"key\":" + json + ",\"value\":1,\"valueEncoding\":\"json\",\"headers\":[],"
                        + "\"timestamp\":1795476967657,\"partition\":3,\"offset\":42}"));
    }

    @Test
    void headersInARecordAreAllThereInOrder() {
        LogRecord record = new LogRecord(
                OFFSET,
                -1,
                null,
                List.of(
                        new Header("b", utf8("1")),
                        new Header("a", null),
                        new Header("b", BINARY),
                        new Header("b", utf8("1")),
                        new Header("", utf8(""))),
                utf8("1"));
        assertThat(Renderer.render(record, PARTITION, RECORD))
                .isEqualTo(shown("{\"key\":null,\"value\":1,\"valueEncoding\":\"json\",\"headers\":["
                        + "{\"name\":\"b\",\"value\":\"1\",\"valueEncoding\":\"text\"},"
                        + "{\"name\":\"a\",\"value\":null},"
                        + "{\"name\":\"b\",\"value\":\"/wAB\",\"valueEncoding\":\"base64\"},"
                        + "{\"name\":\"b\",\"value\":\"1\",\"valueEncoding\":\"text\"},"
                        + "{\"name\":\"\",\"value\":\"\",\"valueEncoding\":\"text\"}],"
                        + "\"timestamp\":-1,\"partition\":3,\"offset\":42}"));
    }

    static Stream<Arguments> changes() {
        View skip = json(Envelope.STATE, OnBadRecord.SKIP);
        View nulled = json(Envelope.STATE, OnBadRecord.NULL);
        View error = json(Envelope.STATE, OnBadRecord.ERROR);
        View longs = new View(Samples.JSON, Envelope.STATE, KeyFormat.LONG, "row", OnBadRecord.SKIP);
        View longErrors = new View(Samples.JSON, Envelope.STATE, KeyFormat.LONG, "row", OnBadRecord.ERROR);
        byte[] key = utf8("k");
        String deleted = "{\"type\":\"row\",\"key\":\"k\",\"headers\":{\"operation\":\"delete\","
                + "\"timestamp\":\"2026-11-23T23:36:07.657Z\"}}";
        return Stream.of(
                argumentSet("JSON", skip, key, utf8("{\"a\":1.0}"), shown(insert("k", "{\"a\":1.0}"))),
                argumentSet("the value null", skip, key, utf8("null"), shown(insert("k", "null"))),
                argumentSet("skip, tombstone", skip, key, NO_BYTES, shown(deleted)),
                argumentSet("null, tombstone", nulled, key, NO_BYTES, shown(deleted)),
                argumentSet("error, tombstone", error, key, NO_BYTES, shown(deleted)),
                argumentSet("skip, empty", skip, key, utf8(""), bad(NOT_JSON)),
                argumentSet("skip, text", skip, key, utf8("a"), bad(NOT_JSON)),
                argumentSet("skip, binary", skip, key, BINARY, bad(NOT_JSON)),
                argumentSet("null, empty", nulled, key, utf8(""), bad(insert("k", "null"), NOT_JSON)),
                argumentSet("null, text", nulled, key, utf8("a"), bad(insert("k", "null"), NOT_JSON)),
                argumentSet("null, binary", nulled, key, BINARY, bad(insert("k", "null"), NOT_JSON)),
                argumentSet("error, empty", error, key, utf8(""), error(NOT_JSON)),
                argumentSet("error, text", error, key, utf8("a"), error(NOT_JSON)),
                argumentSet("error, binary", error, key, BINARY, error(NOT_JSON)),
                argumentSet("skip, no key", skip, NO_BYTES, utf8("1"), bad("it has no key")),
                argumentSet("skip, empty key", skip, utf8(""), utf8("1"), bad("it has no key")),
                argumentSet("skip, neither key nor value", skip, NO_BYTES, NO_BYTES, bad("it has no key")),
                argumentSet("null, no key", nulled, NO_BYTES, utf8("1"), bad("it has no key")),
                argumentSet("error, no key", error, NO_BYTES, utf8("1"), error("it has no key")),
                argumentSet("skip, binary key", skip, BINARY, utf8("1"), bad("its key is no string")),
                argumentSet(
                        "skip, long key",
                        longs,
                        new byte[] {0, 0, 0, 0, 0, 0, 0, 7},
                        utf8("1"),
                        shown(insert("7", "1"))),
                argumentSet("skip, no long key", longs, key, utf8("1"), bad("its key is no long")),
                argumentSet("error, no long key", longErrors, key, utf8("1"), error("its key is no long")));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void change(View view, byte @Nullable [] key, byte @Nullable [] value, Rendering expected) {
        assertThat(render(view, key, value)).isEqualTo(expected);
    }

    /** Such a time cannot be written, or means that there is none. */
    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 253_402_300_800_000L, Long.MAX_VALUE})
    void aTimeThatIsNoneIsLeftOut(long timestampMillis) {
        LogRecord record = new LogRecord(OFFSET, timestampMillis, utf8("k"), List.of(), utf8("1"));
        assertThat(Renderer.render(record, PARTITION, json(Envelope.STATE, OnBadRecord.SKIP)))
                .isEqualTo(
                        shown("{\"type\":\"row\",\"key\":\"k\",\"value\":1,\"headers\":{\"operation\":\"insert\"}}"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 253_402_300_799_999L})
    void theFirstAndTheLastTime(long timestampMillis) {
        LogRecord record = new LogRecord(OFFSET, timestampMillis, utf8("k"), List.of(), utf8("1"));
        assertThat(text(Renderer.render(record, PARTITION, json(Envelope.STATE, OnBadRecord.SKIP))))
                .containsPattern("\"timestamp\":\"(1970-01-01T00:00:00Z|9999-12-31T23:59:59.999Z)\"");
    }

    /** JSON is not read into values and written anew. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0",
                "1e400",
                "-0",
                "1152921504606846977",
                "{\"a\":1,\"a\":2}",
                "{ \"b\" : [ ] ,\t\"a\":\r\n{}}",
                "\"\\u0041\\/\\ud83d\\ude00\"",
                "\"\\ud800\"",
                "\"\u2028\ud83d\ude00\"",
                "  true  "
            })
    void jsonStaysLetterByLetter(String json) {
        byte[] value = utf8(json);
        assertThat(render(json(Envelope.VALUE, OnBadRecord.SKIP), utf8("k"), value))
                .isEqualTo(shown(json));
        assertThat(text(render(RECORD, utf8("k"), value)))
                .contains("\"value\":" + json + ",\"valueEncoding\":\"json\"");
        assertThat(text(render(json(Envelope.STATE, OnBadRecord.SKIP), utf8("k"), value)))
                .contains("\"value\":" + json + ",\"headers\":");
    }

    /** Wherever the writer's buffers end, and whatever stands there. */
    @Test
    void longJsonStaysLetterByLetter() {
        for (int shift = 0; shift < 8; shift++) {
            String json = "\"" + "a".repeat(shift) + "\ud83d\ude00\u00e9\u20ac".repeat(20_000) + "\"";
            Rendering rendered = render(json(Envelope.STATE, OnBadRecord.SKIP), utf8("k"), utf8(json));
            assertThat(text(rendered).equals(insert("k", json)))
                    .as("shifted by %d", shift)
                    .isTrue();
            String key = json.substring(1, json.length() - 1);
            Rendering keyed = render(json(Envelope.STATE, OnBadRecord.SKIP), utf8(key), utf8("1"));
            assertThat(text(keyed).equals(insert(key, "1")))
                    .as("key shifted by %d", shift)
                    .isTrue();
        }
    }

    /** What a reader gets is JSON, also where the value is nested as deep as JSON may be. */
    @Test
    void whatIsShownIsJson() {
        String deep = "[".repeat(JsonMessages.MAX_DEPTH - 1) + "]".repeat(JsonMessages.MAX_DEPTH - 1);
        for (String value : List.of("{\"a\":1}", "\u0000\u001f\"\\", "\ud83d\ude00", "")) {
            for (OnBadRecord onBadRecord : OnBadRecord.values()) {
                for (Envelope envelope : List.of(Envelope.RECORD, Envelope.STATE)) {
                    LogRecord record = new LogRecord(
                            OFFSET, TIME, utf8(value + "\u0001"), List.of(new Header(value, utf8(value))), utf8(value));
                    payload(Renderer.render(record, PARTITION, json(envelope, onBadRecord)))
                            .ifPresent(payload -> assertThat(JsonMessages.isValid(payload.value()))
                                    .as("%s of \"%s\"", envelope, value)
                                    .isTrue());
                }
            }
        }
        assertThat(text(render(RECORD, null, utf8(deep)))).contains("\"value\":" + deep);
    }

    private static Rendering render(View view, byte @Nullable [] key, byte @Nullable [] value) {
        return Renderer.render(new LogRecord(OFFSET, TIME, key, List.of(), value), PARTITION, view);
    }

    private static View json(Envelope envelope, OnBadRecord onBadRecord) {
        return new View(Samples.JSON, envelope, KeyFormat.STRING, "row", onBadRecord);
    }

    private static String insert(String key, String value) {
        return "{\"type\":\"row\",\"key\":\"" + key + "\",\"value\":" + value
                + ",\"headers\":{\"operation\":\"insert\",\"timestamp\":\"2026-11-23T23:36:07.657Z\"}}";
    }

    private static Rendering shown(String text) {
        return new Rendering.Shown(Samples.payload(text));
    }

    private static Rendering bad(String what) {
        return new Rendering.Bad(Optional.empty(), what);
    }

    private static Rendering bad(String instead, String what) {
        return new Rendering.Bad(Optional.of(Samples.payload(instead)), what);
    }

    private static Rendering error(String what) {
        return bad(
                "{\"error\":{\"code\":\"bad-record\",\"detail\":\"The record is no message of this stream: " + what
                        + ".\",\"partition\":3,\"offset\":42}}",
                what);
    }

    private static Optional<Payload> payload(Rendering rendering) {
        return switch (rendering) {
            case Rendering.Shown(Payload payload) -> Optional.of(payload);
            case Rendering.Nothing() -> Optional.empty();
            case Rendering.Bad(Optional<Payload> instead, String _) -> instead;
        };
    }

    private static String text(Rendering rendering) {
        return new String(payload(rendering).orElseThrow().value(), UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
