package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The README's examples do what it says. Blocks of shell after the line {@code <!-- tested -->} run in their order, in one
 * shell, against a gateway with its own broker. A {@code # 409} at the end of a line says which status it gets.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReadmeTest {

    private static final Pattern BLOCK = Pattern.compile("<!-- tested -->\\s*```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern STATUS = Pattern.compile("# (\\d{3})\\b");

    @Test
    void examplesWork() throws Exception {
        Path readme = Build.root().resolve("README.md");
        List<String> blocks = Files.exists(readme) ? blocks(Files.readString(readme)) : List.of();
        assumeFalse(blocks.isEmpty(), "the README has no block that is marked as tested");
        try (GatewayProcess gateway = GatewayProcess.embedded("readme").start()) {
            String script = String.join("\n", blocks).replace("127.0.0.1:4437", "127.0.0.1:" + gateway.port());
            ChildProcess shell = ChildProcess.start(
                    "readme", List.of("bash", "-euo", "pipefail", "-c", script), Build.target("readme"), Map.of());
            assertThat(shell.awaitExit(Duration.ofSeconds(60)))
                    .as(shell.describe("failed"))
                    .isZero();
            assertThat(shell.output()).doesNotContain("HTTP/1.1 5");
            Matcher status = STATUS.matcher(script);
            while (status.find()) {
                assertThat(shell.output()).contains("HTTP/1.1 " + status.group(1));
            }
        }
    }

    private static List<String> blocks(String readme) {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(readme);
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }
}
