package io.millrace.bench;

import java.io.IOException;
import java.net.URI;

/**
 * A server in a process that was made for one run, and ends with it.
 *
 * @param process the server's alone, without what it stores in
 * @param end ends it
 */
public record Fresh(URI base, ProcessHandle process, End end) implements AutoCloseable {

    /** How a server is ended. */
    public interface End {
        void end() throws IOException;
    }

    /** What a server that is launched knows of those before it. */
    public enum Training {
        /** Nothing. */
        NONE,

        /** Nothing, and it leaves to others what it learns until it ends. */
        LEARNS,

        /** What the last one that learnt has left. */
        LEARNT
    }

    /** How servers of one kind are started. */
    public interface Kind {

        /** Starts one, and returns when it serves. */
        Fresh start() throws Exception;

        /**
         * Starts the process of one as an operator does, and returns at once.
         *
         * @param training what it has learnt before, if there is any
         */
        default Fresh launch(Training training) throws Exception {
            throw new BenchFailure("nothing is known of how an operator starts this server");
        }
    }

    Target target() {
        return new Target(base);
    }

    @Override
    public void close() throws IOException {
        end.end();
    }
}
