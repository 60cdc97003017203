package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.rule.DeniedTopics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {

    @Test
    void defaults() throws ConfigurationException {
        assertThat(ConfigurationText.standard().kafka())
                .isEqualTo(new KafkaSettings(Optional.empty(), Map.of(), 4, 8, 16, DeniedTopics.NONE));
    }

    @Test
    void everyKey() throws ConfigurationException {
        assertThat(ConfigurationText.load("""
                                kafka:
                                  bootstrap-servers: kafka-1:9092,kafka-2:9092
                                  max-loads: 1
                                  max-readers: 2
                                  max-lookups: 3
                                  denied-topics: "hr-*, salaries,*"
                                  client:
                                    security.protocol: SASL_SSL
                                    sasl.jaas.config: "Module required password=\\"a${b}\\";"
                                    ssl.truststore.location: /etc/trust
                                    ssl.truststore.type: PEM
                                    client.rack: r1
                                """).kafka())
                .isEqualTo(new KafkaSettings(
                        Optional.of("kafka-1:9092,kafka-2:9092"),
                        Map.of(
                                "security.protocol", "SASL_SSL",
                                "sasl.jaas.config", "Module required password=\"a${b}\";",
                                "ssl.truststore.location", "/etc/trust",
                                "ssl.truststore.type", "PEM",
                                "client.rack", "r1"),
                        1,
                        2,
                        3,
                        new DeniedTopics(List.of("hr-*", "salaries", "*"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka",
                "kafka:",
                ":9092",
                "kafka:port",
                "kafka:65536",
                "a:1,",
                "a:1;b:2",
                "http://a:1",
                "::1:9092"
            })
    void bootstrapServersAreHostsAndPorts(String servers) {
        assertThatThrownBy(() -> new KafkaSettings(Optional.of(servers), Map.of(), 4, 8, 16, DeniedTopics.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kafka.bootstrap-servers")
                .hasMessageContaining("host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka:9092", "kafka-1.svc:9092, kafka-2.svc:9092", "10.0.0.1:1", "[::1]:9092"})
    void bootstrapServersOfEveryForm(String servers) {
        assertThat(new KafkaSettings(Optional.of(servers), Map.of(), 4, 8, 16, DeniedTopics.NONE).bootstrapServers())
                .contains(servers);
    }

    @ParameterizedTest
    @CsvSource({"max-loads, 0", "max-readers, 4", "max-lookups, 0", "max-lookups, many"})
    void boundsThatLeaveNothingAreRefusedByName(String key, String value) {
        assertThatThrownBy(() -> ConfigurationText.load("kafka: {" + key + ": \"" + value + "\"}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("kafka." + key)
                .hasMessageEndingWith(".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a*b", "**", "*a", "a,,b", "a,", "a/b", "a;b"})
    void deniedTopicsAreNames(String topics) {
        assertThatThrownBy(() -> ConfigurationText.load("kafka: {denied-topics: \"" + topics + "\"}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("kafka.denied-topics must be names of topics");
    }

    @Test
    void clientPropertiesFromTheEnvironment() throws ConfigurationException {
        assertThat(ConfigurationText.load("", Map.of("MILLRACE_KAFKA_CLIENT_SECURITY_PROTOCOL", "SSL"), Map.of())
                        .kafka()
                        .client())
                .isEqualTo(Map.of("security.protocol", "SSL"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acks",
                "enable.idempotence",
                "max.in.flight.requests.per.connection",
                "delivery.timeout.ms",
                "isolation.level",
                "auto.offset.reset",
                "key.serializer",
                "value.deserializer",
                "transactional.id",
                "group.id",
                "bootstrap.servers"
            })
    void whatThePromisesRestOnCannotBeSet(String property) {
        assertThatThrownBy(() -> ConfigurationText.load("kafka: {client: {" + property + ": x}}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("kafka.client." + property);
    }
}
