package io.millrace.mapping.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * The barriers of one partition: each asks for the log's end and is passed once the replay has reached it. Many share
 * one question to Kafka, but a barrier may join only a question that had not been sent when it arrived: an earlier one
 * may have been answered before the append that this barrier must not miss. Not safe for use by several threads.
 */
public final class Barriers {

    /** One request's wait for freshness. */
    public static final class Barrier {
        private final long question;
        private long end = UNANSWERED;
        private boolean failed;

        private Barrier(long question) {
            this.question = question;
        }

        /** Whether a replay at {@code position} has seen all that was in the log when this barrier arrived. */
        public boolean passedAt(long position) {
            return answered() && position >= end;
        }

        /** Whether Kafka has said where the log ended. */
        public boolean answered() {
            return end != UNANSWERED;
        }

        /** Whether Kafka could not be asked. */
        public boolean failed() {
            return failed;
        }
    }

    private static final long UNANSWERED = -1;

    private final List<Barrier> unanswered = new ArrayList<>();
    private long sent;
    private boolean inFlight;

    /** A request that needs to know all that was in the log by now arrives. */
    public Barrier arrive() {
        Barrier barrier = new Barrier(sent + 1);
        unanswered.add(barrier);
        return barrier;
    }

    /** Whether to ask Kafka for the end of the log now; if so, the question counts as sent. */
    public boolean send() {
        if (inFlight || unanswered.isEmpty() || unanswered.getLast().question <= sent) {
            return false;
        }
        sent++;
        inFlight = true;
        return true;
    }

    /** Kafka's answer to the question in flight: the log ended at {@code end} when it was asked. */
    public void answered(long end) {
        inFlight = false;
        unanswered.removeIf(barrier -> {
            boolean answered = barrier.question <= sent;
            if (answered) {
                barrier.end = end;
            }
            return answered;
        });
    }

    /** The question in flight has no answer. */
    public void failed() {
        inFlight = false;
        unanswered.removeIf(barrier -> {
            boolean concerned = barrier.question <= sent;
            barrier.failed |= concerned;
            return concerned;
        });
    }
}
