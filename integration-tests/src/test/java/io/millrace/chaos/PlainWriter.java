package io.millrace.chaos;

import io.millrace.history.Outcome;
import io.millrace.history.Refusal;
import io.millrace.history.Writer;

/** Appends without headers; what fails it sends again as a message of its own. */
record PlainWriter(RecordingClient client, String path, Format format, AtClose atClose, Phase phase)
        implements ChaosClient {

    @Override
    public void run() throws InterruptedException {
        Messages messages = new Messages(client.name(), client.random());
        while (phase.isWriting()) {
            Outcome outcome = client.append(path, format, messages.next("plain"), new Writer.Plain(), false);
            if (outcome instanceof Outcome.Refused(Refusal.Closed _) && atClose == AtClose.LEAVE) {
                return;
            }
            ChaosClient.pause(client, 60, 240);
        }
    }
}
