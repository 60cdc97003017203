package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RFC 9110, 8.6: no length where there is no content by nature, and the right one elsewhere. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ContentLengthTest {

    private static final String LENGTH = "content-length";

    private final GatewayProcess gateway = GatewayPair.shared().one();
    private final String path = "/length/" + Names.unique("stream");

    /** All on one connection, so that each answer must end where the next begins. */
    @Test
    void answersWithoutContentHaveNone() throws Exception {
        String target = "/v1/stream" + path;
        gateway.client().put(path, TEXT, "content").expect(201);
        try (Wire wire = Wire.to(gateway.port())) {
            RawHttp.Reply read = wire.request("GET " + target).reply();
            assertThat(read.headers()).containsEntry(LENGTH, "7");
            String etag = read.headers().get("etag");
            hasNone(wire.request("GET " + target, "If-None-Match: " + etag).head(), 304);
            hasNone(wire.request("HEAD " + target).head(), 200);
            hasNone(wire.request("HEAD " + target + "x").head(), 404);
            hasNone(wire.request("OPTIONS " + target).head(), 204);
            wire.request("POST " + target, "Content-Type: text/plain", "Content-Length: 1");
            hasNone(wire.send("!").head(), 204);
            hasNone(wire.request("DELETE " + target).head(), 204);
            RawHttp.Reply created = wire.request("PUT " + target).reply();
            assertThat(created.status()).isEqualTo(201);
            assertThat(created.headers()).containsEntry(LENGTH, "0");
        }
    }

    private static void hasNone(RawHttp.Reply answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers()).doesNotContainKeys(LENGTH, "transfer-encoding");
    }
}
