package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.http.StartPoint.Last;
import io.millrace.mapping.http.StartPoint.Parsed;
import io.millrace.mapping.http.StartPoint.Since;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartPointTest {

    static Stream<Arguments> starts() {
        return Stream.of(
                argumentSet("neither", "offset=-1", new Parsed.None()),
                argumentSet(
                        "a time",
                        "since=2026-01-31T12:00:00Z",
                        valid(new Since(Instant.parse("2026-01-31T12:00:00Z")))),
                argumentSet(
                        "a time elsewhere",
                        "since=2026-01-31T12:00:00%2B02:00",
                        valid(new Since(Instant.parse("2026-01-31T10:00:00Z")))),
                argumentSet("milliseconds", "since=1000", valid(new Since(Instant.ofEpochMilli(1000)))),
                argumentSet(
                        "the latest",
                        "since=999999999999999",
                        valid(new Since(Instant.ofEpochMilli(999_999_999_999_999L)))),
                argumentSet("a number", "last=10", valid(new Last(10))),
                argumentSet("none", "last=0", valid(new Last(0))),
                argumentSet("many", "last=999999999", valid(new Last(999_999_999))));
    }

    @ParameterizedTest
    @MethodSource("starts")
    void isWhatTheQueryAsksFor(String query, Parsed expected) {
        assertThat(parse(query)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "since=",
                "since=yesterday",
                "since=-1",
                "since=1e3",
                "since=1000000000000000",
                "since=2026-02-30T00:00:00Z",
                "last=",
                "last=-1",
                "last=1.5",
                "last=1000000000",
                "last=x",
                "since=1&since=1",
                "last=1&last=1",
                "since=1&last=1",
                "since=1&last="
            })
    void anythingElseIsMalformed(String query) {
        assertThat(parse(query)).isInstanceOf(Parsed.Malformed.class);
    }

    private static Parsed parse(String query) {
        return switch (QueryParameters.parse(query)) {
            case QueryParameters.Parsed.Valid(QueryParameters parameters) -> StartPoint.parse(parameters);
            case QueryParameters.Parsed.Malformed(String reason) -> throw new AssertionError(reason);
        };
    }

    private static Parsed valid(StartPoint start) {
        return new Parsed.Valid(start);
    }
}
