package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Who waits for Kafka on behalf of a request: bounded in all, and at each thing that can be waited for. */
final class Waiting {

    /*
     * A request that waits for Kafka holds a thread, a connection and its body. What makes it wait for long is mostly
     * the trouble of one thing: a partition without a leader, or with a transaction left open, where every append waits
     * until its 504; a flood of names that no topic has; partitions that load. It may not take the places of the others,
     * so each thing gets a part of the whole only. With all of Kafka gone the whole is the bound. A part must still be
     * large: the readers of one stream who all come back at once wait for one and the same barrier, which is cheap.
     *
     * A place is taken before anything is handed to Kafka, so who is turned away has written nothing; and for as long as
     * the wait is, not for the request: a read from memory needs none, nor does a reader that waits for data to come.
     */

    /** Of the whole, one thing may take this part. */
    private static final int PARTS = 4;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** What can be waited for beside a partition's own log. */
    enum For {
        /** Whether there is a topic of a name that is not known. */
        LOOKUP("for the lookup of unknown topics"),
        /** A partition to be loaded, whichever. */
        LOAD("for partitions to be loaded");

        private final String words;

        For(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** One that waits, until it is closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    private final int most;
    private final int mostForOne;
    private final Map<Object, Integer> shares = new HashMap<>();
    private int all;

    /** Room for {@code most}. */
    Waiting(int most) {
        this.most = most;
        this.mostForOne = Math.max(1, most / PARTS);
    }

    /**
     * Takes a place to wait for {@code what}, a partition or a {@link For}.
     *
     * @throws LogFailure.Unavailable where there is none
     */
    synchronized Place enter(Object what) throws LogFailure.Unavailable {
        int share = shares.getOrDefault(what, 0);
        if (share >= mostForOne) {
            throw full(mostForOne + " requests wait " + words(what) + ", a quarter of all that may wait");
        }
        if (all >= most) {
            throw full(most + " requests wait for Kafka");
        }
        shares.put(what, share + 1);
        all++;
        return () -> leave(what);
    }

    private synchronized void leave(Object what) {
        shares.computeIfPresent(what, (_, share) -> share == 1 ? null : share - 1);
        all--;
    }

    private static String words(Object what) {
        return what instanceof For ? what.toString() : "for partition " + what;
    }

    private static LogFailure.Unavailable full(String why) {
        return new LogFailure.Unavailable(why + " (streams.max-waiting); try again", RETRY_AFTER);
    }
}
