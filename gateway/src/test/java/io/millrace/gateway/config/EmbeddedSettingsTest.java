package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EmbeddedSettingsTest {

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().embedded()).isEqualTo(new EmbeddedSettings(Path.of("./data"), 9092));
    }

    @Test
    void everyKey() throws ConfigurationException {
        assertThat(ConfigurationText.load("embedded: {data-dir: /var/lib/millrace, port: 19092}")
                        .embedded())
                .isEqualTo(new EmbeddedSettings(Path.of("/var/lib/millrace"), 19_092));
    }
}
