package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BenchOptionsTest {

    private static final BenchOptions DEFAULTS = new BenchOptions(
            List.of(),
            List.of(),
            false,
            Workloads.names(),
            3,
            1,
            new Pace(Duration.ofSeconds(2), Duration.ofSeconds(4)),
            Path.of("target/bench.svg"),
            List.of());

    @Test
    void haveDefaultsAlsoWhereValuesAreEmpty() {
        assertThat(BenchOptions.parse(List.of())).isEqualTo(DEFAULTS);
        assertThat(BenchOptions.parse(List.of(
                        "--url=",
                        "--compare=",
                        "--beside=",
                        "--workloads=",
                        "--runs=",
                        "--idle-runs=",
                        "--warm-up=",
                        "--seconds=")))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void haveEveryKey() {
        assertThat(BenchOptions.parse(List.of(
                        "--url=http://127.0.0.1:4437/v1/stream/,http://127.0.0.1:8080/s",
                        "--compare=http://127.0.0.1:4438",
                        "--beside=reference",
                        "--workloads=sse-1-reader, append-1-writer",
                        "--runs=1",
                        "--idle-runs=0",
                        "--warm-up=0.5",
                        "--seconds=10",
                        "--chart=a.svg",
                        "--chart-of=b.jsonl,c.jsonl")))
                .isEqualTo(new BenchOptions(
                        List.of(URI.create("http://127.0.0.1:4437/v1/stream"), URI.create("http://127.0.0.1:8080/s")),
                        List.of(URI.create("http://127.0.0.1:4438")),
                        true,
                        List.of("sse-1-reader", "append-1-writer"),
                        1,
                        0,
                        new Pace(Duration.ofMillis(500), Duration.ofSeconds(10)),
                        Path.of("a.svg"),
                        List.of(Path.of("b.jsonl"), Path.of("c.jsonl"))));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                argumentSet("a key that is not there", "--sekonds=1", "Unknown argument --sekonds=1"),
                argumentSet("no key", "append-1-writer", "Unknown argument append-1-writer"),
                argumentSet("https", "--url=https://example.org/", "no http:// URL"),
                argumentSet("nothing to compare with", "--compare=localhost", "no http:// URL"),
                argumentSet("no URL", "--url=localhost", "no http:// URL"),
                argumentSet("another server", "--beside=redis", "write reference"),
                argumentSet("a workload that is not there", "--workloads=all", "Unknown workloads [all]"),
                argumentSet("fewer than no run", "--runs=-1", "no number from 0 to 3600"),
                argumentSet("no run", "--runs=0", "at least one run must count"),
                argumentSet("half a run", "--runs=1.5", "no whole number"),
                argumentSet("half an idle run", "--idle-runs=0.5", "no whole number"),
                argumentSet("not a number", "--seconds=NaN", "no number from 0 to 3600"),
                argumentSet("more than an hour", "--seconds=3601", "no number from 0 to 3600"),
                argumentSet("no time", "--seconds=0", "something must be measured"),
                argumentSet("no number", "--seconds=4s", "no number from 0 to 3600"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void areRefusedWithASentence(String argument, String sentence) {
        assertThatThrownBy(() -> BenchOptions.parse(List.of(argument)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }
}
