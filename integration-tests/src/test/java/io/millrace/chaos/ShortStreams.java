package io.millrace.chaos;

import io.millrace.history.Event;
import java.util.List;
import java.util.function.Function;

/**
 * One short stream after the other: each is created, written and followed, and closed after a while by somebody else.
 *
 * @param clients makes a client of that name
 * @param folder where the streams are
 */
record ShortStreams(Function<String, RecordingClient> clients, String folder, Format format, Phase phase)
        implements ChaosClient {

    @Override
    public void run() throws Exception {
        for (int number = 0; phase.isWriting(); number++) {
            String path = folder + number;
            String name = folder.substring(1) + number;
            Owner.create(clients.apply("creator of " + name), path, format);
            Threads.start(List.of(
                            new IdempotentProducer(
                                    clients.apply("producer of " + name),
                                    "short",
                                    path,
                                    format,
                                    5,
                                    AtClose.LEAVE,
                                    phase),
                            new PlainWriter(clients.apply("writer of " + name), path, format, AtClose.LEAVE, phase),
                            new Reader(
                                    clients.apply("poller of " + name),
                                    path,
                                    format,
                                    Event.Mode.LONG_POLL,
                                    AtClose.LEAVE,
                                    phase),
                            new Reader(
                                    clients.apply("listener of " + name),
                                    path,
                                    format,
                                    Event.Mode.EVENTS,
                                    AtClose.LEAVE,
                                    phase),
                            new Closer(clients.apply("closer of " + name), path, format)))
                    .await();
        }
    }
}
