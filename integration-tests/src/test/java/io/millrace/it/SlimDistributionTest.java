package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.it.Build.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gateway without a broker, as a sidecar runs it; from its distribution, by its launcher. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SlimDistributionTest {

    private static final Duration START = Duration.ofSeconds(30);

    @BeforeEach
    void isBuilt() {
        assumeTrue(Distribution.SLIM.isBuilt(), "distributions are made in the phase package: run ./mvnw verify");
    }

    @Test
    void carriesNoBrokerAndNoScala() {
        assertThat(Distribution.SLIM.jars())
                .anyMatch(jar -> jar.startsWith("kafka-clients-"))
                .noneMatch(jar -> jar.startsWith("scala-"))
                .noneMatch(jar -> jar.contains("_2.13"))
                .noneMatch(jar -> jar.startsWith("embedded-broker"))
                .noneMatch(jar -> jar.startsWith("kafka-server") || jar.startsWith("kafka-metadata"));
        assertThat(Distribution.DEVELOPMENT.jars())
                .anyMatch(jar -> jar.startsWith("kafka_2.13-"))
                .containsAll(Distribution.SLIM.jars());
    }

    @Test
    void refusesToStartWithoutBootstrapServersAndSaysSo() throws Exception {
        ChildProcess slim = launch(Map.of("MILLRACE_SERVER_PORT", Integer.toString(Ports.free())), "serve");
        assertThat(slim.awaitExit(START)).isNotZero();
        assertThat(slim.output()).contains("kafka.bootstrap-servers", "MILLRACE_KAFKA_BOOTSTRAP_SERVERS");
        assertThat(slim.output()).doesNotContain("Exception", "\tat ");
    }

    @Test
    void servesWithBootstrapServers() throws Exception {
        int port = Ports.free();
        try (ChildProcess slim = launch(
                Map.of(
                        "MILLRACE_SERVER_PORT",
                        Integer.toString(port),
                        "MILLRACE_KAFKA_BOOTSTRAP_SERVERS",
                        TestKafka.shared().bootstrapServers()),
                "serve")) {
            slim.awaitOutput("event=started", START);
            assertThat(RawHttp.exchange(port, List.of("GET /health/ready HTTP/1.1"), "")
                            .status())
                    .isEqualTo(200);
            slim.terminate();
            assertThat(slim.awaitExit(START)).isIn(0, 143);
        }
    }

    /** {@code -Xshare:on} is the JVM's word for: or do not start. */
    @Test
    void startsWithTheClassesOfATrainingRun() throws Exception {
        Path archive = archive();
        Map<String, String> environment = environment(archive);
        try (ChildProcess training = launch(environment, "train")) {
            training.awaitOutput("event=started", START);
            training.terminate();
            assertThat(training.awaitExit(START)).isEqualTo(143);
        }
        assertThat(archive).isNotEmptyFile();
        assertThat(archive.getParent()).isDirectoryNotContaining("glob:**.new");
        environment.put("JAVA_OPTS", "-Xshare:on -Xlog:class+load:file=" + archive.resolveSibling("loaded"));
        try (ChildProcess trained = launch(environment, "serve")) {
            trained.awaitOutput("event=started", START);
            assertThat(trained.output()).doesNotContain("[warning]", "[error]");
        }
        assertThat(archive.resolveSibling("loaded"))
                .content()
                .contains("io.millrace.gateway.Gateway source: shared objects file (top)");
    }

    @Test
    void aTrainingRunThatDoesNotServeLeavesWhatWasThere() throws Exception {
        Path archive = archive();
        Files.writeString(archive, "of another one");
        Map<String, String> environment = environment(archive);
        environment.remove("MILLRACE_KAFKA_BOOTSTRAP_SERVERS");
        ChildProcess training = launch(environment, "train");
        assertThat(training.awaitExit(START)).isNotZero();
        assertThat(archive).hasContent("of another one");
        assertThat(archive.getParent()).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void aTrainingRunWhoseClassesCannotBeWrittenDoesNotBegin() throws Exception {
        ChildProcess training =
                launch(environment(archive().resolveSibling("nowhere").resolve("millrace.jsa")), "train");
        assertThat(training.awaitExit(START)).isEqualTo(1);
        assertThat(training.output()).contains("MILLRACE_CLASS_ARCHIVE").doesNotContain("event=");
    }

    @Test
    void startsWhateverTheTrainingRunHasLeft() throws Exception {
        Path archive = archive();
        Files.writeString(archive, "no classes");
        try (ChildProcess slim = launch(environment(archive), "serve")) {
            slim.awaitOutput("event=started", START);
        }
    }

    private static Path archive() throws IOException {
        return Files.createTempDirectory(Build.target("slim"), "trained").resolve("millrace.jsa");
    }

    private static Map<String, String> environment(Path archive) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("MILLRACE_SERVER_PORT", Integer.toString(Ports.free()));
        environment.put("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", TestKafka.shared().bootstrapServers());
        environment.put("MILLRACE_CLASS_ARCHIVE", archive.toString());
        return environment;
    }

    @Test
    void saysItsVersionAndUsage() throws Exception {
        ChildProcess version = launch(Map.of(), "--version");
        assertThat(version.awaitExit(START)).isZero();
        assertThat(version.output()).matches("millrace [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\\s*");
        ChildProcess help = launch(Map.of(), "--help");
        assertThat(help.awaitExit(START)).isZero();
        assertThat(help.output()).contains("serve [--config FILE]");
    }

    private static ChildProcess launch(Map<String, String> environment, String argument) throws Exception {
        Path launcher = Distribution.SLIM.launcher();
        return ChildProcess.start("slim", List.of(launcher.toString(), argument), Build.target("slim"), environment);
    }
}
