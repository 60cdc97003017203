package io.millrace.gateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogLineTest {

    @Test
    void keysAndValues() {
        assertThat(LogLine.of("request").with(LogKey.STATUS, 204).with(LogKey.PATH, "/v1/stream/a"))
                .hasToString("event=request status=204 path=/v1/stream/a");
    }

    @Test
    void aValueCannotForgeAPairOrALine() {
        assertThat(LogLine.of("request").with(LogKey.PATH, "/a b=\"c\"\nd\u001b"))
                .hasToString("event=request path=\"/a b=\\\"c\\\"\\nd \"");
    }
}
