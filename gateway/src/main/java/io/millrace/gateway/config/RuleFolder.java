package io.millrace.gateway.config;

import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.millrace.mapping.rule.MappingRules.Written;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of rule files, each with a list {@code mappings} and nothing else.
 *
 * @param rules    of all files, in order of the files' names
 * @param errors   sentences, each of which names its file
 * @param warnings the same, about what is legal but may surprise
 */
record RuleFolder(List<Written> rules, List<String> errors, List<String> warnings) {

    private static final String ENDING = ".yaml";
    private static final String OTHER_ENDING = ".yml";

    RuleFolder {
        rules = List.copyOf(rules);
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /**
     * What stands in a folder.
     *
     * @param folder   which; empty where none is named
     * @param files    in order of their names
     * @param errors   why it is not all that stands there
     * @param warnings about what is not read
     */
    record Text(Optional<Path> folder, List<FileText> files, List<String> errors, List<String> warnings) {

        /** No folder. */
        static final Text NONE = new Text(Optional.empty(), List.of(), List.of(), List.of());

        Text {
            files = List.copyOf(files);
            errors = List.copyOf(errors);
            warnings = List.copyOf(warnings);
        }

        /** Reads all files. Names that begin with a dot are not looked at: Kubernetes keeps its own there. */
        static Text read(Optional<Path> named) {
            if (named.isEmpty()) {
                return NONE;
            }
            Path folder = named.get();
            List<FileText> files = new ArrayList<>();
            List<String> errors = new ArrayList<>();
            List<String> warnings = new ArrayList<>();
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path entry : entries.sorted().toList()) {
                    String name = String.valueOf(entry.getFileName());
                    if (name.startsWith(".")) {
                        continue;
                    }
                    if (name.endsWith(ENDING)) {
                        files.add(FileText.read(entry));
                    } else if (name.endsWith(OTHER_ENDING)) {
                        warnings.add("The file " + entry + " is not read, because only names that end with " + ENDING
                                + " are: rename or remove it.");
                    }
                }
            } catch (NoSuchFileException | NotDirectoryException _) {
                errors.add(Key.MAPPINGS_FROM.path() + " is " + folder.toAbsolutePath()
                        + ", and there is no such directory: make it, or name another.");
            } catch (IOException | UncheckedIOException e) {
                errors.add(Key.MAPPINGS_FROM.path() + " is " + folder + ", which cannot be read: " + e + ".");
            }
            return new Text(named, files, errors, warnings);
        }
    }

    /**
     * What stands in a file.
     *
     * @param trouble why that cannot be read; empty where it can
     */
    record FileText(Path file, String yaml, String trouble) {

        private static FileText read(Path file) {
            try {
                return new FileText(file, Files.readString(file, StandardCharsets.UTF_8), "");
            } catch (IOException e) {
                return new FileText(file, "", "The file " + file + " cannot be read: " + e + ".");
            }
        }
    }

    /** The rules in a folder. */
    static RuleFolder parse(Text text) {
        List<Written> rules = new ArrayList<>();
        List<String> errors = new ArrayList<>(text.errors());
        for (FileText file : text.files()) {
            if (file.trouble().isEmpty()) {
                parse(file.file(), file.yaml(), rules, errors);
            } else {
                errors.add(file.trouble());
            }
        }
        return new RuleFolder(rules, errors, text.warnings());
    }

    private static void parse(Path file, String text, List<Written> rules, List<String> errors) {
        try {
            Config yaml = Sources.plain(text);
            Values values = new Values(yaml);
            Values.leaves(yaml).keySet().stream()
                    .filter(path -> !path.equals(Values.MAPPINGS) && !path.startsWith(Values.MAPPINGS + "."))
                    .forEach(path -> errors.add("The key " + path + " in " + file
                            + " means nothing there: a file of rules has a list " + Values.MAPPINGS
                            + " and nothing else; move or remove it."));
            values.mappings(" of " + file)
                    .ifPresentOrElse(
                            rules::addAll,
                            () -> errors.add("The file " + file + " has no rules: add a list " + Values.MAPPINGS
                                    + ", or remove it."));
        } catch (ConfigurationException e) {
            errors.addAll(e.sentences());
        } catch (ConfigException e) {
            errors.add("The file " + file + " cannot be read as YAML: " + e.getMessage() + ".");
        }
    }
}
