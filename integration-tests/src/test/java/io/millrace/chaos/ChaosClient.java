package io.millrace.chaos;

import java.time.Duration;

/** One client of a run: does what its kind does until the phase tells it to leave. */
interface ChaosClient {

    /** How long after the last fault a client may still be kept waiting. */
    Duration PATIENCE = Duration.ofSeconds(60);

    void run() throws Exception;

    /** Waits between a {@code from} and a {@code to} number of milliseconds. */
    static void pause(RecordingClient client, int from, int to) throws InterruptedException {
        Thread.sleep(client.random().nextInt(from, to));
    }
}
