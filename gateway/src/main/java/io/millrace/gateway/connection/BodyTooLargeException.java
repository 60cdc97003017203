package io.millrace.gateway.connection;

/** A body, or one chunk of one, is larger than anybody wants it to be. */
public final class BodyTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BodyTooLargeException() {
        super("the body is too large", null, false, false);
    }
}
