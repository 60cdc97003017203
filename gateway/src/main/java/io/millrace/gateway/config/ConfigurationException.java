package io.millrace.gateway.config;

/** The configuration cannot be used; the message is for the operator and says what to do. */
public final class ConfigurationException extends Exception {

    private static final long serialVersionUID = 1;

    /** With sentences for the operator. */
    public ConfigurationException(String message) {
        super(message);
    }
}
