package io.millrace.mapping.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;

class MediaTypeTest {

    /** PROTOCOL.md 5.8 and 9: which types are JSON, which text, which travel as base64. */
    static Stream<Arguments> meanings() {
        return Stream.of(
                argumentSet("JSON", "application/json", "application/json", true, false, false),
                argumentSet("JSON, upper case", "APPLICATION/JSON", "application/json", true, false, false),
                argumentSet(
                        "JSON with charset", "application/json; charset=utf-8", "application/json", true, false, false),
                argumentSet(
                        "JSON, blank before semicolon",
                        "application/json ;x=1",
                        "application/json",
                        true,
                        false,
                        false),
                argumentSet(
                        "JSON by suffix is bytes", "application/ld+json", "application/ld+json", false, false, true),
                argumentSet(
                        "newline-delimited JSON is bytes",
                        "application/ndjson",
                        "application/ndjson",
                        false,
                        false,
                        true),
                argumentSet("longer than JSON is bytes", "application/json5", "application/json5", false, false, true),
                argumentSet("plain text", "text/plain", "text/plain", false, true, false),
                argumentSet("text, mixed case", "Text/Markdown; charset=UTF-8", "text/markdown", false, true, false),
                argumentSet("JSON as text is text", "text/json", "text/json", false, true, false),
                argumentSet("not text", "textual/plain", "textual/plain", false, false, true),
                argumentSet("bytes", "application/octet-stream", "application/octet-stream", false, false, true),
                argumentSet("protobuf", "application/x-protobuf", "application/x-protobuf", false, false, true),
                argumentSet("image", "image/png", "image/png", false, false, true));
    }

    @ParameterizedTest
    @MethodSource("meanings")
    void means(String text, String essence, boolean json, boolean plain, boolean base64) {
        MediaType type = MediaType.parse(text).orElseThrow();
        assertThat(type.essence()).isEqualTo(essence);
        assertThat(type.isJson()).isEqualTo(json);
        assertThat(type.isText()).isEqualTo(plain);
        assertThat(type.sseNeedsBase64()).isEqualTo(base64);
    }

    static Stream<Arguments> wellFormed() {
        return Stream.of(
                argumentSet("no parameters", "a/b"),
                argumentSet("all token characters", "!#$%&'*+-.^_`|~09azAZ/x"),
                argumentSet("several parameters", "a/b;c=d; e=f"),
                argumentSet("quoted parameter", "multipart/mixed; boundary=\"a;b, \\\"c\\\"\""),
                argumentSet("empty quoted parameter", "a/b;c=\"\""),
                argumentSet("semicolon at the end", "text/plain;"),
                argumentSet("empty parameters", "text/plain; ; charset=utf-8 ;"),
                argumentSet("longest", "a/" + "b".repeat(253)));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void isKeptLetterByLetter(String text) {
        assertThat(MediaType.parse(text)).contains(new MediaType(text));
        assertThat(MediaType.parse(" \t" + text + "\t ")).contains(new MediaType(text));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                argumentSet("empty", ""),
                argumentSet("blank", "  "),
                argumentSet("no slash", "text"),
                argumentSet("no subtype", "text/"),
                argumentSet("no type", "/plain"),
                argumentSet("two slashes", "a/b/c"),
                argumentSet("blank in it", "text /plain"),
                argumentSet("two types", "text/plain, text/html"),
                argumentSet("parameter without value", "text/plain; charset"),
                argumentSet("parameter with empty value", "text/plain; charset="),
                argumentSet("parameter without name", "text/plain; =utf-8"),
                argumentSet("blank around equals", "text/plain; charset = utf-8"),
                argumentSet("text behind the subtype", "text/plain charset=utf-8"),
                argumentSet("text behind a quoted value", "a/b; c=\"d\"e"),
                argumentSet("quote not closed", "a/b; c=\"d"),
                argumentSet("escape at the end", "a/b; c=\"d\\"),
                argumentSet("header injection", "text/plain\r\nX: 1"),
                argumentSet("line feed in quotes", "a/b; c=\"\n\""),
                argumentSet("NUL", "text/pl\u0000ain"),
                argumentSet("non-ASCII", "text/plaïn"),
                argumentSet("non-ASCII in quotes", "a/b; c=\"é\""),
                argumentSet("non-breaking space", "text/plain\u00a0"),
                argumentSet("too long", "a/" + "b".repeat(254)));
    }

    @ParameterizedTest
    @NullSource
    @MethodSource("malformed")
    void isNoMediaType(@org.jspecify.annotations.Nullable String text) {
        assertThat(MediaType.parse(text)).isEmpty();
        if (text != null) {
            assertThatIllegalArgumentException().isThrownBy(() -> new MediaType(text));
        }
    }

    @Test
    void parametersAndCaseDoNotCountForAppends() {
        MediaType stream = new MediaType("application/json");
        assertThat(stream.sameAs(new MediaType("Application/JSON; charset=utf-8")))
                .isTrue();
        assertThat(stream.sameAs(new MediaType("application/jsonl"))).isFalse();
        assertThat(stream.sameAs(new MediaType("text/json"))).isFalse();
    }

    @Test
    void defaultIsBytes() {
        assertThat(MediaType.DEFAULT.text()).isEqualTo("application/octet-stream");
        assertThat(MediaType.DEFAULT.sseNeedsBase64()).isTrue();
    }
}
