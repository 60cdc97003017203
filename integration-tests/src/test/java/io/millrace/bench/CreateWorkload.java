package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Clients that create streams as fast as they are answered. Then a sample is read, and all are deleted: a stream that is not
 * there for either is lost, and one with content is garbled.
 */
record CreateWorkload(String name, int clients) implements Workload {

    /** Spread evenly over all streams, in the order in which they were created. */
    private static final int SAMPLE = 1_000;

    private static final Duration LAST_ANSWERS = Duration.ofMinutes(1);
    private static final Duration CHECK = Duration.ofMinutes(1);
    private static final Duration DELETE = Duration.ofMinutes(2);

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                Run made = new Run(loop, contender, pace)) {
            return made.result();
        }
    }

    /** One run. */
    private final class Run implements AutoCloseable {
        private final EventLoop loop;
        private final Target target;
        private final Pace pace;
        private final Window window;
        private final String prefix = StreamSet.newPrefix();
        private final Latencies latencies = new Latencies();
        private int created;
        private int sampled;
        private int deleted;
        private long notRead;
        private long notDeleted;
        private long garbled;

        Run(EventLoop loop, Contender contender, Pace pace) {
            this.loop = loop;
            this.target = contender.target();
            this.pace = pace;
            this.window = new Window(pace, contender);
        }

        Result result() {
            window.start(loop);
            run("all streams are created", pace.plus(LAST_ANSWERS), this::nextToCreate, this::onCreated);
            run("the sample is read", CHECK, this::nextToRead, this::onRead);
            close();
            long lost = Math.max(notRead, notDeleted); // who finds none to read finds none to delete
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure("creates", "1/s", window.perSecond(latencies.count())));
            figures.addAll(latencies.figures());
            figures.addAll(window.cores());
            return new Result(figures, new Verdict(created - lost, lost, 0, 0, garbled));
        }

        /** Deletes what there is, because some servers keep it in memory. */
        @Override
        public void close() {
            run("all streams are deleted", DELETE, this::nextToDelete, this::onDeleted);
        }

        private void run(
                String what, Duration atMost, Supplier<Optional<ByteBuffer>> requests, Clients.Listener listener) {
            Clients.run(loop, target, clients, what, atMost, requests, listener);
        }

        private Optional<ByteBuffer> nextToCreate() {
            return window.isOver() ? Optional.empty() : Optional.of(target.create(prefix + created++, Target.TEXT));
        }

        private void onCreated(ResponseHead head, long bodyBytes, long sentNanos) {
            if (head.status() != 201) {
                throw new BenchFailure("a stream was not created: " + head);
            }
            long now = System.nanoTime();
            if (window.contains(now)) {
                latencies.add(now - sentNanos);
            }
        }

        private Optional<ByteBuffer> nextToRead() {
            if (sampled == Math.min(SAMPLE, created)) {
                return Optional.empty();
            }
            long number = created <= SAMPLE ? sampled : (long) sampled * created / SAMPLE;
            sampled++;
            return Optional.of(target.read(prefix + number, "offset=-1"));
        }

        private void onRead(ResponseHead head, long bodyBytes, long sentNanos) {
            if (head.status() == 404) {
                notRead++;
            } else if (head.status() != 200) {
                throw new BenchFailure("a read was refused: " + head);
            } else if (bodyBytes > 0) {
                garbled++;
            }
        }

        private Optional<ByteBuffer> nextToDelete() {
            return deleted == created ? Optional.empty() : Optional.of(target.delete(prefix + deleted++));
        }

        private void onDeleted(ResponseHead head, long bodyBytes, long sentNanos) {
            if (head.status() == 404) {
                notDeleted++;
            } else if (head.status() != 204) {
                throw new BenchFailure("a stream was not deleted: " + head);
            }
        }
    }
}
