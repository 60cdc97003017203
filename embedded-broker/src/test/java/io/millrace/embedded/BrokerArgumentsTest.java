package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@NullMarked
class BrokerArgumentsTest {

    @Test
    void oneNodeIsItsOwnVoter() {
        assertThat(parse("--port 9092 --data-dir data"))
                .isEqualTo(new BrokerArguments(
                        new BrokerNode(
                                1,
                                9092,
                                Path.of("data"),
                                List.of(new BrokerNode.Voter(1, 7777)),
                                Optional.empty(),
                                Map.of()),
                        false));
    }

    @Test
    void nodeOfAClusterNamesAllVoters() {
        assertThat(parse("--node-id 2 --voters 1@5001,2@5002,3@5003 --cluster-id three --port 5012 --data-dir two"
                        + " --set log.retention.ms=5 --until-input-ends"))
                .isEqualTo(new BrokerArguments(
                        new BrokerNode(
                                2,
                                5012,
                                Path.of("two"),
                                List.of(
                                        new BrokerNode.Voter(1, 5001),
                                        new BrokerNode.Voter(2, 5002),
                                        new BrokerNode.Voter(3, 5003)),
                                Optional.of("three"),
                                Map.of("log.retention.ms", "5")),
                        true));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                argumentSet("no port", "--data-dir data", "--port is missing"),
                argumentSet("no data directory", "--port 1", "--data-dir is missing"),
                argumentSet("no value", "--port", "--port needs a value"),
                argumentSet("port not a number", "--port x --data-dir data", "x is not a number"),
                argumentSet("unknown", "--prot 1", "Unknown argument --prot"),
                argumentSet("voter without port", "--port 1 --data-dir data --voters 1", "There is no @ in 1"),
                argumentSet("property without value", "--set a", "There is no = in a"),
                argumentSet(
                        "not a voter",
                        "--port 1 --data-dir data --voters 2@2",
                        "Node 1 is not among the voters [2@127.0.0.1:2]"),
                argumentSet(
                        "no cluster id",
                        "--port 1 --data-dir data --voters 1@1,2@2",
                        "The nodes of a cluster need a cluster id in common"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void wrongArgumentsAreRefused(String line, String sentence) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    private static BrokerArguments parse(String line) {
        return BrokerArguments.parse(List.of(line.split(" ", -1)), 7777);
    }
}
