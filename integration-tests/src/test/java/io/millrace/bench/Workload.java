package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Something to do to a server, and what is measured and checked meanwhile. */
interface Workload {

    /**
     * What one run came to.
     *
     * @param verdict over everything that was read
     */
    record Result(List<Figure> figures, Verdict verdict) {}

    /** Its name on the command line and in the figures. */
    String name();

    /** Why it cannot be done to this server; empty where it can. */
    default Optional<String> reasonToSkip(Contender contender) {
        return Optional.empty();
    }

    /** A run, from making its streams to deleting them. */
    Result run(Contender contender, Pace pace) throws IOException;
}
