package io.millrace.it;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that tests need and the machine must have. */
final class Tools {

    private Tools() {}

    /** Where a program is; {@code advice} says how to come by it. */
    static String find(String name, String advice) {
        return onPath(name).orElseThrow(() -> new AssertionError(name + " is not on the PATH: install " + advice));
    }

    /** Where a program is; empty where it is not on the PATH. */
    static Optional<String> onPath(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
