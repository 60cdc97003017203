package io.millrace.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Folders with Node.js projects: {@code conformance}, the official suite and client, also in a browser that it drives, and
 * {@code reference}, the server.
 */
final class NodeProject {

    private static final Path CONFORMANCE = Build.MODULE.resolve("conformance");
    private static final Path REFERENCE = Build.MODULE.resolve("reference");

    /** What is written after an installation; it carries the lock file's content as of then. */
    private static final Path INSTALLED = Path.of("node_modules", ".installed-from");

    private static final Pattern VERSION = Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6})\\..*");
    private static final int MAJOR = 20;
    private static final int MINOR = 19;

    private static final String ADVICE =
            "Node.js " + MAJOR + "." + MINOR + " or newer with npm (Debian 13, Ubuntu 26.04:"
                    + " apt install nodejs npm; else https://nodejs.org/), which the conformance suite and the official client need";

    private NodeProject() {}

    /** Runs a test file in Vitest until it ends; its JUnit report is {@code report}. */
    static ChildProcess vitest(String testFile, Path report, Map<String, String> environment, Duration atMost)
            throws Exception {
        ChildProcess vitest = startVitest(testFile, report, environment);
        vitest.awaitExit(atMost);
        return vitest;
    }

    /** Starts a test file in Vitest, for a test that plays along with it. */
    static ChildProcess startVitest(String testFile, Path report, Map<String, String> environment) throws Exception {
        install(CONFORMANCE);
        return node(
                CONFORMANCE,
                List.of("node_modules/vitest/vitest.mjs", "run", testFile),
                withReport(environment, report),
                Path.of(testFile).getFileName().toString());
    }

    /** Starts a script of the folder {@code conformance}. */
    static ChildProcess script(List<String> command) throws Exception {
        install(CONFORMANCE);
        return node(CONFORMANCE, command, Map.of(), command.getFirst());
    }

    /** Starts the reference server with these arguments. */
    static ChildProcess reference(String name, List<String> arguments) throws Exception {
        install(REFERENCE);
        return node(
                REFERENCE,
                Stream.concat(Stream.of("server.js"), arguments.stream()).toList(),
                Map.of("NODE_ENV", "production"),
                name);
    }

    private static Map<String, String> withReport(Map<String, String> environment, Path report) {
        Map<String, String> all = new java.util.TreeMap<>(environment);
        all.put("REPORT_FILE", report.toString());
        all.put("CI", "true");
        all.put("NO_COLOR", "1");
        return all;
    }

    private static ChildProcess node(Path folder, List<String> arguments, Map<String, String> environment, String name)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(Tools.find("node", ADVICE)));
        command.addAll(arguments);
        return ChildProcess.start(name, command, folder, environment);
    }

    /** {@code npm ci}, if what is installed is not what the lock file says. */
    private static synchronized void install(Path folder) throws Exception {
        requireVersion();
        String lock = Files.readString(folder.resolve("package-lock.json"));
        Path installed = folder.resolve(INSTALLED);
        if (Files.exists(installed) && Files.readString(installed).equals(lock)) {
            return;
        }
        ChildProcess npm = ChildProcess.start(
                "npm-ci", List.of(Tools.find("npm", ADVICE), "ci", "--no-audit", "--no-fund"), folder, Map.of());
        int exit = npm.awaitExit(Duration.ofMinutes(5));
        if (exit != 0) {
            throw new AssertionError(npm.describe("ended with " + exit));
        }
        Files.writeString(installed, lock);
    }

    /** Whether Vitest runs on this version of Node.js, such as {@code 20.19.4}. */
    static boolean isNewEnough(String version) {
        Matcher parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return false;
        }
        int major = Integer.parseInt(parts.group(1));
        return major > MAJOR || (major == MAJOR && Integer.parseInt(parts.group(2)) >= MINOR);
    }

    private static void requireVersion() throws Exception {
        ChildProcess node = node(Build.MODULE, List.of("-p", "process.versions.node"), Map.of(), "node-version");
        node.awaitExit(Duration.ofSeconds(30));
        String version = node.output().strip();
        if (!isNewEnough(version)) {
            throw new AssertionError("Node.js on the PATH is " + version + ": install " + MAJOR + "." + MINOR
                    + " or newer with npm (https://nodejs.org/), which Vitest needs");
        }
    }
}
