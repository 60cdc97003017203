package io.millrace.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the bench was called with.
 *
 * @param urls servers that run already, the one that is measured first; none: a gateway and a broker are started
 * @param compare servers that run already, to be measured beside the first one
 * @param reference whether the npm reference server is started to be measured beside, in memory and file-backed
 * @param workloads what is done to each
 * @param runs how often, one after the other
 * @param idleRuns as many before that do not count
 * @param chart where the comparison of the first two servers is drawn
 * @param chartOf lines that former runs have written, to be drawn instead of running anything
 */
public record BenchOptions(
        List<URI> urls,
        List<URI> compare,
        boolean reference,
        List<String> workloads,
        int runs,
        int idleRuns,
        Pace pace,
        Path chart,
        List<Path> chartOf) {

    public BenchOptions {
        urls = List.copyOf(urls);
        compare = List.copyOf(compare);
        workloads = List.copyOf(workloads);
        chartOf = List.copyOf(chartOf);
        if (runs < 1) {
            throw new IllegalArgumentException("at least one run must count");
        }
    }

    /** What is written where the arguments cannot be understood. */
    public static final String USAGE = """
            --url=URL[,URL...]    servers that run already, such as http://127.0.0.1:4437/v1/stream; the figures of the
                                  first are compared with those of the others; none: starts a gateway with a broker
            --compare=URL[,URL...]
                                  servers that run already, to be measured beside the gateway or that of --url
            --beside=reference    starts the npm reference server as well, in memory and file-backed
            --workloads=A[,B...]  of %s; none: all
            --runs=N              how often each is run, in turns; figures are medians (3)
            --idle-runs=N         as many runs before that do not count, in which servers get warm (1)
            --warm-up=SECONDS     load before each measurement (2)
            --seconds=SECONDS     load that is measured (4)
            --chart=FILE          SVG of the first server beside the second (target/bench.svg)
            --chart-of=FILE[,FILE...]
                                  draws the lines that former runs have written, and runs nothing""".formatted(String.join(", ", Workloads.names()));

    private static final int MOST = 3_600;
    private static final Set<String> NAMES = Set.of(
            "url", "compare", "beside", "workloads", "runs", "idle-runs", "warm-up", "seconds", "chart", "chart-of");

    /**
     * Reads {@code --name=value} each; an empty value is the default.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static BenchOptions parse(List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        for (String argument : arguments) {
            String[] option = argument.split("=", 2);
            if (option.length < 2 || !option[0].startsWith("--") || !NAMES.contains(option[0].substring(2))) {
                throw new IllegalArgumentException("Unknown argument " + argument);
            }
            values.put(option[0].substring(2), option[1]);
        }
        values.values().removeIf(String::isEmpty);
        return new BenchOptions(
                list(values.getOrDefault("url", "")).stream()
                        .map(BenchOptions::parseUrl)
                        .toList(),
                list(values.getOrDefault("compare", "")).stream()
                        .map(BenchOptions::parseUrl)
                        .toList(),
                parseBeside(values.getOrDefault("beside", "")),
                parseWorkloads(list(values.getOrDefault("workloads", ""))),
                parseCount("runs", values.getOrDefault("runs", "3")),
                parseCount("idle-runs", values.getOrDefault("idle-runs", "1")),
                new Pace(
                        parseSeconds("warm-up", values.getOrDefault("warm-up", "2")),
                        parseSeconds("seconds", values.getOrDefault("seconds", "4"))),
                Path.of(values.getOrDefault("chart", "target/bench.svg")),
                list(values.getOrDefault("chart-of", "")).stream().map(Path::of).toList());
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static URI parseUrl(String text) {
        URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        if (!"http".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException(text + " is no http:// URL");
        }
        return url;
    }

    private static boolean parseBeside(String text) {
        return switch (text) {
            case "" -> false;
            case "reference" -> true;
            default -> throw new IllegalArgumentException("--beside=" + text + ": write reference");
        };
    }

    private static List<String> parseWorkloads(List<String> names) {
        List<String> all = Workloads.names();
        List<String> unknown =
                names.stream().filter(name -> !all.contains(name)).collect(Collectors.toList());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("Unknown workloads " + unknown + "; there are " + all);
        }
        return names.isEmpty() ? all : names;
    }

    private static Duration parseSeconds(String name, String text) {
        return Duration.ofNanos((long) (parseNumber(name, text) * 1e9));
    }

    private static int parseCount(String name, String text) {
        double number = parseNumber(name, text);
        if (number != Math.rint(number)) {
            throw new IllegalArgumentException("--" + name + "=" + text + " is no whole number");
        }
        return (int) number;
    }

    private static double parseNumber(String name, String text) {
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("--" + name + "=" + text + " is no number from 0 to " + MOST);
    }
}
