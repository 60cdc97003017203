package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().server())
                .isEqualTo(
                        new ServerSettings("127.0.0.1", 4437, false, Duration.ofSeconds(10), 10_000, Optional.empty()));
    }

    @Test
    void everyKey() throws ConfigurationException {
        assertThat(ConfigurationText.load("""
                                server:
                                  host: 0.0.0.0
                                  port: 80
                                  access-log: true
                                  drain-timeout: 1m
                                  max-connections: 7
                                  tls:
                                    certificate: cert.pem
                                    key: key.pem
                                """).server())
                .isEqualTo(new ServerSettings(
                        "0.0.0.0",
                        80,
                        true,
                        Duration.ofMinutes(1),
                        7,
                        Optional.of(new TlsSettings(Path.of("cert.pem"), Path.of("key.pem")))));
    }
}
