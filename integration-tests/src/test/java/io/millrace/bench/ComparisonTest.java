package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.bench.Comparison.Bar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

    private static final String MACHINE = "{\"type\":\"machine\",\"servers\":[\"millrace\",\"other\",\"third\"]}";

    @Test
    void isBetterWithMoreOfARateAndLessOfATime() {
        Comparison comparison = new Comparison("millrace", "other");
        comparison.add("append", "millrace", new Figure("appends", "1/s", 300));
        comparison.add("append", "other", new Figure("appends", "1/s", 100));
        comparison.add("wake", "millrace", new Figure("all-served", "ms", 300));
        comparison.add("wake", "other", new Figure("all-served", "ms", 100));
        comparison.add("idle", "millrace", new Figure("per-reader", "KiB", 10));
        comparison.add("idle", "other", new Figure("per-reader", "KiB", 20));
        assertThat(comparison.bars())
                .containsExactly(
                        new Bar("append", "appends", "1/s", 300, 100, 3),
                        new Bar("wake", "all-served", "ms", 300, 100, 100 / 300.0),
                        new Bar("idle", "per-reader", "KiB", 10, 20, 2));
    }

    @Test
    void looksAtLatencyWhereBothTookAllThatWasOffered() {
        assertThat(paced(100, 99).bars()).extracting(Bar::figure).containsExactly("p50");
        assertThat(paced(100, 50).bars()).extracting(Bar::figure).containsExactly("deliveries");
    }

    private static Comparison paced(double measured, double beside) {
        Comparison comparison = new Comparison("millrace", "other");
        comparison.add("sse", "millrace", new Figure("deliveries", "1/s", measured));
        comparison.add("sse", "other", new Figure("deliveries", "1/s", beside));
        comparison.add("sse", "millrace", new Figure("p50", "ms", 1));
        comparison.add("sse", "other", new Figure("p50", "ms", 2));
        return comparison;
    }

    @Test
    void isOfMediansOfAllRunsThatCount() {
        Comparison comparison = Comparison.parse(List.of(
                        MACHINE,
                        figure("millrace", 0, 1_000),
                        figure("millrace", 1, 10),
                        figure("other", 1, 5),
                        "append, millrace, run 1: 5 messages read",
                        MACHINE,
                        figure("third", 1, 7),
                        figure("bare-producer", 1, 7),
                        figure("millrace", 1, 30),
                        figure("millrace", 2, 20),
                        "{\"type\":\"failure\",\"workload\":\"append\"}"))
                .orElseThrow();
        assertThat(comparison.bars()).containsExactly(new Bar("append", "appends", "1/s", 20, 5, 4));
    }

    @Test
    void leavesOutWhatWasNotRunOnBoth() {
        Comparison comparison = new Comparison("millrace", "other");
        comparison.add("start", "millrace", new Figure("ready", "ms", 900));
        assertThat(comparison.bars()).isEmpty();
    }

    @Test
    void takesTwoServersAndLinesOfTheBench() {
        assertThat(Comparison.parse(
                        List.of("{\"type\":\"machine\",\"servers\":[\"millrace\"]}", figure("millrace", 1, 1))))
                .isEmpty();
        assertThatThrownBy(() -> Comparison.parse(List.of("{\"type\":")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no line of the bench");
    }

    @Test
    void isDrawnAsSvg(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("new").resolve("bench.svg");
        Chart.write(paced(100, 2), file);
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(file.toFile())
                        .getDocumentElement()
                        .getTagName())
                .isEqualTo("svg");
        assertThat(Files.readString(file)).contains("sse, deliveries", "50x", "millrace / other");
    }

    @Test
    void aBarSaysHowManyTimes() {
        assertThat(List.of(Chart.label(123.4), Chart.label(1), Chart.label(0.51), Chart.label(0.049)))
                .containsExactly("123x", "1.00x", "0.51x", "0.05x");
    }

    private static String figure(String server, int run, int value) {
        return """
                {"type":"figure","workload":"append","figure":"appends","unit":"1/s","server":"%s","run":%d,"value":%d}""".formatted(server, run, value);
    }
}
