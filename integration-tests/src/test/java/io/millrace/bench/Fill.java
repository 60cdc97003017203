package io.millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What becomes of a stream before it is measured. */
final class Fill {

    private static final int WRITERS = 8;
    private static final Duration AT_MOST = Duration.ofMinutes(2);

    private Fill() {}

    /** Appends about {@code bytes} to a stream, at least once by each writer; returns how many messages each writer has had acknowledged. */
    static int[] run(EventLoop loop, Target target, String stream, Appends appends, long bytes) {
        long messagesOfEach = bytes / appends.bodyBytes() / WRITERS * appends.messages();
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer(loop, target, stream, i, appends, (writer, _) -> {
                if (writer.acknowledged() < messagesOfEach) {
                    writer.send(System.nanoTime());
                }
            }));
        }
        writers.forEach(writer -> writer.send(System.nanoTime()));
        loop.await("the stream is filled", AT_MOST, () -> writers.stream().noneMatch(Writer::isWaiting));
        return writers.stream().mapToInt(Writer::acknowledged).toArray();
    }

    /** Reads a stream that so many writers have filled, to its tail. */
    static CatchUpReader read(EventLoop loop, Target target, String stream, Appends appends, int writers) {
        AtomicBoolean done = new AtomicBoolean();
        CatchUpReader reader = new CatchUpReader(loop, target, stream, appends, writers, _ -> done.set(true));
        reader.start();
        loop.await("the stream is read", AT_MOST, done::get);
        return reader;
    }
}
