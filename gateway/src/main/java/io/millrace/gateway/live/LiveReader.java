package io.millrace.gateway.live;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.gateway.log.Watch;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/** One reader that waits at a stream. It listens before its first read, so that no change falls between. */
public final class LiveReader implements AutoCloseable {

    /**
     * An open reader counts as access. A read logs that at most once per throttle interval of the TTL, so a quarter of
     * the TTL is often enough for the stream to live on, and seldom enough for many readers.
     */
    private static final int ACCESSES_PER_TTL = 4;

    /** Streams of a TTL near 0 do not make their readers spin. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

    private final LiveReaders readers;
    private final StreamLog log;
    private final StreamPath path;
    private final Watch watch;
    private volatile boolean left;

    /** Once it was told that it has all there is, which must have been true, it is told what is replayed from then on. */
    private boolean caughtUp;

    /** When the shutdown ends it, by {@link System#nanoTime}; drawn when it first hears of the shutdown. */
    private OptionalLong endNanos = OptionalLong.empty();

    LiveReader(LiveReaders readers, StreamLog log, StreamPath path, Watch watch) {
        this.readers = readers;
        this.log = log;
        this.path = path;
        this.watch = watch;
    }

    /** Reads, with all that any gateway had acknowledged before. */
    public ReadAnswer readLatest(RequestedOffset from) throws LogFailure, InterruptedException {
        return read(from, Freshness.LATEST);
    }

    /** Reads on after {@code before}; empty where Kafka is needed and cannot be reached, which a waiting reader bears. */
    Optional<ReadAnswer> readOn(ReadAnswer.Chunk before) throws LogFailure, InterruptedException {
        try {
            return Optional.of(read(after(before), caughtUp ? Freshness.REPLAYED : Freshness.LATEST));
        } catch (LogFailure.Unavailable _) {
            return Optional.empty();
        }
    }

    private ReadAnswer read(RequestedOffset from, Freshness freshness) throws LogFailure, InterruptedException {
        ReadAnswer answer = log.read(path, from, freshness);
        caughtUp |= answer instanceof ReadAnswer.Chunk chunk && chunk.upToDate();
        return answer;
    }

    /** Waits until the stream may have changed, the readers are to end, or it is time to read again. */
    void await(Standing stream, Duration most) throws InterruptedException {
        Duration wait = stream.configuration().expiry() instanceof Expiry.Sliding(Duration window)
                ? min(most, max(window.dividedBy(ACCESSES_PER_TTL), SHORTEST_WAIT))
                : most;
        watch.await(min(wait, stay().orElse(wait)));
    }

    /** Whether the reader is to end. */
    boolean isToEnd() {
        return left || stay().filter(stay -> !stay.isPositive()).isPresent();
    }

    /** How long the shutdown lets it stay; empty where there is none. */
    private Optional<Duration> stay() {
        return readers.drain().map(drain -> {
            long nowNanos = System.nanoTime();
            if (endNanos.isEmpty()) {
                endNanos = OptionalLong.of(nowNanos
                        + drain.stay(nowNanos, ThreadLocalRandom.current()).toNanos());
            }
            return Duration.ofNanos(endNanos.getAsLong() - nowNanos);
        });
    }

    /** The client has left: wakes the reader, which ends as soon as it can; for any thread. */
    public void leave() {
        left = true;
        watch.wake();
    }

    /** The offset to read on from. */
    static RequestedOffset after(ReadAnswer.Chunk before) {
        return new RequestedOffset.At(before.next());
    }

    @Override
    public void close() {
        readers.left(watch);
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }

    private static Duration max(Duration left, Duration right) {
        return left.compareTo(right) > 0 ? left : right;
    }
}
