package io.millrace.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.record.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeBodyTest {

    private static final RequestHeaders GZIP = name -> name.equals("Accept-Encoding") ? List.of("gzip") : List.of();

    @Test
    void bytesInARow() throws IOException {
        assertBody(RangeBody.of(Streams.chunk(Streams.open("text/plain", 13), "a", "b", "c")), "abc");
    }

    @Test
    void noBytes() throws IOException {
        assertBody(RangeBody.of(Streams.chunk(Streams.open("text/plain", 10))), "");
    }

    /** PROTOCOL.md 9.1.5. */
    @Test
    void jsonMessagesAreOneArray() throws IOException {
        WireRecord batch = new WireRecord(10, new Payload("[1.0, 2]".getBytes(UTF_8), 2));
        WireRecord single = new WireRecord(11, new Payload("[[3]]".getBytes(UTF_8), 1));
        Chunk chunk = new Chunk(Streams.open("application/json", 12), 10, 12, List.of(batch, single));
        assertBody(RangeBody.of(chunk), "[1.0, 2,[[3]]]");
    }

    @Test
    void noJsonMessages() throws IOException {
        assertBody(RangeBody.of(Streams.chunk(Streams.open("application/json", 10))), "[]");
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, 1024, true",
        "text/plain, 1023, false",
        "application/json, 5000, true",
        "application/octet-stream, 5000, true",
        "image/png, 5000, false",
        "image/svg+xml, 5000, true",
        "video/mp4, 5000, false",
        "application/zip, 5000, false"
    })
    void compression(String type, int length, boolean applies) {
        Chunk chunk = Streams.chunk(Streams.open(type, 11), "1".repeat(type.endsWith("json") ? length - 2 : length));
        assertThat(ClientCopy.of(GZIP).gzips(chunk, RangeBody.of(chunk))).isEqualTo(applies);
        assertThat(ClientCopy.of(_ -> List.of()).gzips(chunk, RangeBody.of(chunk)))
                .isFalse();
    }

    @Test
    void gzipIsReadAsItWas() throws IOException {
        String text = "event ".repeat(1000);
        byte[] encoded = GzipEncoding.encode(RangeBody.of(Streams.chunk(Streams.open("text/plain", 11), text)));
        assertThat(encoded).hasSizeLessThan(200);
        try (GZIPInputStream decoded = new GZIPInputStream(new ByteArrayInputStream(encoded))) {
            assertThat(new String(decoded.readAllBytes(), UTF_8)).isEqualTo(text);
        }
    }

    private static void assertBody(RangeBody body, String text) throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        body.writeTo(written);
        assertThat(written.toString(UTF_8)).isEqualTo(text);
        assertThat(body.toByteArray()).isEqualTo(written.toByteArray());
        assertThat(body.length()).isEqualTo(written.size());
    }
}
