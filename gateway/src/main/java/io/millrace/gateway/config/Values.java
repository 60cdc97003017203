package io.millrace.gateway.config;

import io.helidon.config.Config;
import io.millrace.mapping.rule.MappingRules.Written;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The values that hold, as text, by whichever source wins; and their meaning, by the key's unit. */
final class Values {

    /** The map of Kafka client properties. */
    static final String CLIENT = "kafka.client";

    /** The list of mapping rules. */
    static final String MAPPINGS = "mappings";

    private final Config config;

    Values(Config config) {
        this.config = config;
    }

    String text(Key key) {
        return config.get(key.path()).asString().orElse(key.standard()).strip();
    }

    boolean isOn(Key key) throws ConfigurationException {
        return switch (text(key)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unusable(key);
        };
    }

    int number(Key key) throws ConfigurationException {
        String text = text(key);
        if (!text.matches("[0-9]{1,9}")) {
            throw unusable(key);
        }
        return Integer.parseInt(text);
    }

    /** A number that need not be there. */
    Optional<Integer> optionalNumber(Key key) throws ConfigurationException {
        return text(key).isEmpty() ? Optional.empty() : Optional.of(number(key));
    }

    /** A file or directory, which need not exist. */
    Path path(Key key) throws ConfigurationException {
        try {
            return Path.of(text(key));
        } catch (InvalidPathException e) {
            throw new ConfigurationException(key.path() + " is no path that this system knows: " + e.getReason() + ".");
        }
    }

    Duration duration(Key key) throws ConfigurationException {
        return required(Quantity.parseDuration(text(key)), key);
    }

    long bytes(Key key) throws ConfigurationException {
        return required(Quantity.parseSize(text(key)), key);
    }

    /** Every value that its key's unit does not allow, each in a sentence. */
    List<String> unusable() {
        List<String> sentences = new ArrayList<>();
        for (Key key : Key.values()) {
            if (text(key).isEmpty() && key.standard().isEmpty()) {
                continue;
            }
            try {
                switch (key.unit()) {
                    case PORT, COUNT -> number(key);
                    case DURATION -> duration(key);
                    case SIZE -> bytes(key);
                    case SWITCH -> isOn(key);
                    case DIRECTORY, FILE -> path(key);
                    case TEXT -> {}
                }
            } catch (ConfigurationException e) {
                sentences.addAll(e.sentences());
            }
        }
        return sentences;
    }

    /** The Kafka client properties by their Kafka names. */
    Map<String, String> client() {
        return leaves(config.get(CLIENT));
    }

    /**
     * The mapping rules; empty where the operator wrote none.
     *
     * @param file where they stand, such as {@code " of rules.yaml"}; empty where that need not be said
     */
    Optional<List<Written>> mappings(String file) throws ConfigurationException {
        Config mappings = config.get(MAPPINGS);
        if (!mappings.exists()) {
            return Optional.empty();
        }
        if (!mappings.isList()) {
            throw new ConfigurationException(
                    "mappings" + file + " must be a list: begin each rule with \"- path: ...\".");
        }
        List<Written> rules = new ArrayList<>();
        for (Config rule : mappings.asNodeList().orElse(List.of())) {
            rules.add(new Written("mapping " + (rules.size() + 1) + file, leaves(rule)));
        }
        return Optional.of(rules);
    }

    /** The texts below a node by their paths from it. */
    static Map<String, String> leaves(Config node) {
        return new TreeMap<>(node.detach().asMap().orElse(Map.of()));
    }

    private <T> T required(Optional<T> value, Key key) throws ConfigurationException {
        return value.orElseThrow(() -> unusable(key));
    }

    private ConfigurationException unusable(Key key) {
        return new ConfigurationException(
                key.path() + " is \"" + text(key) + "\": write a " + key.unit().meaning() + ".");
    }
}
