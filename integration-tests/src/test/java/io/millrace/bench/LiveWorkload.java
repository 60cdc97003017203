package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One stream that grows at a fixed rate, and SSE readers that follow it. Latency is from the moment at which a message is
 * due to be sent, also where the writer has to wait for the acknowledgement of the one before, to the moment at which a
 * reader has it.
 *
 * @param perSecond messages
 */
record LiveWorkload(String name, int readers, int perSecond, int messageBytes) implements Workload {

    private static final Duration CONNECT = Duration.ofMinutes(1);
    private static final Duration LAST_ACKNOWLEDGEMENT = Duration.ofMinutes(1);

    /** What has not come this long after the last acknowledgement counts as lost. */
    private static final Duration LAST_DELIVERIES = Duration.ofSeconds(20);

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(loop, contender.target(), Target.TEXT, 1)) {
            return new Run(loop, contender, pace, made.names().getFirst()).result();
        }
    }

    /** One run. */
    private final class Run implements EventReader.Listener {
        private final EventLoop loop;
        private final PacedWriter writer;
        private final List<EventReader> all = new ArrayList<>();
        private final Latencies latencies = new Latencies();
        private final Pace pace;
        private final Window window;
        private int live;
        private long delivered;
        private long deliveredInWindow;

        Run(EventLoop loop, Contender contender, Pace pace, String stream) {
            this.loop = loop;
            this.pace = pace;
            this.window = new Window(pace, contender);
            this.writer = new PacedWriter(loop, contender.target(), stream, messageBytes, perSecond);
            for (int i = 0; i < readers; i++) {
                all.add(new EventReader(loop, contender.target(), stream, messageBytes, 1, this));
            }
        }

        Result result() {
            all.forEach(EventReader::start);
            loop.await("all readers follow", CONNECT, () -> live == readers);
            window.start(loop);
            writer.start(window);
            loop.await(
                    "the last append is acknowledged",
                    pace.plus(LAST_ACKNOWLEDGEMENT),
                    () -> window.isOver() && writer.isDone());
            loop.runUntil(LAST_DELIVERIES, () -> delivered >= (long) readers * writer.acknowledged());
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure("deliveries", "1/s", window.perSecond(deliveredInWindow)));
            figures.addAll(latencies.figures());
            figures.addAll(window.cores());
            int[] acknowledged = {writer.acknowledged()};
            Verdict verdict =
                    all.stream().map(reader -> reader.verdict(acknowledged)).reduce(Verdict.NOTHING, Verdict::plus);
            return new Result(figures, verdict);
        }

        @Override
        public void onLive() {
            live++;
        }

        @Override
        public void onMessage(Message message) {
            long now = System.nanoTime();
            delivered++;
            if (window.contains(now)) {
                deliveredInWindow++;
            }
            if (window.contains(message.sentNanos())) {
                latencies.add(now - message.sentNanos());
            }
        }
    }
}
