package io.millrace.gateway.broker;

import java.io.IOException;

/** The embedded broker did not start; the message is one sentence that tells the operator why and what to do. */
public final class EmbeddedBrokerException extends IOException {

    private static final long serialVersionUID = 1L;

    public EmbeddedBrokerException(String message) {
        super(message);
    }

    public EmbeddedBrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
