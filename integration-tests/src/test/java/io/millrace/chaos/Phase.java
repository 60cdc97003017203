package io.millrace.chaos;

/** What the clients of a run are to do: write and read, only read, or read to the end and leave. */
public final class Phase {

    private volatile boolean isWriting = true;
    private volatile boolean isReading = true;

    boolean isWriting() {
        return isWriting;
    }

    boolean isReading() {
        return isReading;
    }

    /** Writers finish what they are at, and begin nothing new. */
    public void endWriting() {
        isWriting = false;
    }

    /** Readers leave as soon as they have read all that there is. */
    public void endReading() {
        isReading = false;
    }
}
