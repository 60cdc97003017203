package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages in a real, headless Chromium, on another origin than the gateway; {@code browser.test.js} says what they do. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BrowserTest {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    @Test
    void pagesReadAndWriteOverBothVersionsOfHttp() throws Exception {
        Optional<String> chromium = chromium();
        // Whoever builds on a laptop may do without; what is merged may not.
        assumeTrue(
                chromium.isPresent() || System.getenv("CI") != null,
                "no Chromium is on the PATH: install it (Debian: apt install chromium) to run this");
        Path report = Build.target("client-reports").resolve("browser.xml");
        Files.deleteIfExists(report);
        ChildProcess vitest = NodeProject.vitest(
                "browser.test.js",
                report,
                Map.of(
                        "CHROMIUM", chromium.orElseThrow(() -> new AssertionError("apt install chromium")),
                        "GATEWAY_URL", GatewayPair.shared().one().origin().toString(),
                        "GATEWAY_TLS_URL", TlsGateway.shared().origin().toString()),
                Duration.ofMinutes(4));
        assertThat(report).as(vitest.describe("wrote no report")).exists();
        TestReport tests = TestReport.of(report);
        assertThat(tests.failed()).as(vitest.describe("failed")).isEmpty();
        assertThat(tests.passed()).hasSize(11);
    }

    private static Optional<String> chromium() {
        return NAMES.stream().flatMap(name -> Tools.onPath(name).stream()).findFirst();
    }
}
