package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The official conformance suite against a real gateway on a real broker. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConformanceTest {

    /** The suite at its pinned version, without subscriptions, which are not built yet. */
    private static final int BASE = 332;

    /** Left out in vitest.config.js by these names of their describes. */
    private static final List<String> LEFT_OUT = List.of("Reserved subscription APIs");

    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);

    @Test
    void sharedStreamsPassTheBaseSuite() throws Exception {
        passesTheBaseSuite("shared", "");
    }

    @Test
    void dedicatedStreamsPassTheBaseSuite() throws Exception {
        passesTheBaseSuite("dedicated", """
                mappings:
                  - path: "{name}"
                    kind: dedicated
                    topic: "conformance.{name}"
                    replication-factor: 1
                """);
    }

    private static void passesTheBaseSuite(String kind, String mappings) throws Exception {
        Path report = Build.target("conformance-reports").resolve(kind + ".xml");
        Files.deleteIfExists(report);
        try (GatewayProcess gateway = GatewayProcess.named("conformance-" + kind)
                .on(TestKafka.shared())
                .mappings(mappings)
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", LONG_POLL_TIMEOUT.toMillis() + "ms")
                .start()) {
            ChildProcess vitest = NodeProject.vitest(
                    "conformance.test.js",
                    report,
                    Map.of(
                            "GATEWAY_URL",
                            gateway.origin().toString(),
                            "LONG_POLL_TIMEOUT_MS",
                            Long.toString(LONG_POLL_TIMEOUT.toMillis())),
                    Duration.ofMinutes(4));
            assertThat(report).as(vitest.describe("wrote no report")).exists();
            TestReport tests = TestReport.of(report);
            System.out.printf(
                    "conformance, %s streams: %d passed, %d failed, %d left out by name%n",
                    kind,
                    tests.passed().size(),
                    tests.failed().size(),
                    tests.skipped().size());
            assertThat(tests.failed()).isEmpty();
            assertThat(tests.skipped()).allMatch(name -> LEFT_OUT.stream().anyMatch(name::startsWith));
            assertThat(tests.passed()).hasSize(BASE);
        }
    }
}
