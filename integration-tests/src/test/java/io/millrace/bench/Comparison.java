package io.millrace.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How many times better the measured server is than one other, by workload: by its first figure, or where that says only
 * that both took all that was offered, by the second one.
 */
final class Comparison {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Units of which less is better. */
    private static final Set<String> LESS_IS_BETTER = Set.of("ms", "KiB");

    /** Two servers that differ by less were both given as much as they could take, or as much as there was. */
    private static final double SAME = 0.02;

    private final String measured;
    private final String beside;
    private final Map<String, Map<Column, Map<String, List<Double>>>> values = new LinkedHashMap<>();

    /** A figure of a workload. */
    private record Column(String figure, String unit) {}

    /**
     * A workload.
     *
     * @param times above 1 where the measured server is better
     */
    record Bar(String workload, String figure, String unit, double measured, double beside, double times) {}

    Comparison(String measured, String beside) {
        this.measured = measured;
        this.beside = beside;
    }

    /** The first server of the first run beside the second; empty where only one was measured. */
    static Optional<Comparison> parse(List<String> lines) {
        Optional<Comparison> comparison = Optional.empty();
        for (String line : lines) {
            if (!line.startsWith("{")) {
                continue; // Maven's, or a table for people
            }
            JsonNode json = parseLine(line);
            String type = json.path("type").asText();
            if (type.equals("machine")
                    && comparison.isEmpty()
                    && json.path("servers").size() > 1) {
                JsonNode servers = json.path("servers");
                comparison = Optional.of(
                        new Comparison(servers.get(0).asText(), servers.get(1).asText()));
            }
            if (type.equals("figure")
                    && comparison.isPresent()
                    && json.path("run").asInt() > 0) {
                comparison
                        .get()
                        .add(
                                json.path("workload").asText(),
                                json.path("server").asText(),
                                new Figure(
                                        json.path("figure").asText(),
                                        json.path("unit").asText(),
                                        json.path("value").asDouble()));
            }
        }
        return comparison;
    }

    private static JsonNode parseLine(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("this is no line of the bench: " + line, e);
        }
    }

    /** Of one run that counts; of servers that are not compared, nothing is kept. */
    void add(String workload, String server, Figure figure) {
        if (server.equals(measured) || server.equals(beside)) {
            values.computeIfAbsent(workload, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(new Column(figure.name(), figure.unit()), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(server, _ -> new ArrayList<>())
                    .add(figure.value());
        }
    }

    String measured() {
        return measured;
    }

    String beside() {
        return beside;
    }

    /** Medians of all workloads that were run on both, in the order in which they came. */
    List<Bar> bars() {
        List<Bar> bars = new ArrayList<>();
        values.forEach((workload, columns) -> {
            List<Bar> ofWorkload = new ArrayList<>();
            columns.forEach(
                    (column, ofServers) -> bar(workload, column, ofServers).ifPresent(ofWorkload::add));
            if (ofWorkload.isEmpty()) {
                return;
            }
            Bar first = ofWorkload.getFirst();
            boolean saysNothing =
                    ofWorkload.size() > 1 && first.figure().equals("deliveries") && Math.abs(first.times() - 1) < SAME;
            bars.add(saysNothing ? ofWorkload.get(1) : first);
        });
        return bars;
    }

    private Optional<Bar> bar(String workload, Column column, Map<String, List<Double>> ofServers) {
        if (!ofServers.containsKey(measured) || !ofServers.containsKey(beside)) {
            return Optional.empty();
        }
        double one = Report.median(ofServers.get(measured));
        double other = Report.median(ofServers.get(beside));
        if (one <= 0 || other <= 0) {
            return Optional.empty();
        }
        double times = LESS_IS_BETTER.contains(column.unit()) ? other / one : one / other;
        return Optional.of(new Bar(workload, column.figure(), column.unit(), one, other, times));
    }
}
