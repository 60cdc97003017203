package io.millrace.chaos;

/** Asks with HEAD how far a stream goes. */
record Inquirer(RecordingClient client, String path, Phase phase) implements ChaosClient {

    @Override
    public void run() throws InterruptedException {
        while (phase.isReading()) {
            client.head(path);
            ChaosClient.pause(client, 100, 400);
        }
    }
}
