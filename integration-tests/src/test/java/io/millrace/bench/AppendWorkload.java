package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Writers that append as fast as they are acknowledged; then everything is read and checked.
 *
 * @param writers spread evenly over the streams
 * @param counted what its figure counts
 */
record AppendWorkload(String name, int writers, int streams, Appends appends, Counted counted) implements Workload {

    private static final Duration LAST_ACKNOWLEDGEMENTS = Duration.ofMinutes(1);
    private static final Duration READ = Duration.ofMinutes(1);
    private static final double BYTES_PER_MEGABYTE = 1e6;

    /** What may be counted per second. */
    enum Counted {
        APPENDS,
        MESSAGES,
        MEGABYTES
    }

    /** Appends of one message of text each, which are counted. */
    AppendWorkload(String name, int writers, int streams, int messageBytes) {
        this(name, writers, streams, Appends.of(MessageForm.TEXT, messageBytes), Counted.APPENDS);
    }

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(
                        loop, contender.target(), appends.form().type(), streams)) {
            return new Run(loop, contender, pace, made.names()).result();
        }
    }

    /** One run. */
    private final class Run {
        private final EventLoop loop;
        private final Contender contender;
        private final Pace pace;
        private final Window window;
        private final List<String> names;
        private final List<Writer> all = new ArrayList<>();
        private final Latencies latencies = new Latencies();
        private int readers;
        private int readersDone;

        Run(EventLoop loop, Contender contender, Pace pace, List<String> names) {
            this.loop = loop;
            this.contender = contender;
            this.pace = pace;
            this.names = names;
            for (int i = 0; i < writers; i++) {
                String stream = names.get(i % streams);
                all.add(new Writer(loop, contender.target(), stream, i, appends, this::onAcknowledged));
            }
            this.window = new Window(pace, contender);
        }

        Result result() {
            window.start(loop);
            all.forEach(writer -> writer.send(System.nanoTime()));
            loop.await(
                    "all appends are acknowledged",
                    pace.plus(LAST_ACKNOWLEDGEMENTS),
                    () -> window.isOver() && all.stream().noneMatch(Writer::isWaiting));
            List<Figure> figures = new ArrayList<>();
            figures.add(rate());
            figures.addAll(latencies.figures());
            figures.addAll(window.cores());
            return new Result(figures, check());
        }

        private Figure rate() {
            long count = latencies.count();
            return switch (counted) {
                case APPENDS -> new Figure("appends", "1/s", window.perSecond(count));
                case MESSAGES -> new Figure("messages", "1/s", window.perSecond(count * appends.messages()));
                case MEGABYTES ->
                    new Figure("written", "MB/s", window.perSecond(count * appends.bodyBytes()) / BYTES_PER_MEGABYTE);
            };
        }

        private void onAcknowledged(Writer writer, long sentNanos) {
            long now = System.nanoTime();
            if (window.contains(now)) {
                latencies.add(now - sentNanos);
            }
            if (!window.isOver()) {
                writer.send(now);
            }
        }

        private Verdict check() {
            List<CatchUpReader> reads = new ArrayList<>();
            for (String stream : names) {
                CatchUpReader reader =
                        new CatchUpReader(loop, contender.target(), stream, appends, writers, _ -> readersDone++);
                reads.add(reader);
                reader.start();
                readers++;
            }
            loop.await("all is read", READ, () -> readersDone == readers);
            Verdict verdict = Verdict.NOTHING;
            for (int i = 0; i < reads.size(); i++) {
                verdict = verdict.plus(reads.get(i).verdict(acknowledgedOn(i)));
            }
            return verdict;
        }

        /** What each writer has had acknowledged of what stands in this stream. */
        private int[] acknowledgedOn(int stream) {
            return all.stream()
                    .mapToInt(writer -> writer.number() % streams == stream ? writer.acknowledged() : 0)
                    .toArray();
        }
    }
}
