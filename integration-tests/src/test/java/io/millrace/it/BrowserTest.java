package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages in a real, headless Chromium, on another origin than the gateway; {@code browser.test.js} and {@code table.test.js} say what they do. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BrowserTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String TABLES = """
            mappings:
              - path: "tables/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                envelope: state
                type: user
            """;

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    @Test
    void pagesReadAndWriteOverBothVersionsOfHttp() throws Exception {
        Path report = report("browser.xml");
        ChildProcess vitest = NodeProject.vitest(
                "browser.test.js",
                report,
                Map.of(
                        "CHROMIUM", chromium(),
                        "GATEWAY_URL", GatewayPair.shared().one().origin().toString(),
                        "GATEWAY_TLS_URL", TlsGateway.shared().origin().toString()),
                Duration.ofMinutes(4));
        requireAll(vitest, report, 11);
    }

    /** StreamDB, and the page in {@code compose/demo}, on a compacted topic that is written by plain Kafka clients. */
    @Test
    void aCompactedTopicIsALiveTable() throws Exception {
        String chromium = chromium();
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        String topic = Names.unique("users");
        kafka.createTopic(topic, 1, Map.of("cleanup.policy", "compact"));
        try (GatewayProcess gateway = GatewayProcess.named("table")
                .on(TestKafka.shared())
                .mappings(TABLES)
                .start()) {
            kafka.produce(topic, 0, "0", null); // of a row that was never seen, as after a compaction
            kafka.produce(topic, 0, "1", "{\"name\":\"Ada\"}");
            kafka.produce(topic, 0, "2", "{\"name\":\"Grace\"}");
            Path report = report("table.xml");
            try (ChildProcess vitest = NodeProject.startVitest(
                    "table.test.js",
                    report,
                    Map.of("CHROMIUM", chromium, "TABLE_URL", gateway.client().base() + "/tables/" + topic))) {
                vitest.awaitOutput("seen first", PATIENCE);
                kafka.produce(topic, 0, "3", "{\"name\":\"Edsger\"}");
                vitest.awaitOutput("seen insert", PATIENCE);
                kafka.produce(topic, 0, "1", "{\"name\":\"Ada Lovelace\"}");
                vitest.awaitOutput("seen update", PATIENCE);
                kafka.produce(topic, 0, "2", null);
                vitest.awaitOutput("seen tombstone", PATIENCE);
                vitest.awaitExit(PATIENCE);
                requireAll(vitest, report, 1);
            }
        }
    }

    private static Path report(String name) throws IOException {
        Path report = Build.target("client-reports").resolve(name);
        Files.deleteIfExists(report);
        return report;
    }

    private static void requireAll(ChildProcess vitest, Path report, int tests) throws Exception {
        assertThat(report).as(vitest.describe("wrote no report")).exists();
        TestReport all = TestReport.of(report);
        assertThat(all.failed()).as(vitest.describe("failed")).isEmpty();
        assertThat(all.passed()).hasSize(tests);
    }

    /** Where it is. Whoever builds on a laptop may do without; what is merged may not. */
    private static String chromium() {
        Optional<String> chromium =
                NAMES.stream().flatMap(name -> Tools.onPath(name).stream()).findFirst();
        assumeTrue(
                chromium.isPresent() || System.getenv("CI") != null,
                "no Chromium is on the PATH: install it (Debian: apt install chromium) to run this");
        return chromium.orElseThrow(() -> new AssertionError("no Chromium is on the PATH: apt install chromium"));
    }
}
