package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsSettingsTest {

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().server().tls()).isEmpty();
    }

    @Test
    void everyKey() throws ConfigurationException {
        assertThat(ConfigurationText.load("server: {tls: {certificate: /etc/tls/tls.crt, key: /etc/tls/tls.key}}")
                        .server()
                        .tls())
                .contains(new TlsSettings(Path.of("/etc/tls/tls.crt"), Path.of("/etc/tls/tls.key")));
    }

    @ParameterizedTest
    @CsvSource({
        "certificate, server.tls.key is missing: name the file with the certificate's key.",
        "key, server.tls.certificate is missing: name the file with the certificate."
    })
    void oneWithoutTheOtherStopsTheStart(String key, String sentence) {
        assertThatThrownBy(() -> ConfigurationText.load("server: {tls: {" + key + ": /etc/tls/x.pem}}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(sentence);
    }

    @Test
    void whatIsNoPathStopsTheStart() {
        assertThatThrownBy(() -> ConfigurationText.load("server: {tls: {certificate: \"a\\0b\", key: k}}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("server.tls.certificate is no path");
    }
}
