package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.Bench;
import io.millrace.bench.BenchOptions;
import io.millrace.bench.Contender;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bench can measure a gateway; what it measures is of no interest here. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BenchSmokeTest {

    /** Of each kind those that neither move some hundred megabytes, nor saturate it, nor start servers. */
    private static final List<String> WORKLOADS = List.of(
            "append-1-writer",
            "append-64-writers-1-stream",
            "append-64-writers-64-streams",
            "sse-1-reader",
            "sse-1000-readers",
            "sse-1000-streams",
            "long-poll-wake",
            "catch-up-1-mib");

    @Test
    void everyWorkloadRunsAndNothingIsLost() throws Exception {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        ByteArrayOutputStream people = new ByteArrayOutputStream();
        BenchOptions options = BenchOptions.parse(List.of(
                "--workloads=" + String.join(",", WORKLOADS),
                "--runs=1",
                "--idle-runs=0",
                "--warm-up=0.2",
                "--seconds=0.5"));
        boolean clean = Bench.run(
                List.of(gateway()), options, new PrintStream(lines, true, UTF_8), new PrintStream(people, true, UTF_8));
        assertThat(clean).as(people.toString(UTF_8)).isTrue();
        for (String workload : WORKLOADS) {
            assertThat(lines.toString(UTF_8).lines())
                    .as(workload)
                    .anyMatch(line -> line.startsWith("{\"type\":\"median\",\"workload\":\"" + workload + "\""));
        }
    }

    /** With its broker, where that is a process of this machine: then a bare producer and a bare handler run as well. */
    private static Contender gateway() {
        GatewayProcess one = GatewayPair.shared().one();
        if (!(TestKafka.shared() instanceof ChildBroker broker)) {
            return Contender.at(one.client().base());
        }
        ProcessHandle brokerProcess = broker.process().handle();
        return new Contender(
                "millrace",
                one.client().base(),
                List.of(one.process().handle(), brokerProcess),
                Optional.of(new Contender.Kafka(broker.bootstrapServers(), brokerProcess)));
    }
}
