package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BenchTest {

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    @Test
    void aServerThatLosesOneMessageIsCaught() throws Exception {
        try (ForgetfulServer server = ForgetfulServer.start()) {
            assertThat(run(server.base(), "append-1-writer")).isFalse();
        }
        assertThat(lines.toString(UTF_8)).contains("\"lost\":1,\"doubled\":0,\"reordered\":0,\"garbled\":0");
    }

    @Test
    void aServerThatIsNotThereIsAFailureOfItsRuns() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        assertThat(run(URI.create("http://127.0.0.1:" + port + "/streams"), "sse-1-reader"))
                .isFalse();
        assertThat(lines.toString(UTF_8)).contains("\"type\":\"failure\"");
    }

    private boolean run(URI base, String workload) throws InterruptedException {
        BenchOptions options = BenchOptions.parse(
                List.of("--workloads=" + workload, "--runs=1", "--idle-runs=0", "--warm-up=0.1", "--seconds=0.2"));
        return Bench.run(
                List.of(Contender.at(base)),
                options,
                new PrintStream(lines, true, UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    }
}
