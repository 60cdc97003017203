package io.millrace.gateway.live;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.StreamPath;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** A read that waits until there is something to answer (PROTOCOL.md 5.7). */
public final class LongPoll {

    private final LiveReaders readers;
    private final Duration timeout;

    /** Long-polls that wait for {@code timeout}, or a little less. */
    public LongPoll(LiveReaders readers, Duration timeout) {
        this.readers = readers;
        this.timeout = timeout;
    }

    /**
     * The first answer that is more than "nothing yet", or that one after the timeout.
     *
     * @param onGone is given what is to run once the client has left
     */
    public ReadAnswer await(StreamPath path, RequestedOffset from, Consumer<Runnable> onGone)
            throws LogFailure, InterruptedException {
        long deadline = System.nanoTime()
                + Jitter.nearly(timeout, ThreadLocalRandom.current()).toNanos();
        try (LiveReader reader = readers.open(path)) {
            onGone.accept(reader::leave);
            ReadAnswer answer = reader.readLatest(from);
            while (answer instanceof Chunk chunk && isNothingYet(chunk)) {
                Duration left = Duration.ofNanos(deadline - System.nanoTime());
                if (!left.isPositive() || reader.isToEnd()) {
                    // "Nothing, and that is up to date" must be true when it is said.
                    return reader.readLatest(LiveReader.after(chunk));
                }
                reader.await(chunk.stream(), left);
                Optional<ReadAnswer> next = reader.readOn(chunk);
                answer = next.orElse(chunk);
            }
            return answer;
        }
    }

    private static boolean isNothingYet(Chunk chunk) {
        return chunk.records().isEmpty() && chunk.upToDate() && !chunk.endOfStream();
    }
}
