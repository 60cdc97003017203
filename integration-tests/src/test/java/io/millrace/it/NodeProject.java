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

/** The folder {@code conformance}: the official suite and client, in Node.js and in a browser that it drives. */
final class NodeProject {

    private static final Path FOLDER = Build.MODULE.resolve("conformance");

    /** What npm writes last; it carries the lock file's content as of the installation. */
    private static final Path INSTALLED = FOLDER.resolve("node_modules").resolve(".installed-from");

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
        install();
        ChildProcess vitest = node(
                List.of("node_modules/vitest/vitest.mjs", "run", testFile),
                withReport(environment, report),
                Path.of(testFile).getFileName().toString());
        vitest.awaitExit(atMost);
        return vitest;
    }

    /** Starts a script of the folder. */
    static ChildProcess script(List<String> command) throws Exception {
        install();
        return node(command, Map.of(), command.getFirst());
    }

    private static Map<String, String> withReport(Map<String, String> environment, Path report) {
        Map<String, String> all = new java.util.TreeMap<>(environment);
        all.put("REPORT_FILE", report.toString());
        all.put("CI", "true");
        all.put("NO_COLOR", "1");
        return all;
    }

    private static ChildProcess node(List<String> arguments, Map<String, String> environment, String name)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(Tools.find("node", ADVICE)));
        command.addAll(arguments);
        return ChildProcess.start(name, command, FOLDER, environment);
    }

    /** {@code npm ci}, if what is installed is not what the lock file says. */
    private static synchronized void install() throws Exception {
        requireVersion();
        String lock = Files.readString(FOLDER.resolve("package-lock.json"));
        if (Files.exists(INSTALLED) && Files.readString(INSTALLED).equals(lock)) {
            return;
        }
        ChildProcess npm = ChildProcess.start(
                "npm-ci", List.of(Tools.find("npm", ADVICE), "ci", "--no-audit", "--no-fund"), FOLDER, Map.of());
        int exit = npm.awaitExit(Duration.ofMinutes(5));
        if (exit != 0) {
            throw new AssertionError(npm.describe("ended with " + exit));
        }
        Files.writeString(INSTALLED, lock);
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
        ChildProcess node = node(List.of("-p", "process.versions.node"), Map.of(), "node-version");
        node.awaitExit(Duration.ofSeconds(30));
        String version = node.output().strip();
        if (!isNewEnough(version)) {
            throw new AssertionError("Node.js on the PATH is " + version + ": install " + MAJOR + "." + MINOR
                    + " or newer with npm (https://nodejs.org/), which Vitest needs");
        }
    }
}
