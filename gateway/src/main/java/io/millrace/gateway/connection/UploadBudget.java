package io.millrace.gateway.connection;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the bodies that clients are sending may take in memory together. */
public final class UploadBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    UploadBudget(long limit) {
        this.limit = limit;
    }

    /** Takes so many bytes; false where there are not so many left. */
    public boolean take(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** So many of the bytes that were taken are free again. */
    public void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }
}
