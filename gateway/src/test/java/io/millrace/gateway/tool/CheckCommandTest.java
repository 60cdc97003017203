package io.millrace.gateway.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.config.Sources;
import io.millrace.gateway.kafka.TopicCatalog.Topic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

    private static final String FINE = "mappings: [{path: a, kind: deny}, {path: \"b/{x}\", kind: deny}]";
    private static final String SURPRISING = "mappings: [{path: \"b/*\", kind: deny}, {path: \"b/{x}\", kind: deny}]";
    private static final String WRONG = """
            server: {port: many}
            mappings: [{path: a, kind: x}]
            """;

    @TempDir
    Path folder;

    @Test
    void nothingIsWrong() throws Exception {
        assertThat(check(FINE, Form.TEXT)).isEqualTo(new Printed("All is well: 2 rules, no warnings.", 0));
        assertThat(check(FINE, Form.JSON))
                .isEqualTo(new Printed("{\"ok\":true,\"rules\":2,\"errors\":[],\"warnings\":[],\"topics\":{}}", 0));
    }

    @Test
    void surprisesAreNoErrors() throws Exception {
        String warning =
                "mapping 2 (path \"b/{x}\"): is never reached, because mapping 1 (path \"b/*\") matches every path"
                        + " that it is for: remove one of them";
        assertThat(check(SURPRISING, Form.TEXT))
                .isEqualTo(new Printed("warning: " + warning + "\nAll is well: 2 rules, 1 warning.", 0));
        assertThat(check(SURPRISING, Form.JSON))
                .isEqualTo(new Printed(
                        "{\"ok\":true,\"rules\":2,\"errors\":[],\"warnings\":[\"" + warning.replace("\"", "\\\"")
                                + "\"],\"topics\":{}}",
                        0));
    }

    @Test
    void allErrorsAreToldAtOnce() throws Exception {
        assertThat(check(WRONG, Form.TEXT))
                .isEqualTo(new Printed(
                        "error: server.port is \"many\": write a port.\n"
                                + "error: mapping 1 (path \"a\"): kind \"x\" is unknown: write shared, dedicated, existing"
                                + " or deny\n2 errors, no warnings.",
                        1));
        assertThat(check(WRONG, Form.JSON).text())
                .startsWith("{\"ok\":false,\"rules\":0,\"errors\":[\"server.port is \\\"many\\\": write a port.\",");
    }

    @Test
    void theCertificateIsReadAsAStartWould() throws Exception {
        Printed printed =
                check(FINE + "\nserver: {tls: {certificate: /nowhere/c.pem, key: /nowhere/k.pem}}", Form.TEXT);
        assertThat(printed.exitCode()).isEqualTo(1);
        assertThat(printed.text())
                .startsWith("error: ")
                .contains("/nowhere/c.pem")
                .endsWith("1 error, no warnings.");
    }

    /** These tests run without the embedded broker, as the slim gateway does. */
    @Test
    void aGatewayWithoutABrokerNeedsACluster() throws Exception {
        Sources sources = new Sources(Optional.empty(), Map.of(), Map.of());
        assertThat(CheckCommand.run(sources, Scope.CONFIGURATION, Form.TEXT).text())
                .startsWith("error: kafka.bootstrap-servers is not set, and the slim gateway has no broker");
        assertThat(CheckCommand.run(sources, Scope.CLUSTER, Form.TEXT).text())
                .contains("error: kafka.bootstrap-servers is not set, so there is no cluster to ask");
    }

    @Test
    void aClusterThatDoesNotAnswerIsAnError() throws Exception {
        Sources sources = new Sources(
                Optional.empty(), Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "nowhere.invalid:1"), Map.of());
        Printed printed = CheckCommand.run(sources, Scope.CLUSTER, Form.TEXT);
        assertThat(printed.exitCode()).isEqualTo(1);
        assertThat(printed.text())
                .startsWith("error: Kafka at nowhere.invalid:1 (kafka.bootstrap-servers) cannot be asked: ");
    }

    @Test
    void topicsOfTheClusterAreListed() {
        CheckReport report = new CheckReport(1, List.of(), List.of("w"), Map.of())
                .with(
                        new ClusterCheck(List.of("e"), List.of("v")),
                        Map.of("b", new Topic(1, "delete"), "a", new Topic(12, "compact,delete")));
        assertThat(report.print(Form.TEXT)).isEqualTo(new Printed("""
                        error: e
                        warning: w
                        warning: v
                        topic a: 12 partitions, cleanup.policy=compact,delete
                        topic b: 1 partition, cleanup.policy=delete
                        1 error, 2 warnings.""", 1));
        assertThat(report.print(Form.JSON).text())
                .endsWith("\"topics\":{\"a\":{\"partitions\":12,\"cleanupPolicy\":\"compact,delete\"},"
                        + "\"b\":{\"partitions\":1,\"cleanupPolicy\":\"delete\"}}}");
    }

    private Printed check(String yaml, Form form) throws InterruptedException {
        return CheckCommand.run(Rules.of(folder, yaml), Scope.CONFIGURATION, form);
    }
}
