package io.millrace.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that a test started; its output goes to a file in target/, and it does not outlive the tests. */
final class ChildProcess implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread reaper;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.reaper = new Thread(process::destroyForcibly, "reaper of " + name);
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /** Starts {@code command} in {@code directory} with {@code environment} on top of this process's own. */
    static ChildProcess start(String name, List<String> command, Path directory, Map<String, String> environment)
            throws IOException {
        Path log = Build.target("process-logs").resolve("%03d-%s.log".formatted(COUNT.incrementAndGet(), name));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("MILLRACE_"));
        builder.environment().putAll(environment);
        return new ChildProcess(name, builder.start(), log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** All that it has printed, both streams. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stacks of all its threads, virtual ones too, line by line; it must be a JVM. */
    List<String> threads() throws IOException, InterruptedException {
        Path file = Files.createTempDirectory(Build.target("threads"), name).resolve("dump");
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process dump = new ProcessBuilder(jcmd, Long.toString(pid()), "Thread.dump_to_file", file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        dump.waitFor();
        return Files.readAllLines(file);
    }

    /** A line for its standard input. */
    void type(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    /** Waits until it has printed {@code text}. */
    void awaitOutput(String text, Duration atMost) throws Exception {
        Await.until(name + " prints \"" + text + "\"", atMost, () -> {
            boolean printed = output().contains(text);
            if (!printed && !isAlive()) {
                throw new AssertionError(describe("ended with " + process.exitValue()));
            }
            return printed;
        });
    }

    /** Waits until it has ended by itself, and returns its exit code. */
    int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(describe("still runs after " + atMost.toMillis() + " ms"));
        }
        close();
        return process.exitValue();
    }

    /** SIGKILL; returns when it is dead. */
    void kill() {
        close();
        process.onExit().join();
    }

    /** SIGTERM, without waiting. */
    void terminate() {
        process.destroy();
    }

    /** SIGSTOP: it does nothing any more, and its connections stay. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT, after {@link #pause}. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new AssertionError(describe("cannot be sent " + signal));
        }
    }

    /** A message for a failed assertion: what is wrong, and the end of what it printed. */
    String describe(String what) {
        String output = output();
        int from = Math.max(0, output.length() - 4_000);
        return "%s (process %d) %s; the end of %s:%n%s".formatted(name, pid(), what, log, output.substring(from));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly); // a launcher may wait for the process itself
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            return; // this process is ending: the hook runs anyway
        }
    }
}
