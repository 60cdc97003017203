package io.millrace.bench;

import io.millrace.mapping.stream.StreamPath;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One stream whose records are scattered among those of many others in the same partition of Kafka, read from beginning to
 * tail on a gateway that has just started: once, for which it has to load the partition, and once more.
 *
 * @param partitions of the topic that a gateway's streams are in by default
 * @param others streams that grow meanwhile
 * @param messages in the one stream
 */
record ScatteredWorkload(String name, int partitions, int others, int messages, int messageBytes) implements Workload {

    private static final int WRITERS = 8;
    private static final int CONNECTIONS_OF_OTHERS = 56;
    private static final Duration FILL = Duration.ofMinutes(3);

    @Override
    public Optional<String> reasonToSkip(Contender contender) {
        return contender.isMillrace()
                ? Optional.empty()
                : Optional.of("it is about partitions of Kafka, and needs a gateway that has just started");
    }

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made =
                        StreamSet.create(loop, contender.target(), Target.TEXT, 1 + others, this::isInFirstPartition)) {
            int[] acknowledged = fill(loop, contender.target(), made.names());
            try (Fresh gateway = contender.startAnother()) {
                Reading first = read(loop, gateway, made, acknowledged);
                Reading second = read(loop, gateway, made, acknowledged);
                return new Result(
                        List.of(
                                new Figure("first-read", "ms", first.millis()),
                                new Figure("second-read", "ms", second.millis())),
                        first.verdict().plus(second.verdict()));
            }
        }
    }

    private Reading read(EventLoop loop, Fresh gateway, StreamSet made, int[] acknowledged) {
        return Reading.toTail(loop, gateway.target(), made.names().getFirst(), messageBytes, acknowledged);
    }

    private boolean isInFirstPartition(String stream) {
        return StreamPath.of(stream).partition(partitions) == 0;
    }

    /** Returns how many messages of each writer to the first stream are acknowledged. */
    private int[] fill(EventLoop loop, Target target, List<String> streams) {
        List<Source> sources = new ArrayList<>();
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Source source = Source.ofText(target, streams.getFirst(), i, messageBytes);
            Lane lane = new Lane(loop, target, _ -> {});
            sources.add(source);
            lanes.add(lane);
            for (int message = i; message < messages; message += WRITERS) {
                lane.append(source, System.nanoTime());
            }
        }
        List<Noise> noise = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_OF_OTHERS; i++) {
            noise.add(new Noise(loop, target, streams, i));
        }
        loop.await("the stream is filled", FILL, () -> lanes.stream().allMatch(Lane::isIdle));
        noise.forEach(Noise::stop);
        loop.await(
                "others have ended", StreamSet.ONE_REQUEST, () -> noise.stream().allMatch(Noise::isIdle));
        return sources.stream().mapToInt(Source::acknowledged).toArray();
    }

    /** Appends to some of the other streams in turn, as fast as that is acknowledged. */
    private final class Noise {
        private final List<Source> sources = new ArrayList<>();
        private final Lane lane;
        private int next;
        private boolean over;

        Noise(EventLoop loop, Target target, List<String> streams, int connection) {
            for (int stream = 1 + connection; stream < streams.size(); stream += CONNECTIONS_OF_OTHERS) {
                sources.add(Source.ofText(target, streams.get(stream), stream, messageBytes));
            }
            lane = new Lane(loop, target, _ -> append());
            append();
        }

        private void append() {
            if (!over) {
                lane.append(sources.get(next), System.nanoTime());
                next = (next + 1) % sources.size();
            }
        }

        void stop() {
            over = true;
        }

        boolean isIdle() {
            return lane.isIdle();
        }
    }
}
