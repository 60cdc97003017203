package io.millrace.gateway.connection;

/** The client was silent in the middle of a body for too long, or the whole of it took too long. */
public final class ClientTooSlowException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** To be thrown in place of what was to be read. */
    public ClientTooSlowException() {
        super("the client does not go on sending", null, false, false);
    }
}
