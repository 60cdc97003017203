package io.millrace.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is told of the runs: each figure as a line of JSON as soon as it is there; at the end the medians over the runs, the
 * ratios of the first server's to the others', and for people a table.
 */
final class Report {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PrintStream lines;
    private final PrintStream people;
    private final Map<Row, Map<String, List<Double>>> values = new LinkedHashMap<>();
    private final List<String> servers;
    private final Optional<Comparison> comparison;

    /** One thing that is measured on every server. */
    private record Row(String workload, String figure, String unit) {}

    /** A report on {@code servers}, and others that turn up; the first one is compared with the others. */
    Report(List<String> servers, PrintStream lines, PrintStream people) {
        this.servers = new ArrayList<>(servers);
        this.comparison =
                servers.size() > 1 ? Optional.of(new Comparison(servers.get(0), servers.get(1))) : Optional.empty();
        this.lines = lines;
        this.people = people;
    }

    void onMachine(Map<String, Object> machine) {
        print("machine", machine);
        people.println(machine);
    }

    /** Runs below 1 do not count. */
    void onFigures(String workload, String server, int run, List<Figure> figures) {
        if (!servers.contains(server)) {
            servers.add(server);
        }
        for (Figure figure : figures) {
            Row row = new Row(workload, figure.name(), figure.unit());
            if (run > 0) {
                comparison.ifPresent(both -> both.add(workload, server, figure));
                values.computeIfAbsent(row, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(server, _ -> new ArrayList<>())
                        .add(figure.value());
            }
            Map<String, Object> line = line(row, server);
            line.put("run", run);
            line.put("value", figure.value());
            print("figure", line);
        }
    }

    void onVerdict(String workload, String server, int run, Verdict verdict) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("workload", workload);
        line.put("server", server);
        line.put("run", run);
        line.put("received", verdict.received());
        line.put("lost", verdict.lost());
        line.put("doubled", verdict.doubled());
        line.put("reordered", verdict.reordered());
        line.put("garbled", verdict.garbled());
        print("delivery", line);
        people.printf(
                Locale.ROOT,
                "%s, %s, run %d: %d messages read, %s%n",
                workload,
                server,
                run,
                verdict.received(),
                verdict.isClean() ? "all as they were sent" : "NOT AS THEY WERE SENT: " + verdict);
    }

    void onFailure(String workload, String server, int run, Exception failure) {
        print("failure", Map.of("workload", workload, "server", server, "run", run, "what", failure.toString()));
        people.printf(Locale.ROOT, "%s, %s, run %d FAILED: %s%n", workload, server, run, failure);
    }

    void onSkip(String workload, String server, int run, String why) {
        print("skip", Map.of("workload", workload, "server", server, "run", run, "why", why));
        people.printf(Locale.ROOT, "%s, %s, run %d skipped: %s%n", workload, server, run, why);
    }

    /** All runs are done. */
    void onEnd() {
        values.forEach((row, ofServers) -> {
            ofServers.forEach((server, ofRuns) -> {
                Map<String, Object> line = line(row, server);
                line.put("median", median(ofRuns));
                line.put("values", ofRuns);
                print("median", line);
            });
            ofServers.keySet().forEach(server -> ratio(row, server).ifPresent(ratio -> {
                Map<String, Object> line = line(row, servers.getFirst());
                line.put("beside", server);
                line.put("ratio", ratio);
                print("ratio", line);
            }));
        });
        table();
    }

    /** The first server and the second one, where there are two. */
    Optional<Comparison> comparison() {
        return comparison;
    }

    private void table() {
        people.printf("%n%-52s", "medians");
        servers.forEach(server -> people.printf("%20s", server));
        servers.stream().skip(1).forEach(server -> people.printf("%20s", "/ " + server));
        people.println();
        values.forEach((row, ofServers) -> {
            people.printf("%-52s", row.workload() + ", " + row.figure() + ", " + row.unit());
            for (String server : servers) {
                people.printf("%20s", ofServers.containsKey(server) ? text(median(ofServers.get(server))) : "");
            }
            servers.stream()
                    .skip(1)
                    .forEach(server -> people.printf(
                            "%20s",
                            ratio(row, server).stream()
                                    .mapToObj(Report::text)
                                    .findFirst()
                                    .orElse("")));
            people.println();
        });
    }

    /** The first server's median by that of {@code server}, where both were measured and it says something. */
    private OptionalDouble ratio(Row row, String server) {
        Map<String, List<Double>> ofServers = values.getOrDefault(row, Map.of());
        List<Double> first = ofServers.get(servers.getFirst());
        List<Double> other = ofServers.get(server);
        if (first == null || other == null || server.equals(servers.getFirst()) || median(other) == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(median(first) / median(other));
    }

    /** The middle one; of an even number, the mean of the two in the middle. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static Map<String, Object> line(Row row, String server) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("workload", row.workload());
        line.put("figure", row.figure());
        line.put("unit", row.unit());
        line.put("server", server);
        return line;
    }

    private void print(String type, Map<String, Object> content) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", type);
        line.putAll(content);
        try {
            lines.println(JSON.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
