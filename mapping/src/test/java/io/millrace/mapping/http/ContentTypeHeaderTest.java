package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mapping.http.ContentTypeHeader.Malformed;
import io.millrace.mapping.http.ContentTypeHeader.None;
import io.millrace.mapping.stream.MediaType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTypeHeaderTest {

    @Test
    void type() {
        assertThat(parse("Content-Type", " text/plain; charset=utf-8 "))
                .isEqualTo(new ContentTypeHeader.Type(new MediaType("text/plain; charset=utf-8")));
    }

    @Test
    void none() {
        assertThat(parse("Accept", "text/plain")).isEqualTo(new None());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "text/", "/plain", "text/plain, text/html", "text/pl\u00e4in", "text/plain;="})
    void malformed(String text) {
        assertThat(parse("Content-Type", text))
                .isInstanceOfSatisfying(Malformed.class, malformed -> assertThat(malformed.reason())
                        .contains("media type"));
    }

    @Test
    void repeated() {
        assertThat(parse("Content-Type", "text/plain", "Content-Type", "text/plain"))
                .isEqualTo(new Malformed("Content-Type is given more than once"));
    }

    private static ContentTypeHeader parse(String... namesAndValues) {
        return ContentTypeHeader.parse(Fields.of(namesAndValues));
    }
}
