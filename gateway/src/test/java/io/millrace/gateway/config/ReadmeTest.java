package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's table of keys is the list that the gateway reads by. */
class ReadmeTest {

    private static final String BEGIN = "<!-- configuration -->\n";
    private static final String END = "<!-- /configuration -->";

    @Test
    void tableNamesEveryKeyAsItIs() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf(BEGIN) + BEGIN.length();

        assertThat(readme.substring(begin, readme.indexOf(END))).isEqualTo(Key.markdownTable());
    }
}
