package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSettingsTest {

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().server())
                .isEqualTo(new ServerSettings(
                        "127.0.0.1",
                        4437,
                        false,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        10_000,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(30),
                        Optional.empty()));
    }

    @Test
    void everyKey() throws ConfigurationException {
        assertThat(ConfigurationText.load("""
                                server:
                                  host: 0.0.0.0
                                  port: 80
                                  access-log: true
                                  drain-time: 0s
                                  drain-timeout: 1m
                                  max-connections: 7
                                  request-timeout: 1s
                                  idle-timeout: 2s
                                  write-timeout: 3ms
                                  tls:
                                    certificate: cert.pem
                                    key: key.pem
                                """).server())
                .isEqualTo(new ServerSettings(
                        "0.0.0.0",
                        80,
                        true,
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        7,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(3),
                        Optional.of(new TlsSettings(Path.of("cert.pem"), Path.of("key.pem")))));
    }

    @ParameterizedTest
    @CsvSource({
        "max-connections, 0",
        "request-timeout, 0s",
        "request-timeout, 30",
        "idle-timeout, 0ms",
        "idle-timeout, 2d",
        "write-timeout, 0s"
    })
    void whatMakesNoSenseIsRefusedByName(String key, String value) {
        assertThatThrownBy(() -> ConfigurationText.load("server: {" + key + ": \"" + value + "\"}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("server." + key)
                .hasMessageEndingWith(".");
    }
}
