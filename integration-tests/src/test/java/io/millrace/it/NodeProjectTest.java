package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeProjectTest {

    @ParameterizedTest
    @CsvSource({
        "18.20.4, false",
        "20.18.1, false",
        "20.19.0, true",
        "20.20.2, true",
        "22.1.0, true",
        "100.0.0-nightly, true",
        "v20.19.0, false",
        "command not found, false"
    })
    void isNewEnough(String version, boolean expected) {
        assertThat(NodeProject.isNewEnough(version)).isEqualTo(expected);
    }
}
