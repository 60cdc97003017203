package io.millrace.mapping.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Text with {@code {name}} variables in it. */
public record TextTemplate(List<Part> parts) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    public TextTemplate {
        parts = List.copyOf(parts);
    }

    /** A stretch of the template. */
    public sealed interface Part {

        /** Text that stands for itself. */
        record Literal(String text) implements Part {}

        /** A place for a value that is not empty. */
        record Variable(String name) implements Part {}
    }

    /** A template, or what is wrong with its text. */
    sealed interface Parsed {

        /** The template. */
        record Valid(TextTemplate template) implements Parsed {}

        /** The text is no template. */
        record Invalid(String reason) implements Parsed {}
    }

    static Parsed parse(String text) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            String literal = text.substring(at, open < 0 ? text.length() : open);
            if (literal.indexOf('}') >= 0) {
                return new Parsed.Invalid("a '}' has no '{' before it");
            }
            if (!literal.isEmpty()) {
                parts.add(new Part.Literal(literal));
            }
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                return new Parsed.Invalid("a '{' has no '}' after it");
            }
            String name = text.substring(open + 1, close);
            if (!NAME.matcher(name).matches()) {
                return new Parsed.Invalid(
                        "{" + name + "} is no variable: its name must be letters, digits, '-' and '_'");
            }
            parts.add(new Part.Variable(name));
            at = close + 1;
        }
        return new Parsed.Valid(new TextTemplate(parts));
    }

    /** The names of the variables in order, one that stands twice twice. */
    List<String> variables() {
        List<String> names = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Variable(String name)) {
                names.add(name);
            }
        }
        return names;
    }

    boolean hasLiterals() {
        return parts.stream().anyMatch(Part.Literal.class::isInstance);
    }

    /** Whether it stands for any text that is not empty. */
    boolean isOneVariable() {
        return parts.size() == 1 && parts.getFirst() instanceof Part.Variable;
    }

    /** Whether this surely matches every text that the other one does; variables' names do not matter. */
    boolean covers(TextTemplate other) {
        if (isOneVariable()) {
            return true;
        }
        if (other.variables().isEmpty()) {
            return match(other.expand(name -> name), new HashMap<>());
        }
        return nameless().equals(other.nameless());
    }

    private TextTemplate nameless() {
        return new TextTemplate(parts.stream()
                .map(part -> part instanceof Part.Variable ? new Part.Variable("") : part)
                .toList());
    }

    boolean hasAdjacentVariables() {
        for (int i = 1; i < parts.size(); i++) {
            if (parts.get(i - 1) instanceof Part.Variable && parts.get(i) instanceof Part.Variable) {
                return true;
            }
        }
        return false;
    }

    /** The text with each variable replaced. */
    String expand(UnaryOperator<String> valueOf) {
        StringBuilder expanded = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String text) -> expanded.append(text);
                case Part.Variable(String name) -> expanded.append(valueOf.apply(name));
            }
        }
        return expanded.toString();
    }

    /**
     * Whether the whole text matches; the values of the variables are added. Variables do not touch, so taking each
     * literal where it first occurs finds a match if there is one, and the time is bounded by the text's length for
     * each part.
     */
    boolean match(String text, Map<String, String> values) {
        int from = 0;
        for (int i = 0; i < parts.size(); i++) {
            boolean last = i == parts.size() - 1;
            switch (parts.get(i)) {
                case Part.Literal(String literal) -> {
                    if (!text.startsWith(literal, from) || (last && from + literal.length() != text.length())) {
                        return false;
                    }
                    from += literal.length();
                }
                case Part.Variable(String name) -> {
                    int end = last ? text.length() : endOfValue(text, from, i);
                    if (end <= from) {
                        return false;
                    }
                    values.put(name, text.substring(from, end));
                    from = end;
                }
            }
        }
        return true;
    }

    /** Where the literal after this variable begins: at the end of the text if it is the last part, else the first. */
    private int endOfValue(String text, int from, int variable) {
        if (!(parts.get(variable + 1) instanceof Part.Literal(String literal))) {
            throw new IllegalStateException("two variables touch");
        }
        return variable + 1 == parts.size() - 1
                ? (text.endsWith(literal) ? text.length() - literal.length() : -1)
                : text.indexOf(literal, from + 1);
    }
}
