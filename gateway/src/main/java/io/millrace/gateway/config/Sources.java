package io.millrace.gateway.config;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import io.helidon.config.spi.ConfigSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the configuration is written. A system property wins over an environment variable, that over the file, and
 * the file over the defaults.
 *
 * @param file             the YAML file, where there is one
 * @param environment      all environment variables
 * @param systemProperties all system properties
 */
public record Sources(Optional<Path> file, Map<String, String> environment, Map<String, String> systemProperties) {

    private static final String CLIENT_PATH = Values.CLIENT + ".";
    private static final String CLIENT_VARIABLE = Key.variable(Values.CLIENT) + "_";
    private static final String OUR_VARIABLES = "MILLRACE_";

    /** Variables of the launcher and the container image. */
    private static final Set<String> NOT_KEYS =
            Set.of("MILLRACE_SLIM", "MILLRACE_CLASS_ARCHIVE", "MILLRACE_HOME", "MILLRACE_DATA");

    /** What Kubernetes sets in every pod for services whose names begin with millrace. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "MILLRACE(_[A-Z0-9]+)*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private static final int MOST_TYPOS = 4;

    public Sources {
        environment = Map.copyOf(environment);
        systemProperties = Map.copyOf(systemProperties);
    }

    /**
     * What stands in the files, to tell whether it has changed; all else stays as it is while a process runs.
     *
     * @param yaml    the file's
     * @param trouble why it cannot be read; empty where it can
     * @param folder  the folder of further rules
     */
    public record Text(String yaml, String trouble, RuleFolder.Text folder) {

        @Override
        public String toString() {
            return "Text[a configuration]"; // which may have passwords in it
        }
    }

    /** Reads, checks and merges them. */
    public Configuration load() throws ConfigurationException {
        return parse(read());
    }

    /** Reads the files. */
    public Text read() {
        Text own = readFile();
        return new Text(own.yaml(), own.trouble(), RuleFolder.Text.read(folder(own)));
    }

    /** Reads the files again. Where the folder is, is looked up only where the file is not as {@code before}. */
    public Text readAgain(Text before) {
        Text own = readFile();
        boolean isSame = own.yaml().equals(before.yaml()) && own.trouble().equals(before.trouble());
        Optional<Path> folder = isSame ? before.folder().folder() : folder(own);
        return new Text(own.yaml(), own.trouble(), RuleFolder.Text.read(folder));
    }

    /** Checks what the files say, and merges it with the rest. */
    public Configuration parse(Text text) throws ConfigurationException {
        if (!text.trouble().isEmpty()) {
            throw new ConfigurationException(text.trouble());
        }
        try {
            List<String> errors = unknownPaths(plain(text.yaml()));
            return Configuration.from(values(text.yaml(), errors), text.folder(), errors);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        } catch (ConfigException e) {
            throw new ConfigurationException("The configuration cannot be read: " + e.getMessage());
        }
    }

    private Values values(String yaml, List<String> errors) {
        return new Values(plain(List.of(
                ConfigSources.create(fromSystemProperties()),
                ConfigSources.create(fromEnvironment(errors)),
                yaml(yaml))));
    }

    /** Which folder of rules is named; empty where none is, or what names it is wrong, as {@link #parse} will say. */
    private Optional<Path> folder(Text own) {
        try {
            Values values = values(own.yaml(), new ArrayList<>());
            return values.text(Key.MAPPINGS_FROM).isEmpty()
                    ? Optional.empty()
                    : Optional.of(values.path(Key.MAPPINGS_FROM));
        } catch (ConfigurationException | ConfigException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** What this text gives that an operator wrote in YAML. */
    static Config plain(String yaml) {
        return plain(List.of(yaml(yaml)));
    }

    private static Supplier<ConfigSource> yaml(String text) {
        return () -> ConfigSources.create(text, MediaTypes.APPLICATION_YAML);
    }

    /** The file alone. */
    private Text readFile() {
        if (file.isEmpty()) {
            return new Text("", "", RuleFolder.Text.NONE);
        }
        Path path = file.get();
        try {
            return new Text(Files.readString(path, StandardCharsets.UTF_8), "", RuleFolder.Text.NONE);
        } catch (NoSuchFileException _) {
            return unreadable(
                    "There is no configuration file " + path.toAbsolutePath() + ": write one, or name another.");
        } catch (IOException e) {
            return unreadable("The configuration file " + path + " cannot be read: " + e + ".");
        }
    }

    private static Text unreadable(String trouble) {
        return new Text("", trouble, RuleFolder.Text.NONE);
    }

    /** Helidon's configuration from these sources and no others, with texts as they stand: no ${references}. */
    private static Config plain(List<Supplier<? extends ConfigSource>> sources) {
        return Config.builder()
                .sources(sources)
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .disableKeyResolving()
                .disableValueResolving()
                .build();
    }

    private Map<String, String> fromSystemProperties() {
        Map<String, String> values = new TreeMap<>();
        systemProperties.forEach((name, value) -> {
            if (Key.at(name).isPresent() || name.startsWith(CLIENT_PATH)) {
                values.put(name, value);
            }
        });
        return values;
    }

    /** The values by their keys' paths; what is unknown is added to the errors. */
    private Map<String, String> fromEnvironment(List<String> errors) {
        Map<String, String> values = new TreeMap<>();
        for (String name : new TreeSet<>(environment.keySet())) {
            Optional<Key> key = Key.of(name);
            String value = environment.getOrDefault(name, "");
            if (isServiceLink(name, value)) {
                continue; // of a service millrace-server it even has the name of a key
            }
            if (key.isPresent()) {
                values.put(key.get().path(), value);
            } else if (name.startsWith(CLIENT_VARIABLE)) {
                String property = name.substring(CLIENT_VARIABLE.length()).toLowerCase(Locale.ROOT);
                values.put(CLIENT_PATH + property.replace('_', '.'), value);
            } else if (name.startsWith(OUR_VARIABLES) && !NOT_KEYS.contains(name)) {
                errors.add("The environment variable " + name + " means nothing to Millrace: "
                        + advice(name, Arrays.stream(Key.values()).map(Key::variable)) + ".");
            }
        }
        return values;
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }

    private static List<String> unknownPaths(Config yaml) {
        List<String> unknown = new ArrayList<>();
        for (String path : Values.leaves(yaml).keySet()) {
            boolean known = Key.at(path).isPresent()
                    || path.startsWith(CLIENT_PATH)
                    || path.equals(Values.CLIENT)
                    || path.equals(Values.MAPPINGS)
                    || path.startsWith(Values.MAPPINGS + ".");
            if (!known) {
                unknown.add("The key " + path + " means nothing to Millrace: "
                        + advice(path, Arrays.stream(Key.values()).map(Key::path)) + ".");
            }
        }
        return unknown;
    }

    private static String advice(String unknown, Stream<String> known) {
        return known.min(Comparator.comparingInt(name -> typos(unknown, name)))
                .filter(nearest -> typos(unknown, nearest) <= MOST_TYPOS)
                .map(nearest -> "did you mean " + nearest + "? Correct or remove it")
                .orElse("remove it");
    }

    /** The edit distance of two texts (Levenshtein). */
    private static int typos(String left, String right) {
        int[] above = new int[right.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= left.length(); i++) {
            int[] row = new int[right.length() + 1];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], above[j]) + 1, above[j - 1] + change);
            }
            above = row;
        }
        return above[right.length()];
    }
}
