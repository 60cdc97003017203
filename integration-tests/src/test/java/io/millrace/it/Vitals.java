package io.millrace.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM of this machine holds, as Linux and the JVM itself count it.
 *
 * @param residentKib memory of the process
 * @param heapKib what of the heap is alive
 * @param virtualThreads alive, such as those of requests
 */
record Vitals(long residentKib, long heapKib, long files, long threads, long virtualThreads) {

    /** A JVM opens and closes some files, and starts and ends some threads, as it likes. */
    private static final int FEW = 5;

    private static final double HEAP_MARGIN = 1.1;
    private static final double RESIDENT_MARGIN = 1.2;
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

    /** A class in the answer to {@code GC.class_histogram}: rank, instances, bytes, name. */
    private static final Pattern CLASS = Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +(\\S+)");

    /**
     * What a collector writes over garbage that it does not move out of the way. The serial one leaves up to a twentieth
     * of the heap so, and counts it as used.
     */
    private static final Pattern FILLER = Pattern.compile("\\[?L?jdk\\.internal\\.vm\\.Filler.*");

    /** A thread in the answer to {@code Thread.dump_to_file}. */
    private static final Pattern VIRTUAL = Pattern.compile("\"virtual\": true");

    /** The vitals of a JVM that this process has started; it collects its garbage, in order to count what is alive. */
    static Vitals of(ChildProcess java) throws Exception {
        long heap = heapKib(jcmd(java, "GC.class_histogram"));
        Path dump = Build.target("vitals").resolve("threads.json");
        jcmd(java, "Thread.dump_to_file", "-overwrite", "-format=json", dump.toString());
        long virtual = virtualThreads(Files.readString(dump));
        return new Vitals(residentKib(java), heap, files(java), threads(java), virtual);
    }

    /** What of a heap is alive, by the answer to {@code GC.class_histogram}. */
    static long heapKib(String histogram) {
        List<MatchResult> classes = CLASS.matcher(histogram).results().toList();
        if (classes.isEmpty()) {
            throw new AssertionError("no class is in " + histogram);
        }
        long bytes = classes.stream()
                .filter(of -> !FILLER.matcher(of.group(2)).matches())
                .mapToLong(of -> Long.parseLong(of.group(1)))
                .sum();
        return bytes / 1024;
    }

    /** How many virtual threads a thread dump in JSON has. */
    static long virtualThreads(String dump) {
        return VIRTUAL.matcher(dump).results().count();
    }

    static long residentKib(ChildProcess process) throws IOException {
        return status(process, RESIDENT);
    }

    static long threads(ChildProcess process) throws IOException {
        return status(process, THREADS);
    }

    /** How many file descriptors it has open. */
    static long files(ChildProcess process) throws IOException {
        try (Stream<Path> open = Files.list(proc(process).resolve("fd"))) {
            return open.count();
        }
    }

    /** Whether it has let go of all requests and connections that it has had since {@code before}. */
    boolean isWithoutClientsLike(Vitals before) {
        return files <= before.files + FEW && virtualThreads <= before.virtualThreads + FEW;
    }

    /** Whether it holds as much as {@code before}, but for what a JVM does in its own time. */
    boolean isFlatSince(Vitals before) {
        return isWithoutClientsLike(before)
                && threads <= before.threads + FEW
                && heapKib <= before.heapKib * HEAP_MARGIN
                && residentKib <= before.residentKib * RESIDENT_MARGIN;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "resident %.1f MiB, heap %.1f MiB alive, %d files, %d threads, %d virtual threads",
                residentKib / 1024.0,
                heapKib / 1024.0,
                files,
                threads,
                virtualThreads);
    }

    private static long status(ChildProcess process, Pattern field) throws IOException {
        Matcher matcher = field.matcher(Files.readString(proc(process).resolve("status")));
        if (!matcher.find()) {
            throw new AssertionError("the process has no " + field);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static Path proc(ChildProcess process) {
        return Path.of("/proc", Long.toString(process.pid()));
    }

    private static String jcmd(ChildProcess java, String... command) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        ChildProcess asked = ChildProcess.start(
                "jcmd",
                Stream.concat(Stream.of(jcmd, Long.toString(java.pid())), Stream.of(command))
                        .toList(),
                Build.target("vitals"),
                Map.of());
        if (asked.awaitExit(ANSWER) != 0) {
            throw new AssertionError(asked.describe("failed: " + List.of(command)));
        }
        return asked.output();
    }
}
