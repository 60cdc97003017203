package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Readers that wait at the tail of one stream by long-poll, and one message, over and over. Latency is from the moment at
 * which the message is sent to the moment at which the last of all readers has it; then all of them ask again.
 *
 * @param patience what has not come this long after its append counts as lost
 */
record LongPollWakeWorkload(String name, int readers, int messageBytes, Duration patience) implements Workload {

    /** For requests to arrive where they wait. */
    private static final Duration SETTLE = Duration.ofMillis(300);

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(loop, contender.target(), Target.TEXT, 1)) {
            return new Run(loop, contender, made.names().getFirst()).result(new Rounds(pace, System.nanoTime()));
        }
    }

    /** One run. */
    private final class Run implements LongPollReader.Listener {
        private final EventLoop loop;
        private final Source source;
        private final Lane lane;
        private final List<LongPollReader> all = new ArrayList<>();
        private final List<DeliveryCheck> checks = new ArrayList<>();
        private final List<Cutter> cutters = new ArrayList<>();
        private final boolean[] served = new boolean[readers];
        private int servedReaders;

        Run(EventLoop loop, Contender contender, String stream) {
            this.loop = loop;
            this.source = Source.ofText(contender.target(), stream, 0, messageBytes);
            this.lane = new Lane(loop, contender.target(), _ -> {});
            for (int i = 0; i < readers; i++) {
                int reader = i;
                DeliveryCheck check = new DeliveryCheck(1);
                checks.add(check);
                cutters.add(MessageForm.TEXT.cutter(
                        messageBytes, message -> served[reader] |= check.onMessage(message), check::onGarbled));
                all.add(new LongPollReader(loop, contender.target(), stream, i, this));
            }
        }

        Result result(Rounds rounds) {
            boolean complete = true;
            while (complete && rounds.isOpen(System.nanoTime())) {
                all.forEach(LongPollReader::askOn);
                loop.runUntil(SETTLE, () -> false);
                complete = round(rounds);
            }
            all.forEach(LongPollReader::stop);
            Verdict verdict = Verdict.NOTHING;
            for (int i = 0; i < readers; i++) {
                cutters.get(i).onEnd();
                verdict = verdict.plus(checks.get(i).verdict(new int[] {source.acknowledged()}));
            }
            return new Result(rounds.figures("all-served"), verdict);
        }

        /** Returns whether all readers were served. */
        private boolean round(Rounds rounds) {
            Arrays.fill(served, false);
            servedReaders = 0;
            long sentNanos = System.nanoTime();
            lane.append(source, sentNanos);
            boolean complete = loop.runUntil(patience, () -> servedReaders == readers);
            rounds.add(sentNanos, Duration.ofNanos(System.nanoTime() - sentNanos));
            return complete && loop.runUntil(StreamSet.ONE_REQUEST, lane::isIdle);
        }

        @Override
        public void onBytes(LongPollReader reader, byte[] bytes, int from, int to) {
            cutters.get(reader.number()).onBytes(bytes, from, to);
        }

        /** A reader waits for the others; one that has got something else than the message asks on. */
        @Override
        public void onAnswer(LongPollReader reader) {
            if (served[reader.number()]) {
                servedReaders++;
            } else {
                reader.askOn();
            }
        }
    }
}
