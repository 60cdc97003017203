package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Readers that read one stream from its beginning to its tail, over and over; all of it is checked.
 *
 * @param streamBytes how much there is to read, about
 * @param appends what the stream is made of
 */
record CatchUpWorkload(String name, int readers, long streamBytes, Appends appends) implements Workload {

    /** Messages of 1 KiB, 64 of them at once, as bytes. */
    static final Appends IN_BYTES = Appends.of(MessageForm.BYTES, 1024).inBatchesOf(64);

    private static final Duration LAST_READ = Duration.ofMinutes(2);
    private static final double BYTES_PER_MEGABYTE = 1e6;

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(
                        loop, contender.target(), appends.form().type(), 1)) {
            return new Run(loop, contender, pace, made.names().getFirst()).result();
        }
    }

    /** One run. */
    private final class Run implements CatchUpReader.Listener {
        private final EventLoop loop;
        private final Contender contender;
        private final String stream;
        private int[] acknowledged = {};
        private final Pace pace;
        private final Window window;
        private Verdict verdict = Verdict.NOTHING;
        private OptionalLong order = OptionalLong.empty();
        private int reading;
        private long bytesInWindow;

        Run(EventLoop loop, Contender contender, Pace pace, String stream) {
            this.loop = loop;
            this.contender = contender;
            this.stream = stream;
            this.pace = pace;
            this.window = new Window(pace, contender);
        }

        Result result() {
            acknowledged = Fill.run(loop, contender.target(), stream, appends, streamBytes);
            window.start(loop);
            for (int i = 0; i < readers; i++) {
                read();
            }
            loop.await("all readers have read on to the tail", pace.plus(LAST_READ), () -> reading == 0);
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure("read", "MB/s", window.perSecond(bytesInWindow) / BYTES_PER_MEGABYTE));
            figures.addAll(window.cores());
            return new Result(figures, verdict);
        }

        private void read() {
            reading++;
            new CatchUpReader(loop, contender.target(), stream, appends, acknowledged.length, this).start();
        }

        @Override
        public void onBytes(int bytes) {
            if (window.contains(System.nanoTime())) {
                bytesInWindow += bytes;
            }
        }

        @Override
        public void onUpToDate(CatchUpReader reader) {
            Verdict ofReader = reader.verdict(acknowledged);
            verdict = verdict.plus(ofReader);
            if (ofReader.isClean() && reader.order() != order.orElse(reader.order())) {
                verdict = verdict.plus(Verdict.IN_ANOTHER_ORDER);
            }
            if (ofReader.isClean()) {
                order = OptionalLong.of(order.orElse(reader.order()));
            }
            reading--;
            if (!window.isOver()) {
                read();
            }
        }
    }
}
