package io.millrace.mapping.rule;

import java.util.Optional;
import java.util.regex.Pattern;

/** What Kafka accepts as the name of a topic, and we as the name of one that is ours. */
public final class TopicName {

    /** Kafka's bound. */
    public static final int MAX_LENGTH = 249;

    /** How the names of Kafka's own topics begin, which are never a stream's. */
    public static final String INTERNAL_PREFIX = "__";

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]+");

    private TopicName() {}

    /** Why a text cannot be the name of a topic of ours; empty if it can. */
    public static Optional<String> flaw(String name) {
        if (name.isEmpty()) {
            return Optional.of("a topic's name must not be empty");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("a topic's name has at most " + MAX_LENGTH + " characters");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("a topic cannot be named '.' or '..'");
        }
        if (!LEGAL.matcher(name).matches()) {
            return Optional.of("a topic's name is made of ASCII letters, digits, '.', '_' and '-' only");
        }
        if (name.startsWith(INTERNAL_PREFIX)) {
            return Optional.of("topics whose names begin with '" + INTERNAL_PREFIX + "' are Kafka's own");
        }
        return Optional.empty();
    }
}
