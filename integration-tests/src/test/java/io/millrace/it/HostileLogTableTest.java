package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** docs/hostile-input-log.md has a row for each test, and a test for each row. */
class HostileLogTableTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\| `(\\w+)` \\|$");

    @Test
    void rowsAreTests() throws Exception {
        Path table = Build.root().resolve("docs").resolve("hostile-input-log.md");
        List<String> rows = ROW.matcher(Files.readString(table))
                .results()
                .map(row -> row.group(1))
                .toList();
        List<String> tests = Stream.of(LogHardeningTest.class.getDeclaredMethods())
                .filter(method ->
                        method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class))
                .map(method -> method.getName())
                .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(tests);
    }
}
