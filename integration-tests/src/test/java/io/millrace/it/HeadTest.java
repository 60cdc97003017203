package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer to HEAD has no content, whatever it says: the next answer on the connection follows at once. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HeadTest {

    private static final String STREAM = "/v1/stream/head/" + Names.unique("there");

    private final GatewayProcess gateway = GatewayPair.shared().one();

    @BeforeEach
    void create() throws Exception {
        gateway.client().put(STREAM.substring("/v1/stream".length()), StreamClient.TEXT, "content");
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                argumentSet("stream", STREAM, 200),
                argumentSet("no stream", "/v1/stream/head/absent", 404),
                argumentSet("no path", "/v1/stream/head//x", 400),
                argumentSet("reserved", "/v1/stream/__ds/x", 501),
                argumentSet("no page", "/nowhere", 404),
                argumentSet("live", "/health/live", 200),
                argumentSet("ready", "/health/ready", 200));
    }

    @ParameterizedTest
    @MethodSource
    void answers(String target, int status) throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.request("HEAD " + target);
            assertThat(wire.head().status()).isEqualTo(status);
            wire.request("GET /health/live");
            RawHttp.Reply next = wire.reply();
            assertThat(next.status()).isEqualTo(200);
            assertThat(next.body()).isEqualTo("{\"status\":\"up\"}");
        }
    }

    @Test
    void refusalBeforeAnyRouteHasNoContentEither() throws Exception {
        try (Wire wire = Wire.to(gateway.port())) {
            wire.send("HEAD " + STREAM + " HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
            assertThat(wire.head().status()).isEqualTo(400);
            assertThat(wire.rest()).isEmpty();
        }
    }
}
