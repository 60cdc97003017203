package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.bench.DeliveryCheck.Verdict;
import io.millrace.bench.FaultyServer.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BenchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Pace SHORT = new Pace(Duration.ZERO, Duration.ofMillis(200));

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

    /** What a server does with one message, and what readers by long-poll find, each of whom asks for what follows another one. */
    static Stream<Arguments> faultsOfAStream() {
        return Stream.of(
                argumentSet("none", Fault.NONE, Verdict.NOTHING),
                argumentSet("lost", Fault.LOST, new Verdict(0, 8, 0, 0, 0)),
                argumentSet("doubled", Fault.DOUBLED, new Verdict(0, 0, 8, 0, 0)),
                argumentSet("swapped", Fault.SWAPPED, new Verdict(0, 1, 1, 7, 0)),
                argumentSet("garbled", Fault.GARBLED, new Verdict(0, 8, 0, 0, 8)));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAStream")
    void whatAServerSendsToReadersThatComeBackIsCaught(Fault fault, Verdict expected) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault)) {
            Workload workload = new LongPollReconnectWorkload("reconnect", 20, 100, PATIENCE);
            assertThat(whatWasWrong(workload, server, SHORT)).isEqualTo(expected);
        }
    }

    /** The same, and what readers by long-poll find who wait at the tail. */
    static Stream<Arguments> faultsAtTheTail() {
        return Stream.of(
                argumentSet("none", Fault.NONE, Verdict.NOTHING),
                argumentSet("lost", Fault.LOST, new Verdict(0, 20, 0, 0, 0)),
                argumentSet("doubled", Fault.DOUBLED, new Verdict(0, 0, 20, 0, 0)),
                argumentSet("garbled", Fault.GARBLED, new Verdict(0, 20, 0, 0, 20)));
    }

    @ParameterizedTest
    @MethodSource("faultsAtTheTail")
    void whatAServerSendsToReadersThatWaitIsCaught(Fault fault, Verdict expected) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault)) {
            Workload workload = new LongPollWakeWorkload("wake", 20, 100, PATIENCE);
            Pace tenRounds = new Pace(Duration.ZERO, Duration.ofSeconds(4));
            assertThat(whatWasWrong(workload, server, tenRounds)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NONE", "DOUBLED"})
    void whatAServerSendsToFollowersOfSeveralWritersIsCaught(Fault fault) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault)) {
            Workload workload = new LiveWorkload("sse", 1, 5, 2, 500, 100);
            Verdict wrong = whatWasWrong(workload, server, SHORT);
            assertThat(wrong.doubled()).isEqualTo(fault == Fault.DOUBLED ? 5 : 0);
            assertThat(wrong.isClean()).isEqualTo(fault != Fault.DOUBLED);
        }
    }

    @Test
    void whatComesOnAnotherStreamIsCaught() throws Exception {
        try (FaultyServer oneStream = FaultyServer.start(Fault.ONE_STREAM)) {
            Workload workload = new LiveWorkload("sse", 2, 2, 2, 500, 100);
            assertThat(whatWasWrong(workload, oneStream, SHORT).garbled()).isPositive();
        }
    }

    @Test
    void aMessageThatReadersOfAnIdleStreamDoNotGetIsCaught() throws Exception {
        try (FaultyServer server = FaultyServer.start(Fault.LOST, 0)) {
            Fresh another = new Fresh(server.base(), ProcessHandle.current(), () -> {});
            Contender contender = Contender.at(server.base()).of(() -> another);
            Workload workload = new IdleReadersWorkload("idle", 3, 100, PATIENCE);
            assertThat(workload.run(contender, SHORT).verdict()).isEqualTo(new Verdict(0, 3, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("faultsOfOneReader")
    void whatAServerSendsToOneReaderIsCaught(Fault fault, Verdict expected) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault);
                EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(loop, new Target(server.base()), Target.TEXT, 1)) {
            Target target = new Target(server.base());
            String stream = made.names().getFirst();
            Source source = Source.ofText(target, stream, 0, 100);
            Lane lane = new Lane(loop, target, _ -> {});
            for (int i = 0; i < 20; i++) {
                lane.append(source, System.nanoTime());
            }
            loop.await("all is acknowledged", PATIENCE, lane::isIdle);
            int[] acknowledged = {source.acknowledged()};
            assertThat(Reading.toTail(loop, target, stream, 100, acknowledged).verdict())
                    .isEqualTo(expected);
        }
    }

    static Stream<Arguments> faultsOfOneReader() {
        return Stream.of(
                argumentSet("none", Fault.NONE, new Verdict(20, 0, 0, 0, 0)),
                argumentSet("lost", Fault.LOST, new Verdict(19, 1, 0, 0, 0)),
                argumentSet("doubled", Fault.DOUBLED, new Verdict(21, 0, 1, 0, 0)),
                argumentSet("swapped", Fault.SWAPPED, new Verdict(20, 0, 0, 1, 0)),
                argumentSet("garbled", Fault.GARBLED, new Verdict(20, 1, 0, 0, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse-idle-memory", "scattered-stream", "start"})
    void whatNeedsAServerOfTheBenchIsSkippedOnOthers(String workload) throws Exception {
        try (FaultyServer server = FaultyServer.start(Fault.NONE)) {
            assertThat(run(server.base(), workload)).isTrue();
        }
        assertThat(lines.toString(UTF_8)).contains("{\"type\":\"skip\"").doesNotContain("\"type\":\"figure\"");
    }

    private static Verdict whatWasWrong(Workload workload, FaultyServer server, Pace pace) throws IOException {
        Verdict found = workload.run(Contender.at(server.base()), pace).verdict();
        return new Verdict(0, found.lost(), found.doubled(), found.reordered(), found.garbled());
    }

    /** Workloads with another kind of messages, requests or checks; what is at fault; and what the delivery comes to. */
    static Stream<Arguments> faultsOfOthers() {
        String clean = "\"lost\":0,\"doubled\":0,\"reordered\":0,\"garbled\":0";
        String lost = "\"lost\":1,\"doubled\":0,\"reordered\":0,\"garbled\":0";
        String doubled = "\"lost\":0,\"doubled\":1,\"reordered\":0,\"garbled\":0";
        String reordered = "\"lost\":0,\"doubled\":0,\"reordered\":1,\"garbled\":0";
        String garbled = "\"lost\":1,\"doubled\":0,\"reordered\":0,\"garbled\":1";
        String refused = "an append was refused: HTTP/1.1 204";
        return Stream.of(
                argumentSet("producers, none", "append-32-producers-1-stream", Fault.NONE, clean),
                argumentSet("producers, lost", "append-32-producers-1-stream", Fault.LOST, lost),
                argumentSet("producers, refused", "append-32-producers-1-stream", Fault.TAKEN_FOR_A_DUPLICATE, refused),
                argumentSet("streams of producers, none", "append-32-producers-32-streams", Fault.NONE, clean),
                argumentSet("streams of producers, doubled", "append-32-producers-32-streams", Fault.DOUBLED, doubled),
                argumentSet("JSON, none", "append-json-batches", Fault.NONE, clean),
                argumentSet("JSON, lost", "append-json-batches", Fault.LOST, lost),
                argumentSet("JSON, doubled", "append-json-batches", Fault.DOUBLED, doubled),
                argumentSet("JSON, swapped", "append-json-batches", Fault.SWAPPED, reordered),
                argumentSet("JSON, garbled", "append-json-batches", Fault.GARBLED, garbled),
                argumentSet("64 KiB, none", "append-64-kib", Fault.NONE, clean),
                argumentSet("64 KiB, garbled", "append-64-kib", Fault.GARBLED, garbled),
                argumentSet("create, none", "create", Fault.NONE, clean),
                argumentSet("create, not there", "create", Fault.NOT_CREATED, lost),
                argumentSet("catch-up of JSON, none", "catch-up-json", Fault.NONE, clean),
                argumentSet("not modified, none", "not-modified", Fault.NONE, clean),
                argumentSet("not modified, lost", "not-modified", Fault.LOST, "\"lost\":1,"),
                argumentSet("not modified, sent again", "not-modified", Fault.SENT_AGAIN, "\"garbled\":1}"),
                argumentSet("not modified, stale", "not-modified", Fault.STALE, lost));
    }

    @ParameterizedTest
    @MethodSource("faultsOfOthers")
    void whatAServerDoesInOtherWorkloadsIsCaught(String workload, Fault fault, String found) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault)) {
            assertThat(run(server.base(), workload)).isEqualTo(fault == Fault.NONE);
        }
        assertThat(lines.toString(UTF_8)).contains(found);
    }

    /** Each of the readers finds it, each time. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST", "DOUBLED", "SWAPPED", "GARBLED"})
    void whatAServerDoesWithOneMessageIsCaughtByAllWhoReadJson(Fault fault) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault)) {
            assertThat(run(server.base(), "catch-up-json")).isFalse();
        }
        String count =
                switch (fault) {
                    case LOST -> "lost";
                    case DOUBLED -> "doubled";
                    case SWAPPED -> "reordered";
                    default -> "garbled";
                };
        assertThat(lines.toString(UTF_8)).containsPattern("\"" + count + "\":[1-9]");
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
