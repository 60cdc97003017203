package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyTest {

    @Test
    void noTwoKeysShareAVariable() {
        assertThat(Arrays.stream(Key.values()).map(Key::variable)).doesNotHaveDuplicates();
    }

    @Test
    void theTableHasEveryKey() {
        assertThat(Key.markdownTable())
                .contains(
                        "| `server.port` | `MILLRACE_SERVER_PORT` | `4437` | port |",
                        "| `kafka.bootstrap-servers` | `MILLRACE_KAFKA_BOOTSTRAP_SERVERS` |  | text |");
        assertThat(Key.markdownTable().lines()).hasSize(2 + Key.values().length + 2);
    }
}
