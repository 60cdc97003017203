package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.bench.FaultyServer.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BenchTest {

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    /** What a server does with one message, and what the delivery of an append workload comes to. */
    static Stream<Arguments> faults() {
        return Stream.of(
                argumentSet("none", Fault.NONE, "\"lost\":0,\"doubled\":0,\"reordered\":0,\"garbled\":0"),
                argumentSet("lost", Fault.LOST, "\"lost\":1,\"doubled\":0,\"reordered\":0,\"garbled\":0"),
                argumentSet("doubled", Fault.DOUBLED, "\"lost\":0,\"doubled\":1,\"reordered\":0,\"garbled\":0"),
                argumentSet("swapped", Fault.SWAPPED, "\"lost\":0,\"doubled\":0,\"reordered\":1,\"garbled\":0"),
                argumentSet("garbled", Fault.GARBLED, "\"lost\":1,\"doubled\":0,\"reordered\":0,\"garbled\":1"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatAServerDoesWithOneMessageIsCaught(Fault fault, String delivery) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault)) {
            assertThat(run(server.base(), "append-1-writer")).isEqualTo(fault == Fault.NONE);
        }
        assertThat(lines.toString(UTF_8)).contains(delivery);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DOUBLED", "SWAPPED"})
    void whatAServerSendsToAFollowerTwiceOrTooSoonIsCaught(Fault fault) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault)) {
            assertThat(run(server.base(), "sse-1-reader")).isFalse();
        }
        assertThat(lines.toString(UTF_8))
                .contains(fault == Fault.DOUBLED ? "\"doubled\":1,\"reordered\":0" : "\"doubled\":0,\"reordered\":1");
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
