package io.millrace.gateway.log;

import java.time.Duration;

/** One reader's ear at a stream. */
public interface Watch extends AutoCloseable {

    /**
     * Waits until the stream has changed, or {@link #wake} was called, since the watch was opened or this method last
     * returned.
     *
     * @return false where {@code timeout} passed without either
     */
    boolean await(Duration timeout) throws InterruptedException;

    /** Ends the current or next {@link #await}; for any thread. */
    void wake();

    @Override
    void close();
}
