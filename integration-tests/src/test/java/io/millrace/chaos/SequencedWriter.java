package io.millrace.chaos;

import io.millrace.history.Outcome;
import io.millrace.history.Refusal;
import io.millrace.history.Writer;
import java.util.concurrent.atomic.AtomicLong;

/** Appends with {@code Stream-Seq}; what may have failed it sends again with the same one. Several share a counter. */
record SequencedWriter(
        RecordingClient client, String path, Format format, AtomicLong counter, AtClose atClose, Phase phase)
        implements ChaosClient {

    @Override
    public void run() throws InterruptedException {
        Messages messages = new Messages(client.name(), client.random());
        String streamSeq = next();
        while (phase.isWriting()) {
            Outcome outcome = client.append(
                    path, format, messages.next("seq " + streamSeq), new Writer.Sequenced(streamSeq), false);
            if (outcome instanceof Outcome.Refused(Refusal.Closed _) && atClose == AtClose.LEAVE) {
                return;
            }
            if (outcome instanceof Outcome.Acknowledged || outcome instanceof Outcome.Refused(Refusal.Regression _)) {
                streamSeq = next();
            }
            ChaosClient.pause(client, 60, 240);
        }
    }

    private String next() {
        return "%010d".formatted(counter.incrementAndGet());
    }
}
