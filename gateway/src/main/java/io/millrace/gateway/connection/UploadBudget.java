package io.millrace.gateway.connection;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the bodies that clients are sending may take in memory together. */
final class UploadBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    UploadBudget(long limit) {
        this.limit = limit;
    }

    /** Takes so many bytes; false where there are not so many left. */
    boolean take(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }
}
