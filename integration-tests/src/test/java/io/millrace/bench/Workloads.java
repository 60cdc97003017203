package io.millrace.bench;

import io.millrace.bench.AppendWorkload.Counted;
import java.time.Duration;
import java.util.List;

/** The workloads that there are, in the order in which they run. */
final class Workloads {

    private static final int SMALL = 100;

    /** Of the topic of a gateway that is not told otherwise. */
    private static final int PARTITIONS = 16;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long MEBIBYTE = 1024 * 1024;
    private static final long MEGABYTE = 1_000_000;
    private static final Appends PRODUCERS = Appends.of(MessageForm.TEXT, SMALL).byProducers();
    private static final Appends JSON_BATCHES =
            Appends.of(MessageForm.JSON, SMALL).inBatchesOf(100);
    private static final Appends LARGE = Appends.of(MessageForm.TEXT, Message.LARGEST);

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
            new AppendWorkload("append-32-producers-1-stream", 32, 1, PRODUCERS, Counted.APPENDS),
            new AppendWorkload("append-32-producers-32-streams", 32, 32, PRODUCERS, Counted.APPENDS),
            new AppendWorkload("append-json-batches", 16, 1, JSON_BATCHES, Counted.MESSAGES),
            new AppendWorkload("append-64-kib", 16, 4, LARGE, Counted.MEGABYTES),
            new CreateWorkload("create", 16),
            LiveWorkload.ofOneStream("sse-1-reader", 1, 100, SMALL),
            LiveWorkload.ofOneStream("sse-10-readers", 10, 50, SMALL),
            LiveWorkload.ofOneStream("sse-1000-readers", 1_000, 50, SMALL),
            new LiveWorkload("sse-1000-readers-saturated", 1, 1_000, 16, 400, SMALL),
            new LiveWorkload("sse-5000-readers", 1, 5_000, 16, 100, SMALL),
            new LiveWorkload("sse-1000-streams", 1_000, 1_000, 64, 1_000, SMALL),
            new IdleReadersWorkload("sse-idle-memory", 5_000, SMALL, PATIENCE),
            new LongPollWakeWorkload("long-poll-wake", 2_000, SMALL, PATIENCE),
            new LongPollReconnectWorkload("long-poll-reconnect", 2_000, SMALL, PATIENCE),
            new CatchUpWorkload("catch-up-1-mib", 8, MEBIBYTE, CatchUpWorkload.IN_BYTES),
            new CatchUpWorkload("catch-up-json", 8, 20 * MEGABYTE, JSON_BATCHES),
            new NotModifiedWorkload("not-modified", 16, 20 * MEGABYTE, JSON_BATCHES),
            new CatchUpWorkload("catch-up-200-mib", 8, 200 * MEBIBYTE, CatchUpWorkload.IN_BYTES),
            new ScatteredWorkload("scattered-stream", PARTITIONS, 1_000, 10_000, SMALL),
            new StartWorkload("start", 5, SMALL));

    private Workloads() {}

    static List<String> names() {
        return ALL.stream().map(Workload::name).toList();
    }
}
