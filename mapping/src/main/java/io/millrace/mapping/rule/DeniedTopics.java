package io.millrace.mapping.rule;

import java.util.List;

/**
 * Topics that are never shown, whatever the rules say.
 *
 * @param patterns names, each of which may end with {@code *} for any ending
 */
public record DeniedTopics(List<String> patterns) {

    /** No topic but those that are denied always: Kafka's own, and Millrace's. */
    public static final DeniedTopics NONE = new DeniedTopics(List.of());

    private static final String ANY_ENDING = "*";

    public DeniedTopics {
        patterns = List.copyOf(patterns);
    }

    /** Whether {@code topic} is one of them. */
    public boolean denies(String topic) {
        return patterns.stream()
                .anyMatch(pattern -> pattern.endsWith(ANY_ENDING)
                        ? topic.startsWith(pattern.substring(0, pattern.length() - 1))
                        : topic.equals(pattern));
    }
}
