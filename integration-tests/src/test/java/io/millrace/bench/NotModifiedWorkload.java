package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Clients that have a stream's content, and ask over and over whether it is still the same. Each answer but 304 without a
 * body counts as garbled. At the end the stream grows: who is then told that nothing is new has lost that.
 */
record NotModifiedWorkload(String name, int clients, long streamBytes, Appends appends) implements Workload {

    private static final String FROM_BEGINNING = "offset=-1";
    private static final Duration LAST_ANSWERS = Duration.ofMinutes(1);

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(
                        loop, contender.target(), appends.form().type(), 1)) {
            return new Run(loop, contender, pace, made.names().getFirst()).result();
        }
    }

    /** One run. */
    private final class Run {
        private final EventLoop loop;
        private final Target target;
        private final Pace pace;
        private final String stream;
        private final Window window;
        private final Latencies latencies = new Latencies();
        private long answers;
        private long wrong;
        private boolean asked;
        private boolean grown;

        Run(EventLoop loop, Contender contender, Pace pace, String stream) {
            this.loop = loop;
            this.target = contender.target();
            this.pace = pace;
            this.stream = stream;
            this.window = new Window(pace, contender);
        }

        Result result() {
            int[] acknowledged = Fill.run(loop, target, stream, appends, streamBytes);
            CatchUpReader reader = Fill.read(loop, target, stream, appends, acknowledged.length);
            String etag = reader.firstEtag().orElseThrow(() -> new BenchFailure("a response without an ETag"));
            window.start(loop);
            Clients.run(
                    loop,
                    target,
                    clients,
                    "all requests are answered",
                    pace.plus(LAST_ANSWERS),
                    () -> window.isOver() ? Optional.empty() : Optional.of(request(etag)),
                    this::onAnswer);
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure("requests", "1/s", window.perSecond(latencies.count())));
            figures.addAll(latencies.figures());
            figures.addAll(window.cores());
            Verdict verdict = reader.verdict(acknowledged).plus(new Verdict(answers, 0, 0, 0, wrong));
            return new Result(figures, reader.responses() == 1 ? verdict.plus(ofGrowth(etag)) : verdict);
        }

        private ByteBuffer request(String etag) {
            return target.readUnless(etag, stream, FROM_BEGINNING);
        }

        private void onAnswer(ResponseHead head, long bodyBytes, long sentNanos) {
            long now = System.nanoTime();
            answers++;
            if (head.status() != 304 || bodyBytes > 0) {
                wrong++;
            }
            if (window.contains(now)) {
                latencies.add(now - sentNanos);
            }
        }

        /** Only where one response held all: another one's content does not change. */
        private Verdict ofGrowth(String etag) {
            Fill.run(loop, target, stream, appends, 0);
            Clients.run(
                    loop,
                    target,
                    1,
                    "the stream is read when it has grown",
                    LAST_ANSWERS,
                    () -> once(etag),
                    (head, _, _) -> grown = head.status() == 200);
            return new Verdict(1, grown ? 0 : 1, 0, 0, 0);
        }

        private Optional<ByteBuffer> once(String etag) {
            boolean isFirst = !asked;
            asked = true;
            return isFirst ? Optional.of(request(etag)) : Optional.empty();
        }
    }
}
