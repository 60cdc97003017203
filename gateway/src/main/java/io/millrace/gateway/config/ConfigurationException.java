package io.millrace.gateway.config;

import java.util.List;

/** The configuration cannot be used; the message is for the operator and says what to do. */
public final class ConfigurationException extends Exception {

    private static final long serialVersionUID = 1;

    private final String[] sentences;

    /** With a sentence for the operator. */
    public ConfigurationException(String sentence) {
        this(List.of(sentence));
    }

    /** With sentences for the operator, one for each error. */
    public ConfigurationException(List<String> sentences) {
        super(String.join("\n", sentences));
        this.sentences = sentences.toArray(String[]::new);
    }

    /** One sentence for each error. */
    public List<String> sentences() {
        return List.of(sentences);
    }
}
