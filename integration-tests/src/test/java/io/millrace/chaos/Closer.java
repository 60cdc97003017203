package io.millrace.chaos;

import io.millrace.history.Outcome;
import io.millrace.history.Refusal;
import io.millrace.history.Writer;

/** Closes a stream after a while, in one of three ways, and tries until it is closed. */
record Closer(RecordingClient client, String path, Format format) implements ChaosClient {

    @Override
    public void run() throws InterruptedException {
        ChaosClient.pause(client, 500, 4_000);
        int way = client.random().nextInt(3);
        Messages messages = new Messages(client.name(), client.random());
        String last = messages.next("last");
        long endNanos = System.nanoTime() + 2 * PATIENCE.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            Outcome outcome =
                    switch (way) {
                        case 0 -> client.close(path);
                        case 1 -> client.append(path, format, messages.next("last"), new Writer.Plain(), true);
                        default -> client.append(path, format, last, new Writer.Producer(client.name(), 0, 0), true);
                    };
            if (outcome instanceof Outcome.Acknowledged || outcome instanceof Outcome.Refused(Refusal.Closed _)) {
                return;
            }
            ChaosClient.pause(client, 20, 200);
        }
        throw new AssertionError(client.name() + " could not close " + path);
    }
}
