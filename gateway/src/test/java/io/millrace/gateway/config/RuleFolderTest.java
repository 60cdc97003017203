package io.millrace.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mapping.rule.MappingRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleFolderTest {

    @TempDir
    Path folder;

    @Test
    void filesComeInOrderOfTheirNamesAndBeforeTheMainFile() throws Exception {
        write("20-b.yaml", "mappings: [{path: c, kind: deny}]");
        write("10-a.yaml", "mappings: [{path: a, kind: deny}, {path: b, kind: deny}]");
        write("notes.txt", "nothing for us");
        write(".10.yaml", "nor this");
        Files.createDirectory(folder.resolve("..data"));
        Configuration configuration = load("mappings: [{path: d, kind: deny}]");
        assertThat(paths(configuration)).containsExactly("a", "b", "c", "d");
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void theUsualRulesHoldOnlyWhereNoneAreWritten() throws Exception {
        write("a.yaml", "mappings: [{path: a, kind: deny}]");
        assertThat(paths(load(""))).containsExactly("a");
    }

    @Test
    void anEmptyFolderAddsNothing() throws Exception {
        assertThat(paths(load("mappings: [{path: d, kind: deny}]"))).containsExactly("d");
        assertThatThrownBy(() -> load(""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("mappings is empty");
    }

    @Test
    void namesThatAreAlmostRightAreTold() throws Exception {
        write("a.yml", "mappings: []");
        assertThat(load("mappings: [{path: d, kind: deny}]").warnings())
                .singleElement()
                .asString()
                .contains(folder.resolve("a.yml") + " is not read");
    }

    @Test
    void everyErrorNamesItsFile() throws Exception {
        write("1-yaml.yaml", "{");
        write("2-key.yaml", "server: {port: 1}\nmappings: [{path: a, kind: deny}]");
        write("3-rule.yaml", "mappings: [{path: a, kind: deny}, {path: b, kind: x}]");
        write("4-none.yaml", "");
        write("5-table.yaml", "mappings: {path: a, kind: deny}");
        Files.createDirectory(folder.resolve("6-directory.yaml"));
        assertThatThrownBy(() -> load("mappings: [{path: d, kind: x}]"))
                .isInstanceOfSatisfying(ConfigurationException.class, e -> assertThat(e.sentences())
                        .satisfiesExactly(
                                one -> assertThat(one).contains(file("1-yaml.yaml") + " cannot be read as YAML"),
                                one -> assertThat(one).contains("The key server.port in " + file("2-key.yaml")),
                                one -> assertThat(one).contains(file("4-none.yaml") + " has no rules"),
                                one -> assertThat(one)
                                        .contains("mappings of " + file("5-table.yaml") + " must be a list"),
                                one -> assertThat(one).contains(file("6-directory.yaml") + " cannot be read"),
                                one -> assertThat(one)
                                        .startsWith("mapping 2 of " + file("3-rule.yaml") + " (path \"b\"): kind"),
                                one -> assertThat(one).startsWith("mapping 1 (path \"d\"): kind")));
    }

    @Test
    void aFolderThatIsNotThereStopsTheStart() throws IOException {
        write("file", "");
        for (String name : List.of("nowhere", "file")) {
            assertThatThrownBy(() -> ConfigurationText.load("mappings-from: " + folder.resolve(name)))
                    .isInstanceOfSatisfying(ConfigurationException.class, e -> assertThat(e.sentences())
                            .singleElement()
                            .asString()
                            .startsWith("mappings-from is " + folder.resolve(name)));
        }
    }

    /** Equal texts say the same; what is parsed is the text, whatever the files say by then. */
    @Test
    void theTextChangesWithTheFolderAndWithWhatStandsInIt() throws Exception {
        Path main = Files.writeString(folder.resolve("main"), "mappings-from: " + folder);
        write("a.yaml", "mappings: [{path: a, kind: deny}]");
        Sources sources = new Sources(Optional.of(main), Map.of(), Map.of());
        Sources.Text first = sources.read();
        assertThat(sources.readAgain(first)).isEqualTo(first);

        write("a.yaml", "mappings: [{path: b, kind: deny}]");
        Sources.Text second = sources.readAgain(first);
        assertThat(second).isNotEqualTo(first);
        assertThat(paths(sources.parse(first))).containsExactly("a");
        assertThat(paths(sources.parse(second))).containsExactly("b");

        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("c.yaml"), "mappings: [{path: c, kind: deny}]");
        Files.writeString(main, "mappings-from: " + other);
        Sources.Text third = sources.readAgain(second);
        assertThat(paths(sources.parse(third))).containsExactly("c");
        Files.delete(other.resolve("c.yaml"));
        assertThat(sources.readAgain(third)).isNotEqualTo(third);

        Files.delete(main);
        Sources.Text none = sources.readAgain(third);
        assertThatThrownBy(() -> sources.parse(none)).hasMessageContaining("There is no configuration file");
        Files.writeString(main, "mappings-from: " + folder);
        assertThat(sources.readAgain(none)).isEqualTo(second);
    }

    private Configuration load(String yaml) throws ConfigurationException {
        return ConfigurationText.load("mappings-from: " + folder + "\n" + yaml);
    }

    private static List<String> paths(Configuration configuration) {
        return configuration.mappings().rules().stream()
                .map(MappingRule::template)
                .map(Object::toString)
                .toList();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(file(name), text);
    }
}
