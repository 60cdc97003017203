package io.millrace.gateway.connection;

/** All the memory for bodies on their way in is in use. */
public final class UploadsFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** To be thrown before more of a body is kept. */
    public UploadsFullException() {
        super("the bodies of other requests take all memory there is for them", null, false, false);
    }
}
