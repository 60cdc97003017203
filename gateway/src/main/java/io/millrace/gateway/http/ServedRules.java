package io.millrace.gateway.http;

import io.millrace.mapping.rule.MappingRules;
import java.util.List;
import java.util.Optional;

/** The rules that hold, as operators ask for them. */
public interface ServedRules {

    /** Why the rules that are written are not those that hold, in words for an operator; empty where they are. */
    Optional<String> trouble();

    /** Has the rules that are written hold from now on, or none of them. */
    Reload reload();

    /** What has come of a reload. */
    sealed interface Reload {

        /** These hold, and may surprise in these ways. */
        record Holding(MappingRules rules, List<String> warnings) implements Reload {
            public Holding {
                warnings = List.copyOf(warnings);
            }
        }

        /** Something is wrong with them, in words for an operator; what held before still does. */
        record Refused(String reason) implements Reload {}
    }
}
