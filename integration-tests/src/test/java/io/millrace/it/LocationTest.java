package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code Location} of a new stream is the URL that its client used, also where a proxy ends TLS. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LocationTest {

    static Stream<Arguments> schemes() {
        return Stream.of(
                argumentSet("no proxy", List.of(), "http"),
                argumentSet("proxy with TLS", List.of("X-Forwarded-Proto: https"), "https"),
                argumentSet("proxy without TLS", List.of("X-Forwarded-Proto: http"), "http"),
                argumentSet("another scheme", List.of("X-Forwarded-Proto: javascript"), "http"),
                argumentSet("in capitals", List.of("X-Forwarded-Proto: HTTPS"), "http"),
                argumentSet("a list", List.of("X-Forwarded-Proto: https, http"), "http"),
                argumentSet("twice", List.of("X-Forwarded-Proto: https", "X-Forwarded-Proto: https"), "http"),
                argumentSet("empty", List.of("X-Forwarded-Proto:"), "http"));
    }

    @ParameterizedTest
    @MethodSource
    void schemes(List<String> headers, String scheme) throws Exception {
        String path = "/v1/stream/location/" + Names.unique("a;b%20c");
        try (Wire wire = Wire.to(GatewayPair.shared().one().port())) {
            wire.request("PUT " + path, headers.toArray(String[]::new));
            RawHttp.Reply reply = wire.reply();
            assertThat(reply.status()).isEqualTo(201);
            assertThat(reply.headers()).containsEntry("location", scheme + "://127.0.0.1" + path);
        }
    }
}
