package io.millrace.mapping.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a path leads where it does.
 *
 * @param misses     the rules before the one that decides, or all of them
 * @param match      the rule that decides
 * @param resolution where the path leads
 */
public record Explanation(List<Miss> misses, Optional<Match> match, Resolution resolution) {

    public Explanation {
        misses = List.copyOf(misses);
    }

    /** A rule that is not for the path, by its name, and why not. */
    public record Miss(String rule, String why) {}

    /** The rule that is for the path, by its name, and the values of its variables. */
    public record Match(String rule, MappingRule mapping, Map<String, String> values) {}
}
