package io.millrace.it;

import java.util.concurrent.atomic.AtomicInteger;

/** Names that no other test and no earlier run on the same broker uses. */
final class Names {

    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Names() {}

    /** A path segment. */
    static String unique(String meaning) {
        return meaning + "-" + RUN + "-" + COUNT.incrementAndGet();
    }
}
