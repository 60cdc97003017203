package io.millrace.chaos;

import java.util.List;

/** Creates a stream for others, who begin as soon as it is there. */
record FirstCreating(RecordingClient client, String path, Format format, List<ChaosClient> others)
        implements ChaosClient {

    @Override
    public void run() throws Exception {
        Owner.create(client, path, format);
        Threads.start(others).await();
    }
}
