package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.chaos.RepeatedOperations.Entry;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RepeatedOperationsTest {

    private static RepeatedOperations in(String... keys) {
        return RepeatedOperations.in(Stream.of(keys)
                .map(key -> new Entry(key, key.startsWith("reset")))
                .toList());
    }

    @Test
    void risingCountersOfSeveralGatewaysAreNoRepetition() {
        assertThat(in("a|g.1", "b|h.1", "a|b|g.2", "a|g.7", "b|h.2"))
                .isEqualTo(new RepeatedOperations(List.of(), List.of()));
    }

    @Test
    void whatTheCounterRuleVoidsHasNoEffectTwice() {
        assertThat(in("a|g.1", "a|g.2", "a|g.1", "a|g.2"))
                .isEqualTo(new RepeatedOperations(List.of("g.1", "g.2"), List.of()));
    }

    @Test
    void anOperationThatComesAgainAfterAResetHasAnEffectTwice() {
        assertThat(in("a|g.1", "reset|h.1", "a|g.1", "reset|h.1"))
                .isEqualTo(new RepeatedOperations(List.of("h.1"), List.of("g.1")));
    }
}
