package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminSettingsTest {

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().admin()).isEmpty();
        assertThat(ConfigurationText.load("admin: {port: 4440}").admin())
                .contains(new AdminSettings("127.0.0.1", 4440));
    }

    @Test
    void everyKey() throws ConfigurationException {
        assertThat(ConfigurationText.load("admin: {host: 0.0.0.0, port: 0}").admin())
                .contains(new AdminSettings("0.0.0.0", 0));
    }

    @ParameterizedTest
    @CsvSource({
        "'{port: many}', 'admin.port is \"many\"'",
        "'{port: 70000}', admin.port must be a port",
        "'{port: 4437}', 'admin.port must not be server.port: choose another port.'",
        "'{port: 1, host: \"\"}', admin.host must not be empty"
    })
    void whatMakesNoSenseIsRefusedByName(String admin, String sentence) {
        assertThatThrownBy(() -> ConfigurationText.load("admin: " + admin))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(sentence);
    }

    @Test
    void bothPortsMayBeAnyThatIsFree() throws ConfigurationException {
        assertThat(ConfigurationText.load("{server: {port: 0}, admin: {port: 0}}")
                        .admin())
                .isPresent();
    }
}
