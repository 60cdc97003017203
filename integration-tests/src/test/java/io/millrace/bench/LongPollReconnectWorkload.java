package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Readers that all come back at once, over connections that are open, and ask by long-poll for what follows an offset that
 * is each one's own: reader 0 begins at the beginning, reader 1 after the first message, and so on. Over and over; latency
 * is from the first request to the last answer.
 *
 * @param readers there are as many messages
 * @param patience what has not come this long after it was asked for counts as lost
 */
record LongPollReconnectWorkload(String name, int readers, int messageBytes, Duration patience) implements Workload {

    private static final Duration FILL = Duration.ofMinutes(2);

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(loop, contender.target(), Target.TEXT, 1)) {
            return new Run(loop, contender.target(), made.names().getFirst()).result(pace);
        }
    }

    /** One run. */
    private final class Run implements LongPollReader.Listener {
        private final EventLoop loop;
        private final Target target;
        private final String stream;
        private final byte[] bytes = new byte[readers * messageBytes];
        private final List<String> offsets = new ArrayList<>(List.of("-1"));
        private final List<Content> contents = new ArrayList<>();
        private int served;

        Run(EventLoop loop, Target target, String stream) {
            this.loop = loop;
            this.target = target;
            this.stream = stream;
        }

        Result result(Pace pace) {
            fill();
            List<LongPollReader> all = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                all.add(new LongPollReader(loop, target, stream, i, this));
            }
            Rounds rounds = new Rounds(pace, System.nanoTime());
            Verdict verdict = Verdict.NOTHING;
            while (verdict.isClean() && rounds.isOpen(System.nanoTime())) {
                verdict = verdict.plus(round(all, rounds));
            }
            all.forEach(LongPollReader::stop);
            return new Result(rounds.figures("all-served"), verdict);
        }

        /** One after the other, because the offset after each must be known. */
        private void fill() {
            Source source = Source.ofText(target, stream, 0, messageBytes);
            Lane lane = new Lane(
                    loop,
                    target,
                    head -> offsets.add(head.field("stream-next-offset")
                            .orElseThrow(() -> new BenchFailure("no Stream-Next-Offset: " + head))));
            for (int i = 0; i < readers; i++) {
                long now = System.nanoTime();
                new Message(0, i, now).encode(bytes, i * messageBytes, messageBytes);
                lane.append(source, now);
            }
            loop.await("the stream is filled", FILL, lane::isIdle);
        }

        private Verdict round(List<LongPollReader> all, Rounds rounds) {
            contents.clear();
            for (int i = 0; i < readers; i++) {
                contents.add(new Content(bytes, messageBytes, i));
            }
            served = 0;
            long beganNanos = System.nanoTime();
            for (int i = 0; i < readers; i++) {
                all.get(i).ask(offsets.get(i));
            }
            loop.runUntil(patience, () -> served == readers);
            rounds.add(beganNanos, Duration.ofNanos(System.nanoTime() - beganNanos));
            return contents.stream().map(Content::verdict).reduce(Verdict.NOTHING, Verdict::plus);
        }

        @Override
        public void onBytes(LongPollReader reader, byte[] answer, int from, int to) {
            contents.get(reader.number()).onBytes(answer, from, to);
        }

        /** A reader that has not got everything yet asks on. */
        @Override
        public void onAnswer(LongPollReader reader) {
            if (contents.get(reader.number()).isComplete()) {
                served++;
            } else {
                reader.askOn();
            }
        }
    }
}
