package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.time.Duration;

/**
 * One read of a whole stream, and how long that took.
 *
 * @param verdict what came
 */
record Reading(Duration took, Verdict verdict) {

    private static final double NANOS_PER_MILLI = 1e6;

    /** Reads over a new connection, of which the opening counts too, a stream that is to hold as much as is acknowledged. */
    static Reading toTail(EventLoop loop, Target target, String stream, int messageBytes, int[] acknowledged) {
        long beganNanos = System.nanoTime();
        Appends ofText = Appends.of(MessageForm.TEXT, messageBytes);
        CatchUpReader reader = Fill.read(loop, target, stream, ofText, acknowledged.length);
        Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
        return new Reading(took, reader.verdict(acknowledged));
    }

    double millis() {
        return took.toNanos() / NANOS_PER_MILLI;
    }
}
