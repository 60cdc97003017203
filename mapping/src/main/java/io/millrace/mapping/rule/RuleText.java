package io.millrace.mapping.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** One rule as its keys and values are written, and what is found wrong with them. */
final class RuleText {

    private static final String WHERE = "where.";

    private final String name;
    private final Map<String, String> keys;
    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    RuleText(MappingRules.Written written) {
        this.keys = written.keys();
        this.name = written.place() + (keys.containsKey("path") ? " (path \"" + keys.get("path") + "\")" : "");
    }

    String name() {
        return name;
    }

    List<String> errors() {
        return errors;
    }

    List<String> warnings() {
        return warnings;
    }

    void error(String sentence) {
        errors.add(name + ": " + sentence);
    }

    void warn(String sentence) {
        warnings.add(name + ": " + sentence);
    }

    /** Every key must be one of these, or begin with one that ends with a dot; {@code where.} is known always. */
    void refuseUnknownKeys(String kind, Set<String> known) {
        Set<String> all = new TreeSet<>(known);
        all.add(WHERE);
        for (String key : new TreeSet<>(keys.keySet())) {
            boolean isKnown = all.stream()
                    .anyMatch(one ->
                            one.endsWith(".") ? key.startsWith(one) && key.length() > one.length() : key.equals(one));
            String outer = key.substring(0, Math.max(0, key.indexOf('.')));
            if (!isKnown && all.contains(outer)) {
                error(outer + " is no text, but a table with the key \"" + key.substring(outer.length() + 1)
                        + "\": put a value that begins with '{' in quotes, such as " + outer + ": \"{name}\"");
            } else if (!isKnown) {
                error("key \"" + key + "\" means nothing for kind " + kind + ": remove it (known are "
                        + all.stream()
                                .map(one -> one.equals(WHERE)
                                        ? "where.<variable>"
                                        : one.endsWith(".") ? one + "<name>" : one)
                                .collect(Collectors.joining(", "))
                        + ")");
            }
        }
    }

    boolean has(String key) {
        return keys.containsKey(key);
    }

    /** The value of a key as it is written; empty where there is none. */
    String text(String key) {
        return keys.getOrDefault(key, "");
    }

    Optional<String> required(String key) {
        String value = text(key).strip();
        if (value.isEmpty()) {
            error(key + " is missing: add it");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** The keys that begin so, without that beginning, and their values. */
    Map<String, String> below(String beginning) {
        Map<String, String> found = new TreeMap<>();
        keys.forEach((key, value) -> {
            if (key.startsWith(beginning) && key.length() > beginning.length()) {
                found.put(key.substring(beginning.length()), value);
            }
        });
        return found;
    }

    OptionalInt number(String key, int max) {
        String text = text(key).strip();
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= max) {
                return OptionalInt.of(number);
            }
        }
        error(key + " is \"" + text + "\": write a whole number from 1 to " + max);
        return OptionalInt.empty();
    }

    /** One of several words; what YAML writes as null is the word null, where there is such a word, or none. */
    <E extends Enum<E>> E choice(String key, Class<E> words, E standard) {
        if (!has(key)) {
            return standard;
        }
        String written = text(key).strip();
        String text = written.isEmpty() ? "null" : written;
        List<E> all = List.of(words.getEnumConstants());
        for (E one : all) {
            if (word(one).equals(text)) {
                return one;
            }
        }
        List<String> names =
                Arrays.stream(words.getEnumConstants()).map(RuleText::word).toList();
        error(key + " is \"" + written + "\": write " + String.join(", ", names.subList(0, names.size() - 1)) + " or "
                + names.getLast());
        return standard;
    }

    /** How an operator writes it. */
    static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }

    /** The paths that the rule is for: {@code path}, restricted by each {@code where.<variable>}. */
    Optional<PathTemplate> template() {
        return required("path").flatMap(path -> switch (PathTemplate.parse(path)) {
            case PathTemplate.Parsed.Valid(PathTemplate template) -> Optional.of(template.where(conditions(template)));
            case PathTemplate.Parsed.Invalid(String reason) -> {
                error(reason);
                yield Optional.empty();
            }
        });
    }

    private Map<String, Pattern> conditions(PathTemplate template) {
        Map<String, Pattern> conditions = new LinkedHashMap<>();
        below(WHERE).forEach((variable, expression) -> {
            if (!template.variables().contains(variable)) {
                error(WHERE + variable + " restricts {" + variable + "}, which the path does not have: "
                        + (template.variables().isEmpty()
                                ? "the path has no variables, so remove it"
                                : "its variables are " + braced(template.variables())));
            } else if (expression.isBlank()) {
                error(WHERE + variable + " is empty, so that no value would match: write a regular expression for the"
                        + " whole value of {" + variable + "}");
            } else {
                try {
                    conditions.put(variable, Pattern.compile(expression.strip()));
                } catch (PatternSyntaxException e) {
                    error(WHERE + variable + " is \"" + expression + "\", which is no regular expression ("
                            + e.getDescription() + "): write one for the whole value of {" + variable + "}");
                }
            }
        });
        return conditions;
    }

    Optional<TopicTemplate> topicTemplate() {
        return required("topic").flatMap(text -> switch (TopicTemplate.parse(text)) {
            case TopicTemplate.Parsed.Valid(TopicTemplate template) -> Optional.of(template);
            case TopicTemplate.Parsed.Invalid(String reason) -> {
                error("topic " + reason);
                yield Optional.empty();
            }
        });
    }

    /** What {@code key} uses must be among the path's variables. */
    void refuseUnknownVariables(PathTemplate path, String key, Iterable<String> used) {
        for (String variable : used) {
            if (!path.variables().contains(variable)) {
                error(key + " \"" + text(key) + "\" uses {" + variable + "}, which the path does not have: add it to"
                        + " the path or remove it from the " + key);
            }
        }
    }

    static String braced(Set<String> variables) {
        return variables.stream().map(name -> "{" + name + "}").collect(Collectors.joining(", "));
    }
}
