package io.millrace.mapping.rule;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the topic of a stream is named: text with variables of the rule's path in it. */
public final class TopicTemplate {

    private final String text;
    private final TextTemplate template;

    private TopicTemplate(String text, TextTemplate template) {
        this.text = text;
        this.template = template;
    }

    /** A template, or what to change in its text. */
    public sealed interface Parsed {

        /** The template. */
        record Valid(TopicTemplate template) implements Parsed {}

        /** The text is no template. */
        record Invalid(String reason) implements Parsed {}
    }

    /** Parses a template as an operator writes it. */
    public static Parsed parse(String text) {
        return switch (TextTemplate.parse(text)) {
            case TextTemplate.Parsed.Invalid(String reason) -> new Parsed.Invalid("in '" + text + "' " + reason);
            case TextTemplate.Parsed.Valid(TextTemplate template) ->
                TopicName.flaw(template.expand(_ -> "x"))
                        .<Parsed>map(flaw -> new Parsed.Invalid("'" + text + "' gives no legal topic: " + flaw))
                        .orElseGet(() -> new Parsed.Valid(new TopicTemplate(text, template)));
        };
    }

    /** The topic's name, whether legal or not, for these values of all variables. */
    public String expand(Map<String, String> values) {
        return template.expand(name -> {
            String value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException("no value for {" + name + "}");
            }
            return value;
        });
    }

    /** Whether {@code topic} is the name that some values give. */
    public boolean matches(String topic) {
        StringBuilder regex = new StringBuilder();
        for (TextTemplate.Part part : template.parts()) {
            regex.append(
                    switch (part) {
                        case TextTemplate.Part.Literal(String literal) -> Pattern.quote(literal);
                        case TextTemplate.Part.Variable _ -> ".+";
                    });
        }
        return Pattern.matches(regex.toString(), topic);
    }

    /** The names of the variables, in order. */
    public Set<String> variables() {
        return new LinkedHashSet<>(template.variables());
    }

    /** Whether there is no text besides the variables. */
    public boolean isVariablesOnly() {
        return !template.hasLiterals();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicTemplate topic && text.equals(topic.text);
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
