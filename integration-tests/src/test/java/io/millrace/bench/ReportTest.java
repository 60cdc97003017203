package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final ByteArrayOutputStream people = new ByteArrayOutputStream();
    private final Report report = new Report(
            List.of("ours", "theirs"), new PrintStream(lines, true, UTF_8), new PrintStream(people, true, UTF_8));

    @Test
    void eachFigureIsALineAndThenItsMedianAndTheRatioToTheOther() throws Exception {
        report.onFigures("append", "ours", 0, List.of(new Figure("appends", "1/s", 1_000_000)));
        for (int run = 1; run <= 3; run++) {
            report.onFigures("append", "theirs", run, List.of(new Figure("appends", "1/s", 100 * run)));
            report.onFigures("append", "ours", run, List.of(new Figure("appends", "1/s", 1000.0 / run)));
        }
        report.onEnd();
        List<JsonNode> all = parsed();
        assertThat(all)
                .extracting(line -> line.path("type").asText())
                .containsExactly(
                        "figure", "figure", "figure", "figure", "figure", "figure", "figure", "median", "median",
                        "ratio");
        assertThat(all.get(1))
                .isEqualTo(JsonMapper.builder()
                        .build()
                        .readTree(
                                "{\"type\":\"figure\",\"workload\":\"append\",\"figure\":\"appends\",\"unit\":\"1/s\","
                                        + "\"server\":\"theirs\",\"run\":1,\"value\":100.0}"));
        JsonNode ratio = all.getLast();
        assertThat(ratio.path("server").asText()).isEqualTo("ours");
        assertThat(ratio.path("beside").asText()).isEqualTo("theirs");
        assertThat(ratio.path("ratio").asDouble()).isCloseTo(500.0 / 200, within(1e-9));
        assertThat(people.toString(UTF_8)).contains("append, appends, 1/s", "500.0", "200.0", "2.50");
    }

    @Test
    void whatOnlyOneServerHasIsNoRatio() throws Exception {
        report.onFigures("append", "theirs", 1, List.of(new Figure("appends", "1/s", 1)));
        report.onEnd();
        assertThat(parsed()).extracting(line -> line.path("type").asText()).containsExactly("figure", "median");
    }

    @Test
    void whatWasLostIsSaidLoudly() throws Exception {
        report.onVerdict("append", "ours", 1, new Verdict(9, 1, 0, 0, 0));
        assertThat(parsed().getFirst().path("lost").asInt()).isEqualTo(1);
        assertThat(people.toString(UTF_8)).contains("NOT AS THEY WERE SENT");
        report.onVerdict("append", "ours", 2, new Verdict(10, 0, 0, 0, 0));
        assertThat(people.toString(UTF_8).lines().toList().getLast()).contains("all as they were sent");
    }

    @Test
    void whatFailedAndTheMachineAreLinesToo() throws Exception {
        report.onMachine(Map.of("cores", 2));
        report.onFailure("append", "ours", 1, new BenchFailure("refused"));
        assertThat(parsed()).extracting(line -> line.path("type").asText()).containsExactly("machine", "failure");
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetween() {
        assertThat(Report.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
        assertThat(Report.median(List.of(7.0))).isEqualTo(7);
    }

    private List<JsonNode> parsed() throws IOException {
        JsonMapper json = JsonMapper.builder().build();
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : lines.toString(UTF_8).lines().toList()) {
            parsed.add(json.readTree(line));
        }
        return parsed;
    }
}
