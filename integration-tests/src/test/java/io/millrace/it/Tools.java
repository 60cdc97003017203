package io.millrace.it;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** Programs that tests need and the machine must have. */
final class Tools {

    private Tools() {}

    /** Where a program is; {@code advice} says how to come by it. */
    static String find(String name, String advice) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        throw new AssertionError(name + " is not on the PATH: install " + advice);
    }
}
