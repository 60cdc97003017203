package io.millrace.mapping.rule;

import io.millrace.mapping.stream.StreamPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which stream paths a rule is for, compared with decoded paths segment by segment:
 *
 * <ul>
 *   <li>literal text matches itself,
 *   <li>{@code {name}} matches at least one character within a segment and gives it a name; text and several variables
 *       may share a segment ({@code job-{id}}), each variable taking as little as it can,
 *   <li>{@code *} matches one whole segment,
 *   <li>{@code **}, at the end only, matches all that follows, also nothing.
 * </ul>
 *
 * <p>A variable may be restricted to values that a regular expression matches as a whole.
 */
public final class PathTemplate {

    private final String text;
    private final List<Segment> segments;
    private final boolean anyRest;
    private final Map<String, Pattern> conditions;

    private PathTemplate(String text, List<Segment> segments, boolean anyRest, Map<String, Pattern> conditions) {
        this.text = text;
        this.segments = List.copyOf(segments);
        this.anyRest = anyRest;
        this.conditions = Collections.unmodifiableMap(new TreeMap<>(conditions));
    }

    /** A template, or what to change in its text. */
    public sealed interface Parsed {

        /** The template. */
        record Valid(PathTemplate template) implements Parsed {}

        /** The text is no template. */
        record Invalid(String reason) implements Parsed {}
    }

    /** What one segment of a path must look like. */
    private sealed interface Segment {

        /** {@code *}: any segment. */
        record AnyOne() implements Segment {}

        /** Text with variables in it, or none. */
        record Mixed(TextTemplate text) implements Segment {}
    }

    /** Parses a template as an operator writes it. */
    public static Parsed parse(String text) {
        List<String> parts = List.of(text.split("/", -1));
        List<Segment> segments = new ArrayList<>();
        Set<String> names = new HashSet<>();
        boolean anyRest = parts.getLast().equals("**");
        for (String part : anyRest ? parts.subList(0, parts.size() - 1) : parts) {
            if (part.isEmpty()) {
                return new Parsed.Invalid("the path has an empty segment: write segments joined by single slashes,"
                        + " without one at the beginning or end");
            }
            if (part.equals("**")) {
                return new Parsed.Invalid("'**' may stand at the end of the path only");
            }
            if (part.equals("*")) {
                segments.add(new Segment.AnyOne());
                continue;
            }
            if (part.indexOf('*') >= 0) {
                return new Parsed.Invalid("'" + part + "' mixes '*' with text: write {name} for a part of a segment");
            }
            switch (TextTemplate.parse(part)) {
                case TextTemplate.Parsed.Invalid(String reason) -> {
                    return new Parsed.Invalid("in '" + part + "' " + reason);
                }
                case TextTemplate.Parsed.Valid(TextTemplate mixed) -> {
                    if (mixed.hasAdjacentVariables()) {
                        return new Parsed.Invalid("in '" + part + "' two variables touch: put text between them");
                    }
                    for (String name : mixed.variables()) {
                        if (!names.add(name)) {
                            return new Parsed.Invalid("{" + name + "} stands twice: give each variable its own name");
                        }
                    }
                    if (!StreamPath.isCanonical(mixed.expand(_ -> "x"))
                            || (segments.isEmpty() && part.equals(StreamPath.RESERVED_SEGMENT))) {
                        return new Parsed.Invalid("'" + part + "' can never be part of a stream's path");
                    }
                    segments.add(new Segment.Mixed(mixed));
                }
            }
        }
        return new Parsed.Valid(new PathTemplate(text, segments, anyRest, Map.of()));
    }

    /** The same template for those paths only whose variables have values that these expressions match. */
    PathTemplate where(Map<String, Pattern> expressions) {
        return new PathTemplate(text, segments, anyRest, expressions);
    }

    /**
     * The values of the variables if the path matches, in the template's order.
     *
     * @throws SteppedText.Exhausted where an expression would take too long
     */
    public Optional<Map<String, String>> match(StreamPath path) {
        List<String> pathSegments = path.segments();
        if (!fits(pathSegments.size())) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            if (!matches(segments.get(i), pathSegments.get(i), values)) {
                return Optional.empty();
            }
        }
        return failedCondition(values).isPresent() ? Optional.empty() : Optional.of(values);
    }

    /** Why the path does not match, in a few words for people; empty where it does. */
    Optional<String> difference(StreamPath path) {
        List<String> pathSegments = path.segments();
        if (!fits(pathSegments.size())) {
            return Optional.of("the path has " + counted(pathSegments.size()) + ", and the rule is for "
                    + (anyRest ? "at least " : "") + counted(segments.size()));
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            if (!matches(segments.get(i), pathSegments.get(i), values)) {
                return Optional.of("\"" + pathSegments.get(i) + "\" does not fit \"" + text.split("/", -1)[i] + "\"");
            }
        }
        return failedCondition(values)
                .map(name -> "{" + name + "} is \"" + values.get(name) + "\", which where." + name + ", "
                        + conditions.get(name) + ", does not match");
    }

    /**
     * Whether this template surely matches every path that the other one does. It may do so where this says no: only
     * what can be seen segment by segment is seen.
     */
    boolean covers(PathTemplate other) {
        boolean longEnough = anyRest
                ? other.segments.size() >= segments.size()
                : other.segments.size() == segments.size() && !other.anyRest;
        if (!conditions.isEmpty() || !longEnough) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!covers(segments.get(i), other.segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean covers(Segment segment, Segment other) {
        return switch (segment) {
            case Segment.AnyOne() -> true;
            case Segment.Mixed(TextTemplate text) ->
                switch (other) {
                    case Segment.AnyOne() -> text.isOneVariable();
                    case Segment.Mixed(TextTemplate otherText) -> text.covers(otherText);
                };
        };
    }

    private boolean fits(int count) {
        return anyRest ? count >= segments.size() : count == segments.size();
    }

    private static boolean matches(Segment segment, String text, Map<String, String> values) {
        return switch (segment) {
            case Segment.AnyOne() -> true;
            case Segment.Mixed(TextTemplate mixed) -> mixed.match(text, values);
        };
    }

    /** The first variable whose value its expression does not match. */
    private Optional<String> failedCondition(Map<String, String> values) {
        for (Map.Entry<String, Pattern> condition : conditions.entrySet()) {
            String value = values.getOrDefault(condition.getKey(), "");
            if (!SteppedText.matches(condition.getValue(), value)) {
                return Optional.of(condition.getKey());
            }
        }
        return Optional.empty();
    }

    private static String counted(int segments) {
        return segments + (segments == 1 ? " segment" : " segments");
    }

    /** The names of the variables, in order. */
    public Set<String> variables() {
        Set<String> names = new LinkedHashSet<>();
        for (Segment segment : segments) {
            if (segment instanceof Segment.Mixed(TextTemplate mixed)) {
                names.addAll(mixed.variables());
            }
        }
        return names;
    }

    /** Whether the template matches every path there is. */
    public boolean matchesEverything() {
        return anyRest && segments.isEmpty();
    }

    /** Whether parts of a path that matches are not the value of any variable. */
    public boolean hasNamelessParts() {
        return anyRest || segments.stream().anyMatch(Segment.AnyOne.class::isInstance);
    }

    /** Whether some expression restricts this variable. */
    boolean restricts(String variable) {
        return conditions.containsKey(variable);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathTemplate template
                && text.equals(template.text)
                && conditions.toString().equals(template.conditions.toString());
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
