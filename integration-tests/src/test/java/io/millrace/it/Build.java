package io.millrace.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the build has made: where it is, and how to start it. */
final class Build {

    /** This module's directory. */
    static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private static final List<Path> CLASS_PATH = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(entry -> !entry.endsWith("test-classes"))
            .toList();

    private static final List<String> QUIET =
            List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

    /** Flags of a JVM that leaves room for others. */
    static final List<String> SMALL =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");

    private Build() {}

    /** A directory below target/, which is made. */
    static Path target(String name) {
        try {
            return Files.createDirectories(MODULE.resolve("target").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The root of the source tree. */
    static Path root() {
        return MODULE.resolveSibling("").normalize();
    }

    /** A main class of the gateway or the broker, with all that the development distribution holds. */
    static List<String> java(List<String> flags, String main, List<String> arguments) {
        String classPath = CLASS_PATH.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return java(flags, classPath, main, arguments);
    }

    /** The same on a small JVM with the jars of a distribution, which exists once the build has come to the phase {@code package}. */
    static List<String> java(Distribution distribution, String main, List<String> arguments) {
        return java(SMALL, distribution.classPath(), main, arguments);
    }

    private static List<String> java(List<String> flags, String classPath, String main, List<String> arguments) {
        Stream<String> command = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command = Stream.concat(command, Stream.concat(QUIET.stream(), flags.stream()));
        command = Stream.concat(command, Stream.of("-cp", classPath, main));
        return Stream.concat(command, arguments.stream()).toList();
    }

    /** The folders that the build makes for people to run. */
    enum Distribution {
        SLIM("gateway/target/dist/slim"),
        DEVELOPMENT("embedded-broker/target/dist/development");

        private final String folder;

        Distribution(String folder) {
            this.folder = folder;
        }

        /** Whether this build has come far enough; {@code mvn test} does not make distributions, {@code mvn verify} does. */
        boolean isBuilt() {
            return Files.isDirectory(lib()) && CLASS_PATH.stream().noneMatch(Files::isDirectory);
        }

        Path lib() {
            return root().resolve(folder).resolve("lib");
        }

        Path launcher() {
            return root().resolve(folder).resolve("bin").resolve("millrace");
        }

        List<String> jars() {
            try (Stream<Path> files = Files.list(lib())) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String classPath() {
            return jars().stream()
                    .map(jar -> lib().resolve(jar).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
