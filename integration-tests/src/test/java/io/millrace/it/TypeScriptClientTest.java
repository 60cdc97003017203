package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The official TypeScript client. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TypeScriptClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void readsAndWrites() throws Exception {
        Path report = Build.target("client-reports").resolve("client.xml");
        Files.deleteIfExists(report);
        ChildProcess vitest = NodeProject.vitest(
                "client.test.js",
                report,
                Map.of("GATEWAY_URL", GatewayPair.shared().one().origin().toString()),
                Duration.ofMinutes(2));
        assertThat(report).as(vitest.describe("wrote no report")).exists();
        TestReport tests = TestReport.of(report);
        assertThat(tests.failed()).isEmpty();
        assertThat(tests.passed()).hasSizeGreaterThan(10);
    }

    /** Saves its offset, ends, and goes on from there after a restart; another one lives through the restart. */
    @Test
    void resumesAcrossARestartOfTheGateway() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.named("resume")
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .start()) {
            String path = "/" + Names.unique("resumed");
            String url = gateway.client().base() + path;
            gateway.client().create(path, JSON).expect(201);
            append(gateway, path, 0, 5);
            try (ChildProcess survivor = NodeProject.script(List.of("reader.js", url, "-1", "15"))) {
                ChildProcess before = NodeProject.script(List.of("reader.js", url, "-1", "5"));
                before.awaitOutput("done", PATIENCE);
                assertThat(items(before)).containsExactly("0", "1", "2", "3", "4");
                append(gateway, path, 5, 10);
                survivor.awaitOutput("9", PATIENCE);
                gateway.terminate();
                gateway.awaitExit();
                gateway.restart();
                append(gateway, path, 10, 15);
                ChildProcess after = NodeProject.script(List.of("reader.js", url, lastOffset(before), "10"));
                after.awaitOutput("done", PATIENCE);
                assertThat(items(after)).containsExactly("5", "6", "7", "8", "9", "10", "11", "12", "13", "14");
                survivor.awaitOutput("done", PATIENCE);
                assertThat(items(survivor))
                        .containsExactly(
                                "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14");
            }
        }
    }

    private static void append(GatewayProcess gateway, String path, int from, int to) throws Exception {
        for (int n = from; n < to; n++) {
            gateway.client().append(path, JSON, Integer.toString(n)).expect(204);
        }
    }

    private static List<String> items(ChildProcess reader) {
        List<String> items = new ArrayList<>();
        reads(reader).forEach(read -> items.addAll(List.of(read[2].split(",", -1))));
        return items;
    }

    private static String lastOffset(ChildProcess reader) {
        return reads(reader).getLast()[1];
    }

    private static List<String[]> reads(ChildProcess reader) {
        return reader.output()
                .lines()
                .filter(line -> line.startsWith("read "))
                .map(line -> line.split(" ", 3))
                .toList();
    }
}
