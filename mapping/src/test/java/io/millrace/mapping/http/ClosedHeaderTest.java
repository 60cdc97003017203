package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PROTOCOL.md 4.1, "Stream-Closed Header Value". */
class ClosedHeaderTest {

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "True", "tRuE", " true\t"})
    void trueInAnyCaseCloses(String value) {
        assertThat(ClosedHeader.parse(Fields.of("stream-closed", value))).isEqualTo(ClosedHeader.CLOSE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "yes", "1", "", " ", "true,true", "truee", "\"true\"", "tru\u0435"})
    void anythingElseIsAsIfAbsent(String value) {
        assertThat(ClosedHeader.parse(Fields.of("Stream-Closed", value))).isEqualTo(ClosedHeader.ABSENT);
    }

    @Test
    void absent() {
        assertThat(ClosedHeader.parse(Fields.of())).isEqualTo(ClosedHeader.ABSENT);
        assertThat(ClosedHeader.parse(Fields.of("Stream-Closed", "true", "Stream-Closed", "false")))
                .isEqualTo(ClosedHeader.ABSENT);
    }
}
