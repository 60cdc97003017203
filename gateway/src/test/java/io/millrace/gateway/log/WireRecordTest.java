package io.millrace.gateway.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.MediaType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireRecordTest {

    @ParameterizedTest
    @CsvSource({"text/plain, some text", "application/json, '{\"a\": 1}'", "image/png, not really"})
    void itsBytesCountWhatItKeeps(String type, String text) {
        MediaType mediaType = new MediaType(type);
        byte[] value = text.getBytes(UTF_8);
        WireRecord record = new WireRecord(7, Payload.of(value));
        assertThat(record.bytes(mediaType)).isEqualTo(value.length + record.dataEvent(mediaType).length);
        assertThat(record.dataEvent(mediaType)).isSameAs(record.dataEvent(mediaType));
    }
}
