package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Streams that grow at a fixed rate, and SSE readers that follow them. Latency is from the moment at which a message is
 * due to be sent, also where the writer has to wait for the acknowledgement of the one before, to the moment at which a
 * reader has it.
 *
 * @param streams the readers are spread evenly over them
 * @param connections over which all is written
 * @param perSecond messages, on all streams together
 */
record LiveWorkload(String name, int streams, int readers, int connections, int perSecond, int messageBytes)
        implements Workload {

    private static final Duration CONNECT = Duration.ofMinutes(1);
    private static final Duration LAST_ACKNOWLEDGEMENT = Duration.ofMinutes(2);

    /** What has not come when this long nothing has counts as lost. */
    private static final Duration LAST_DELIVERY = Duration.ofSeconds(20);

    /** So does what has not come this long after the last acknowledgement. */
    private static final Duration ALL_DELIVERIES = Duration.ofMinutes(3);

    LiveWorkload {
        if (streams > 1 && connections > streams) {
            throw new IllegalArgumentException("only a single stream is written to over several connections");
        }
        if (readers % streams != 0) {
            throw new IllegalArgumentException("each stream has as many readers");
        }
    }

    /** One stream, written to by one writer. */
    static LiveWorkload ofOneStream(String name, int readers, int perSecond, int messageBytes) {
        return new LiveWorkload(name, 1, readers, 1, perSecond, messageBytes);
    }

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(loop, contender.target(), Target.TEXT, streams)) {
            return new Run(loop, contender, pace, made.names()).result();
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

        Run(EventLoop loop, Contender contender, Pace pace, List<String> names) {
            this.loop = loop;
            this.pace = pace;
            this.window = new Window(pace, contender);
            this.writer = new PacedWriter(loop, contender.target(), names, connections, messageBytes, perSecond);
            for (int i = 0; i < readers; i++) {
                int stream = i % streams;
                DeliveryCheck check = new DeliveryCheck(stream, acknowledgedOn(stream).length);
                all.add(new EventReader(loop, contender.target(), names.get(stream), messageBytes, check, this));
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
            awaitDeliveries();
            all.forEach(EventReader::stop);
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure("deliveries", "1/s", window.perSecond(deliveredInWindow)));
            figures.addAll(latencies.figures());
            figures.addAll(window.cores());
            return new Result(figures, verdict());
        }

        private void awaitDeliveries() {
            long expected = (long) readers
                    / streams
                    * Arrays.stream(writer.acknowledged()).sum();
            long deadlineNanos = System.nanoTime() + ALL_DELIVERIES.toNanos();
            long before;
            do {
                before = delivered;
                if (loop.runUntil(LAST_DELIVERY, () -> delivered >= expected)) {
                    return;
                }
            } while (delivered > before && System.nanoTime() - deadlineNanos < 0);
        }

        private Verdict verdict() {
            Verdict verdict = Verdict.NOTHING;
            for (int i = 0; i < readers; i++) {
                verdict = verdict.plus(all.get(i).verdict(acknowledgedOn(i % streams)));
            }
            return verdict;
        }

        /** By those who write to this stream: to one of several, only the one with its number. */
        private int[] acknowledgedOn(int stream) {
            int[] acknowledged = writer.acknowledged();
            return streams == 1 ? acknowledged : new int[] {acknowledged[stream]};
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
