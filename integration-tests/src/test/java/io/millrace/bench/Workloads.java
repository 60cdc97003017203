package io.millrace.bench;

import java.util.List;

/** The workloads that there are, in the order in which they run. */
final class Workloads {

    private static final int SMALL = 100;
    private static final long MEBIBYTE = 1024 * 1024;

    /** The one that is also run without a gateway. */
    static final AppendWorkload ONE_WRITER = new AppendWorkload("append-1-writer", 1, 1, SMALL);

    /**
     * The larger stream does not fit into what Millrace keeps in memory by default. The smaller one does, whatever ran
     * before: each partition is sure of a sixteenth of 64 MiB, and bytes count twice and more, as sent and as an SSE event.
     */
    static final List<Workload> ALL = List.of(
            ONE_WRITER,
            new AppendWorkload("append-64-writers-1-stream", 64, 1, SMALL),
            new AppendWorkload("append-64-writers-64-streams", 64, 64, SMALL),
            new LiveWorkload("sse-1-reader", 1, 100, SMALL),
            new LiveWorkload("sse-1000-readers", 1_000, 50, SMALL),
            new CatchUpWorkload("catch-up-1-mib", 8, MEBIBYTE),
            new CatchUpWorkload("catch-up-200-mib", 8, 200 * MEBIBYTE));

    private Workloads() {}

    static List<String> names() {
        return ALL.stream().map(Workload::name).toList();
    }
}
