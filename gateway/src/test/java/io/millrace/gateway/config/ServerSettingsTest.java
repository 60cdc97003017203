package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().server())
                .isEqualTo(new ServerSettings("127.0.0.1", 4437, false, Duration.ofSeconds(10), 10_000));
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
                                """).server())
                .isEqualTo(new ServerSettings("0.0.0.0", 80, true, Duration.ofMinutes(1), 7));
    }
}
