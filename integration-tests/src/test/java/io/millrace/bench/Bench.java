package io.millrace.bench;

import io.millrace.bench.Workload.Result;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** Runs workloads against servers, in turns, so that what the machine does besides meets all of them alike. */
public final class Bench {

    private final List<Contender> contenders;
    private final BenchOptions options;
    private final Report report;
    private boolean clean = true;

    private Bench(List<Contender> contenders, BenchOptions options, Report report) {
        this.contenders = contenders;
        this.options = options;
        this.report = report;
    }

    /**
     * Measures the first of {@code contenders}, and the others to compare it with.
     *
     * @param lines where each figure goes as a line of JSON
     * @param people where the same goes as text
     * @return whether no run failed and nothing was lost, doubled, reordered or garbled, on any of them
     */
    public static boolean run(List<Contender> contenders, BenchOptions options, PrintStream lines, PrintStream people)
            throws InterruptedException {
        Report report = new Report(contenders.stream().map(Contender::name).toList(), lines, people);
        Bench bench = new Bench(contenders, options, report);
        bench.run();
        report.comparison().ifPresent(comparison -> draw(comparison, options.chart(), people));
        return bench.clean;
    }

    /** Draws what former runs have written, instead of measuring anything. */
    public static boolean chartOf(BenchOptions options, PrintStream people) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : options.chartOf()) {
            lines.addAll(Files.readAllLines(file));
        }
        Optional<Comparison> comparison = Comparison.parse(lines);
        if (comparison.isEmpty()) {
            people.println("Nothing to draw: " + options.chartOf() + " is of one server");
        }
        return comparison.isPresent() && draw(comparison.get(), options.chart(), people);
    }

    /** Returns whether that went well; figures are worth something without a picture of them. */
    private static boolean draw(Comparison comparison, Path file, PrintStream people) {
        if (comparison.bars().isEmpty()) {
            people.println(
                    "No chart: nothing was run on both " + comparison.measured() + " and " + comparison.beside());
            return false;
        }
        try {
            Chart.write(comparison, file);
            people.println("Chart: " + file.toAbsolutePath());
            return true;
        } catch (IOException | RuntimeException | LinkageError e) { // the last where a system has no fonts
            people.println("No chart: " + e);
            return false;
        }
    }

    private void run() throws InterruptedException {
        report.onMachine(machine());
        for (int run = 1 - options.idleRuns(); run <= options.runs(); run++) {
            List<Contender> turns = new ArrayList<>(contenders);
            Collections.rotate(turns, run);
            for (Workload workload : Workloads.ALL) {
                if (options.workloads().contains(workload.name())) {
                    for (Contender contender : turns) {
                        measure(workload, contender, run);
                    }
                }
            }
        }
        report.onEnd();
    }

    private void measure(Workload workload, Contender contender, int run) throws InterruptedException {
        Optional<String> reasonToSkip = workload.reasonToSkip(contender);
        if (reasonToSkip.isPresent()) {
            report.onSkip(workload.name(), contender.name(), run, reasonToSkip.get());
            return;
        }
        try {
            Optional<BrokerTraffic> before = traffic(contender);
            long beganNanos = System.nanoTime();
            Result result = workload.run(contender, options.pace());
            double seconds = Duration.ofNanos(System.nanoTime() - beganNanos).toMillis() / 1e3;
            List<Figure> figures = new ArrayList<>(result.figures());
            Optional<BrokerTraffic> after = traffic(contender);
            if (before.isPresent() && after.isPresent()) {
                figures.addAll(after.get().since(before.get(), seconds));
            }
            report.onFigures(workload.name(), contender.name(), run, figures);
            report.onVerdict(workload.name(), contender.name(), run, result.verdict());
            clean &= result.verdict().isClean();
            if (workload.equals(Workloads.ONE_WRITER) && contender.kafka().isPresent()) {
                List<Figure> bare = BareProducer.run(
                        contender.kafka().get(),
                        options.pace(),
                        Workloads.ONE_WRITER.appends().messageBytes());
                report.onFigures(workload.name(), BareProducer.NAME, run, bare);
                report.onFigures(workload.name(), BareHandler.NAME, run, BareHandler.run(contender, options.pace()));
            }
        } catch (BenchFailure | IOException | ExecutionException e) {
            report.onFailure(workload.name(), contender.name(), run, e);
            clean = false;
        }
    }

    private static Optional<BrokerTraffic> traffic(Contender contender) throws IOException {
        return contender.kafka().isPresent()
                ? Optional.of(BrokerTraffic.of(contender.kafka().get().process()))
                : Optional.empty();
    }

    private Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("java", Runtime.version().toString());
        machine.put("servers", contenders.stream().map(Contender::name).toList());
        machine.put("runs", options.runs());
        machine.put("warm-up-ms", options.pace().warmUp().toMillis());
        machine.put("measured-ms", options.pace().measured().toMillis());
        return machine;
    }
}
