package io.millrace.chaos;

import io.millrace.history.Outcome;
import io.millrace.history.Refusal;

/** Creates a stream, lets it live for a while, sometimes closes it, deletes it, and creates it again. */
record Owner(RecordingClient client, String path, Format format, Phase phase) implements ChaosClient {

    @Override
    public void run() throws InterruptedException {
        while (phase.isWriting()) {
            create(client, path, format);
            ChaosClient.pause(client, 500, 5_000);
            if (client.random().nextInt(4) == 0) {
                client.close(path);
                ChaosClient.pause(client, 100, 500);
            }
            delete();
            ChaosClient.pause(client, 1, 500);
        }
        if (client.random().nextBoolean()) {
            create(client, path, format);
        }
    }

    /** Tries until the stream is there. */
    static void create(RecordingClient client, String path, Format format) throws InterruptedException {
        long endNanos = System.nanoTime() + 2 * PATIENCE.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            if (client.create(path, format) instanceof Outcome.Acknowledged) {
                return;
            }
            ChaosClient.pause(client, 20, 200);
        }
        throw new AssertionError(client.name() + " could not create " + path);
    }

    private void delete() throws InterruptedException {
        long endNanos = System.nanoTime() + 2 * PATIENCE.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            Outcome outcome = client.delete(path);
            if (outcome instanceof Outcome.Deleted || outcome instanceof Outcome.Refused(Refusal.Absent _)) {
                return;
            }
            ChaosClient.pause(client, 20, 200);
        }
        throw new AssertionError(client.name() + " could not delete " + path);
    }
}
