package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IfNoneMatchTest {

    private static final String ETAG = "\"s:0:7\"";

    /** RFC 9110, 8.8.3 and 13.1.2. */
    static Stream<Arguments> lists() {
        return Stream.of(
                argumentSet("the tag", "\"s:0:7\"", true),
                argumentSet("weak", "W/\"s:0:7\"", true),
                argumentSet("any", "*", true),
                argumentSet("any with blanks", " * ", true),
                argumentSet("second of a list", "\"x\", \"s:0:7\"", true),
                argumentSet("list without blanks", "\"x\",W/\"s:0:7\"", true),
                argumentSet("empty elements", ", ,\"s:0:7\",", true),
                argumentSet("comma inside a tag", "\"a,b\",\"s:0:7\"", true),
                argumentSet("another tag", "\"s:0:8\"", false),
                argumentSet("closed differs from open", "\"s:0:7:c\"", false),
                argumentSet("letter case counts", "\"S:0:7\"", false),
                argumentSet("tag within a tag", "\"x,\"", false),
                argumentSet("empty tag", "\"\"", false),
                argumentSet("nothing", "", false),
                argumentSet("without quotes", "s:0:7", false),
                argumentSet("quote not closed", "\"s:0:7", false),
                argumentSet("lower-case w", "w/\"s:0:7\"", false),
                argumentSet("star in a list", "*, \"s:0:7\"", false),
                argumentSet("no comma", "\"x\" \"s:0:7\"", false),
                argumentSet("blank in a tag", "\"a b\", \"s:0:7\"", false));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void matches(String header, boolean expected) {
        assertThat(IfNoneMatch.parse(Fields.of("If-None-Match", header)).matches(ETAG))
                .isEqualTo(expected);
    }

    @Test
    void comparisonIsWeakOnBothSides() {
        assertThat(IfNoneMatch.parse(Fields.of("If-None-Match", ETAG)).matches("W/" + ETAG))
                .isTrue();
    }

    @Test
    void severalLinesAreOneList() {
        assertThat(IfNoneMatch.parse(Fields.of("If-None-Match", "\"a\"", "If-None-Match", "W/\"b\"")))
                .isEqualTo(new IfNoneMatch.Tags(List.of("\"a\"", "\"b\"")));
    }

    @Test
    void absent() {
        assertThat(IfNoneMatch.parse(Fields.of())).isEqualTo(new IfNoneMatch.Absent());
        assertThat(IfNoneMatch.parse(Fields.of()).matches(ETAG)).isFalse();
    }

    @Test
    void manyTagsAreRead() {
        String many = "\"x\",".repeat(100_000) + ETAG;
        assertThat(IfNoneMatch.parse(Fields.of("If-None-Match", many)).matches(ETAG))
                .isTrue();
    }
}
