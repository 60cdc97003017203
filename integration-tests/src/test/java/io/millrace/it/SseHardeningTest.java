package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SSE readers that a gateway must bear: of streams that are over, of strange wishes, and of bad manners. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SseHardeningTest {

    private final GatewayProcess gateway = GatewayPair.shared().one();
    private final StreamClient client = gateway.client();

    /** PROTOCOL.md 8, "Closed streams". */
    @Test
    void headersSayThatNothingWillCome() throws Exception {
        String path = "/sse/" + Names.unique("closed");
        String tail = client.put(path, TEXT, "all", "Stream-Closed", "true")
                .expect(201)
                .next();
        for (String offset : List.of("now", tail)) {
            try (Wire wire = Wire.to(gateway.port())) {
                wire.request("GET /v1/stream" + path + "?live=sse&offset=" + offset);
                RawHttp.Reply reply = wire.reply();
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.headers())
                        .containsEntry("stream-closed", "true")
                        .containsEntry("stream-up-to-date", "true")
                        .containsEntry("stream-next-offset", tail);
                assertThat(reply.body()).startsWith("event: control\n").contains("\"streamClosed\":true");
            }
        }
        try (Wire wire = Wire.to(gateway.port())) {
            wire.request("GET /v1/stream" + path + "?live=sse&offset=-1");
            assertThat(wire.reply().headers()).doesNotContainKeys("stream-closed", "stream-up-to-date");
        }
    }
}
