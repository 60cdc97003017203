package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.rule.Resolution;
import io.millrace.mapping.stream.StreamPath;
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
}
