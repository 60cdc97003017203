package io.millrace.mapping.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "durable-streams", "jobs.42", "A_b-c.9", "...", "_a", "-"})
    void legal(String name) {
        assertThat(TopicName.flaw(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a b",
                "a/b",
                "é",
                "a:b",
                "a{b}",
                "a\n",
                "\n",
                "__consumer_offsets",
                "__transaction_state",
                "__"
            })
    void illegal(String name) {
        assertThat(TopicName.flaw(name)).isPresent();
    }

    @Test
    void lengthIsKafkas() {
        assertThat(TopicName.flaw("a".repeat(249))).isEmpty();
        assertThat(TopicName.flaw("a".repeat(250))).isPresent();
    }
}
