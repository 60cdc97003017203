package io.millrace.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** docs/hostile-input.md: per border a section with a table, whose rows are the rows of that border's tests. */
final class HostileInputTable {

    private static final Path DOCUMENT = Build.root().resolve("docs").resolve("hostile-input.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!What \\|)(?!-)(.*?) \\| (.*?) \\|$");

    private HostileInputTable() {}

    /** A row: an input by its name, and what it gets. */
    record Row(String input, String answer) {}

    /** The rows of the section with this heading. */
    static List<Row> section(String heading) throws IOException {
        String text = Files.readString(DOCUMENT);
        int begin = text.indexOf("\n## " + heading + "\n");
        if (begin < 0) {
            throw new AssertionError(DOCUMENT + " has no section " + heading);
        }
        int end = text.indexOf("\n## ", begin + 1);
        return ROW.matcher(text.substring(begin, end < 0 ? text.length() : end))
                .results()
                .map(row -> new Row(row.group(1), row.group(2)))
                .toList();
    }
}
