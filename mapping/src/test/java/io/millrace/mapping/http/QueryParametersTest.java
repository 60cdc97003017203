package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.http.QueryParameters.Parameter;
import io.millrace.mapping.http.QueryParameters.Parsed;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryParametersTest {

    static Stream<Arguments> offsets() {
        return Stream.of(
                argumentSet("no query", null, new Parameter.Absent()),
                argumentSet("empty query", "", new Parameter.Absent()),
                argumentSet("separators only", "&&", new Parameter.Absent()),
                argumentSet("others only", "live=sse&x=1", new Parameter.Absent()),
                argumentSet("letter case counts", "Offset=1", new Parameter.Absent()),
                argumentSet("value", "offset=0_0", new Parameter.Value("0_0")),
                argumentSet("among others", "live=sse&offset=now&cursor=7", new Parameter.Value("now")),
                argumentSet("empty value", "offset=", new Parameter.Value("")),
                argumentSet("no equals sign", "offset", new Parameter.Value("")),
                argumentSet("equals sign in the value", "offset=a=b", new Parameter.Value("a=b")),
                argumentSet("escaped name", "%6Fffset=-1", new Parameter.Value("-1")),
                argumentSet("escaped value", "offset=a%2C%26b%20", new Parameter.Value("a,&b ")),
                argumentSet("plus is a blank", "offset=a+b", new Parameter.Value("a b")),
                argumentSet("NUL is somebody else's to refuse", "offset=%00", new Parameter.Value("\u0000")),
                argumentSet("twice", "offset=1&offset=2", new Parameter.Repeated()),
                argumentSet("twice the same", "offset=1&offset=1", new Parameter.Repeated()),
                argumentSet("twice, once escaped", "offset=1&%6fffset=2", new Parameter.Repeated()),
                argumentSet("others twice", "x=1&x=2&offset=1", new Parameter.Value("1")));
    }

    @ParameterizedTest
    @MethodSource("offsets")
    void parameter(@Nullable String rawQuery, Parameter expected) {
        assertThat(QueryParameters.parse(rawQuery)).isInstanceOfSatisfying(Parsed.Valid.class, valid -> assertThat(
                        valid.parameters().parameter(QueryParameters.OFFSET))
                .isEqualTo(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"offset=%", "offset=%zz", "%=1", "x=%C3", "x=%ED%A0%80&offset=1", "offset=a b", "offset=\u00e9"})
    void malformed(String rawQuery) {
        assertThat(QueryParameters.parse(rawQuery))
                .isInstanceOfSatisfying(Parsed.Malformed.class, malformed -> assertThat(malformed.reason())
                        .startsWith("the query is malformed: "));
    }

    static Stream<Arguments> liveModes() {
        return Stream.of(
                argumentSet("absent", "offset=1", LiveMode.CATCH_UP),
                argumentSet("long-poll", "live=long-poll", LiveMode.LONG_POLL),
                argumentSet("sse", "live=sse", LiveMode.SSE),
                argumentSet("escaped", "live=long%2Dpoll", LiveMode.LONG_POLL));
    }

    @ParameterizedTest
    @MethodSource("liveModes")
    void liveMode(String rawQuery, LiveMode mode) {
        assertThat(LiveMode.parse(query(rawQuery))).isEqualTo(new LiveMode.Parsed.Valid(mode));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"live", "live=", "live=SSE", "live=true", "live=auto", "live=long_poll", "live=sse&live=sse"})
    void unknownLiveMode(String rawQuery) {
        assertThat(LiveMode.parse(query(rawQuery))).isInstanceOf(LiveMode.Parsed.Malformed.class);
    }

    private static QueryParameters query(String rawQuery) {
        return ((Parsed.Valid) QueryParameters.parse(rawQuery)).parameters();
    }
}
