package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The README's examples do what it says. Blocks of shell after the line {@code <!-- tested -->} run in their order, in one
 * shell, against a gateway with its own broker. A {@code # 409} behind a line says which status it gets, a {@code # [...]}
 * which body.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReadmeTest {

    private static final Pattern BLOCK = Pattern.compile("<!-- tested -->\\s*```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)#(\\w+)`");
    private static final Pattern STATUS = Pattern.compile("# (\\d{3})\\b");
    private static final Pattern BODY = Pattern.compile("# (\\[.*])$", Pattern.MULTILINE);

    @Test
    void examplesWork() throws Exception {
        List<String> blocks = blocks(Files.readString(Build.root().resolve("README.md")));
        assertThat(blocks).isNotEmpty();
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
            Matcher body = BODY.matcher(script);
            while (body.find()) {
                assertThat(shell.output()).contains(body.group(1));
            }
        }
    }

    /** What the README promises of several gateways names a test that is there. */
    @Test
    void guaranteesHaveTests() throws Exception {
        List<MatchResult> named = TEST.matcher(Files.readString(Build.root().resolve("README.md")))
                .results()
                .toList();
        assertThat(named).isNotEmpty();
        for (MatchResult one : named) {
            assertThat(Class.forName("io.millrace.it." + one.group(1)).getDeclaredMethods())
                    .filteredOn(method -> method.isAnnotationPresent(Test.class))
                    .extracting(Method::getName)
                    .contains(one.group(2));
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
