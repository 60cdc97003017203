package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamsSettingsTest {

    private static final int MIB = 1 << 20;

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().streams())
                .isEqualTo(new StreamsSettings(
                        "/v1/stream",
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(30),
                        8_000,
                        20_000,
                        MIB,
                        8 * MIB,
                        64L * MIB,
                        256L * MIB,
                        Duration.ofMinutes(10),
                        64L * MIB,
                        64L * MIB,
                        Duration.ofHours(1),
                        50_000,
                        100_000));
    }

    @Test
    void everyKey() throws ConfigurationException {
        assertThat(ConfigurationText.load("""
                                streams:
                                  prefix: /streams
                                  long-poll-timeout: 500ms
                                  sse-lifetime: 2m
                                  keep-alive: 3s
                                  append-timeout: 4s
                                  max-live-readers: 5
                                  max-waiting: 6
                                  chunk-bytes: 64KiB
                                  append-limit: 1000
                                  tail-bytes: 2GiB
                                  state-bytes: 3GiB
                                  idle-unload: 5s
                                  in-flight-bytes: 2000B
                                  upload-bytes: 100000
                                  compaction-lag: 1s
                                  checkpoint-records: 7
                                  thinning-records: 8
                                """).streams())
                .isEqualTo(new StreamsSettings(
                        "/streams",
                        Duration.ofMillis(500),
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        5,
                        6,
                        64 * 1024,
                        1000,
                        2048L * MIB,
                        3072L * MIB,
                        Duration.ofSeconds(5),
                        2000,
                        100_000,
                        Duration.ofSeconds(1),
                        7,
                        8));
    }

    @ParameterizedTest
    @CsvSource({
        "prefix, v1/stream",
        "prefix, /v1/stream/",
        "prefix, /v1/{stream}",
        "prefix, /",
        "long-poll-timeout, 20",
        "long-poll-timeout, 0s",
        "long-poll-timeout, 2d",
        "sse-lifetime, -1s",
        "keep-alive, soon",
        "chunk-bytes, 1Mib",
        "chunk-bytes, 2GiB",
        "append-limit, 0",
        "state-bytes, 1KiB",
        "idle-unload, 0s",
        "in-flight-bytes, 1MiB",
        "upload-bytes, 8MiB",
        "max-live-readers, 0",
        "max-waiting, 0"
    })
    void whatMakesNoSenseIsRefusedByName(String key, String value) {
        assertThatThrownBy(() -> ConfigurationText.load("streams: {" + key + ": \"" + value + "\"}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("streams." + key)
                .hasMessageEndingWith(".");
    }
}
