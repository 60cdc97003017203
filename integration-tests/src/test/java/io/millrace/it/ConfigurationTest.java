package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an operator may write wrongly: the gateway does not start, and one line says what to do. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ConfigurationTest {

    static Stream<Arguments> mistakes() {
        return Stream.of(
                argumentSet(
                        "unknown variable",
                        mistake().set("MILLRACE_SERVER_PROT", "1"),
                        List.of("MILLRACE_SERVER_PROT", "MILLRACE_SERVER_PORT")),
                argumentSet(
                        "unknown key",
                        mistake().mappings("server:\n  prot: 1\n"),
                        List.of("server.prot", "server.port")),
                argumentSet(
                        "no unit",
                        mistake().set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "20"),
                        List.of("long-poll-timeout")),
                argumentSet(
                        "no number",
                        mistake().set("MILLRACE_SERVER_MAX_CONNECTIONS", "many"),
                        List.of("server.max-connections")),
                argumentSet(
                        "unknown kind",
                        mistake().mappings("mappings:\n  - path: \"**\"\n    kind: common\n"),
                        List.of("common", "shared", "dedicated")),
                argumentSet(
                        "no port",
                        mistake().set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1"),
                        List.of("kafka.bootstrap-servers", "host:port")),
                argumentSet(
                        "unknown security protocol",
                        mistake().set("MILLRACE_KAFKA_CLIENT_SECURITY_PROTOCOL", "FOO"),
                        List.of("kafka.client", "FOO")),
                argumentSet(
                        "no credentials",
                        mistake().set("MILLRACE_KAFKA_CLIENT_SECURITY_PROTOCOL", "SASL_PLAINTEXT"),
                        List.of("kafka.client", "JAAS")),
                argumentSet("Kafka's acks", mistake().set("MILLRACE_KAFKA_CLIENT_ACKS", "1"), List.of("acks")));
    }

    @ParameterizedTest
    @MethodSource
    void mistakes(GatewayProcess.Builder builder, List<String> words) throws Exception {
        try (GatewayProcess gateway = builder.launch()) {
            assertThat(gateway.awaitExit()).isNotZero();
            assertThat(gateway.process().output()).contains(words).doesNotContain("\tat ");
        }
    }

    private static GatewayProcess.Builder mistake() {
        return GatewayProcess.named("mistake").set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    }
}
