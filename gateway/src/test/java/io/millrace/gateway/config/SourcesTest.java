package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesTest {

    private static final Map<String, String> NOTHING = Map.of();

    @Test
    void environmentWinsOverFile() throws ConfigurationException {
        assertThat(port("server: {port: 1}", Map.of("MILLRACE_SERVER_PORT", "2"), NOTHING))
                .isEqualTo(2);
    }

    @Test
    void systemPropertyWinsOverEnvironment() throws ConfigurationException {
        assertThat(port("server: {port: 1}", Map.of("MILLRACE_SERVER_PORT", "2"), Map.of("server.port", "3")))
                .isEqualTo(3);
    }

    @Test
    void everyKeyHasItsVariable() throws ConfigurationException {
        assertThat(ConfigurationText.load("", Map.of("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "7s"), NOTHING)
                        .streams()
                        .longPollTimeout())
                .hasSeconds(7);
    }

    @Test
    void anEmptyFileIsAllDefaults() throws ConfigurationException {
        assertThat(ConfigurationText.load("").streams())
                .isEqualTo(ConfigurationText.standard().streams());
    }

    @Test
    void aMissingFileStopsTheStart() {
        Sources sources = new Sources(Optional.of(Path.of("/nowhere/millrace.yaml")), NOTHING, NOTHING);
        assertThatThrownBy(sources::load)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("There is no configuration file /nowhere/millrace.yaml");
    }

    @ParameterizedTest
    @CsvSource({
        "'{', cannot be read",
        "'server: {prot: 1}', did you mean server.port?",
        "'server: {port: {a: 1}}', The key server.port.a means nothing",
        "'server: 5', The key server means nothing",
        "'stream: {prefix: /s}', did you mean streams.prefix?",
        "'colour: blue', remove it",
        "'server: {port: many}', 'server.port is \"many\"'",
        "'server: {port: 70000}', server.port must be a port",
        "'server: {access-log: yes please}', 'server.access-log is \"yes please\"'"
    })
    void whatAFileMustNotSay(String yaml, String sentence) {
        assertThatThrownBy(() -> ConfigurationText.load(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void anUnknownVariableStopsTheStart() {
        assertThatThrownBy(() -> ConfigurationText.load("", Map.of("MILLRACE_SERVER_PROT", "1"), NOTHING))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("did you mean MILLRACE_SERVER_PORT?");
    }

    @ParameterizedTest
    @CsvSource({
        "MILLRACE_SLIM, 1",
        "MILLRACE_CLASS_ARCHIVE, /tmp/millrace.jsa",
        "MILLRACE_PORT, tcp://10.0.0.1:4437",
        "MILLRACE_PORT_4437_TCP, tcp://10.0.0.1:4437",
        "MILLRACE_PORT_4437_TCP_ADDR, 10.0.0.1",
        "MILLRACE_SERVICE_HOST, 10.0.0.1",
        "MILLRACE_SERVICE_PORT, 4437",
        "MILLRACE_EDGE_SERVICE_PORT_HTTP, 4437",
        "MILLRACE_SERVER_PORT, tcp://10.0.0.7:4437",
        "MILLRACE_SERVER_PORT_4437_TCP_PROTO, tcp",
        "MILLRACE_EMBEDDED_PORT, udp://10.0.0.7:9092"
    })
    void variablesOfTheLauncherAndOfKubernetesAreNoKeys(String name, String value) throws ConfigurationException {
        assertThat(ConfigurationText.load("", Map.of(name, value), NOTHING).server())
                .isEqualTo(ConfigurationText.standard().server());
    }

    private static int port(String yaml, Map<String, String> environment, Map<String, String> systemProperties)
            throws ConfigurationException {
        return ConfigurationText.load(yaml, environment, systemProperties)
                .server()
                .port();
    }
}
