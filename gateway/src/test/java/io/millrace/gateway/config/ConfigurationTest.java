package io.millrace.gateway.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.existing.OnBadRecord;
import io.millrace.mapping.rule.Resolution;
import io.millrace.mapping.stream.StreamPath;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

    @Test
    void defaults() throws ConfigurationException {
        Configuration configuration = ConfigurationText.standard();
        assertThat(configuration.mappings().sharedTopics()).singleElement().satisfies(topic -> {
            assertThat(topic.name()).isEqualTo("durable-streams");
            assertThat(topic.partitions()).isEqualTo(16);
        });
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void mappings() throws ConfigurationException {
        Configuration configuration = ConfigurationText.load("""
                mappings:
                  - path: "jobs/{id}"
                    kind: dedicated
                    topic: "jobs.{id}"
                    replication-factor: 1
                  - path: "**"
                    kind: shared
                    topic: everything
                    partitions: 4
                    replication-factor: 1
                """);
        assertThat(configuration.mappings().resolve(StreamPath.of("jobs/7")))
                .isEqualTo(new Resolution.DedicatedTopic("jobs.7", 1));
        assertThat(configuration.mappings().resolve(StreamPath.of("chats/7")))
                .isInstanceOf(Resolution.SharedPartition.class);
    }

    @Test
    void mappingsThatAreWrongStopTheStart() {
        assertThatThrownBy(() -> ConfigurationText.load("mappings: [{path: \"**\", kind: shred}]"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("kind \"shred\" is unknown");
    }

    @Test
    void mappingsThatAreNoListStopTheStart() {
        assertThatThrownBy(() -> ConfigurationText.load("mappings: {path: \"**\", kind: shared}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("must be a list");
    }

    @Test
    void anEmptyListOfMappingsStopsTheStart() {
        assertThatThrownBy(() -> ConfigurationText.load("mappings: []")).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void existingTopicsAndThoseThatAreDenied() throws ConfigurationException {
        Configuration configuration = ConfigurationText.load("""
                kafka:
                  denied-topics: salaries
                mappings:
                  - path: "secret/**"
                    kind: deny
                    description: nobody's business
                  - path: "raw/{topic}/{partition}"
                    kind: existing
                    topic: "{topic}"
                    partition: "{partition}"
                    content-type: application/json
                    on-bad-record: null
                    where:
                      topic: "[a-z]+"
                    access: append
                    headers:
                      source: web
                      app.version: 1.0
                """);
        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.mappings().resolve(StreamPath.of("secret/a"))).isInstanceOf(Resolution.Denied.class);
        assertThat(configuration.mappings().resolve(StreamPath.of("raw/salaries/0")))
                .isInstanceOf(Resolution.Denied.class);
        assertThat(configuration.mappings().resolve(StreamPath.of("raw/Orders/0")))
                .isEqualTo(new Resolution.NoRule());
        assertThat(configuration.mappings().resolve(StreamPath.of("raw/orders/1")))
                .isInstanceOfSatisfying(Resolution.ExistingPartition.class, place -> {
                    assertThat(place.topic()).isEqualTo("orders");
                    assertThat(place.partition()).isEqualTo(1);
                    assertThat(place.stream().view().onBadRecord()).isEqualTo(OnBadRecord.NULL);
                    assertThat(place.stream().headers())
                            .extracting(header -> header.name() + "=" + new String(header.value(), UTF_8))
                            .containsExactly("app.version=1.0", "source=web");
                });
    }

    @Test
    void aVariableWithoutQuotesIsExplained() {
        assertThatThrownBy(
                        () -> ConfigurationText.load("mappings: [{path: a, kind: existing, topic: a, partition: {p}}]"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("partition is no text, but a table with the key \"p\": put a value that begins");
    }

    @Test
    void allErrorsAreToldAtOnce() {
        assertThatThrownBy(() -> ConfigurationText.load("""
                        server: {prot: 1, port: many, idle-timeout: 0s}
                        admin: {port: 70000}
                        streams: {append-limit: large, prefix: x}
                        kafka: {max-loads: 0}
                        mappings: [{path: a, kind: x}, {path: b, kind: y}]
                        """, Map.of("MILLRACE_SERVER_PROT", "1"), Map.of()))
                .isInstanceOfSatisfying(ConfigurationException.class, e -> assertThat(e.sentences())
                        .satisfiesExactly(
                                one -> assertThat(one).startsWith("The key server.prot"),
                                one -> assertThat(one).startsWith("The environment variable MILLRACE_SERVER_PROT"),
                                one -> assertThat(one).startsWith("server.port is \"many\""),
                                one -> assertThat(one).startsWith("streams.append-limit is \"large\""),
                                one -> assertThat(one).startsWith("admin.port must be a port"),
                                one -> assertThat(one).startsWith("kafka.max-loads must be at least 1"),
                                one -> assertThat(one).startsWith("mapping 1 (path \"a\"): kind"),
                                one -> assertThat(one).startsWith("mapping 2 (path \"b\"): kind")));
    }
}
