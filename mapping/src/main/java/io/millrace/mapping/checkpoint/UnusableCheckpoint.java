package io.millrace.mapping.checkpoint;

/** Thrown where a checkpoint's parts are not what its writer wrote, or what this build can read: another one is needed. */
public final class UnusableCheckpoint extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With what is wrong with it. */
    public UnusableCheckpoint(String why) {
        super(why);
    }
}
