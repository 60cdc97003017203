package io.millrace.gateway.live;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.log.Watch;
import io.millrace.mapping.stream.StreamPath;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Everybody who waits for a stream to change, a bounded number, so that a shutdown can wake them. */
public final class LiveReaders {

    /** Those that are turned away shall not all be back at once. */
    private static final Duration WHEN_FULL = Duration.ofSeconds(5);

    private final StreamLog log;
    private final int most;
    private final Semaphore places;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private volatile Optional<Drain> drain = Optional.empty();

    /** Readers of {@code log}, at most {@code most} at a time. */
    public LiveReaders(StreamLog log, int most) {
        this.log = log;
        this.most = most;
        this.places = new Semaphore(most);
    }

    /** A reader that listens from now on. */
    public LiveReader open(StreamPath path) throws LogFailure, InterruptedException {
        if (!places.tryAcquire()) {
            throw new LogFailure.Unavailable(
                    "all " + most + " places for live readers are taken, and other gateways may have some", WHEN_FULL);
        }
        Watch watch = watch(path);
        watches.add(watch);
        return new LiveReader(this, log, path, watch);
    }

    /** From now on readers end their answers, those that are here and those to come, spread over {@code length}. */
    public void drain(Duration length) {
        drain = Optional.of(new Drain(System.nanoTime(), length));
        wakeAll();
    }

    /** Wakes all readers, which read on where there is something. */
    public void wakeAll() {
        watches.forEach(Watch::wake);
    }

    /** Whether readers are being sent away. */
    public boolean isDraining() {
        return drain.isPresent();
    }

    /** What sends readers away, if anything does. */
    Optional<Drain> drain() {
        return drain;
    }

    void left(Watch watch) {
        if (watches.remove(watch)) {
            watch.close();
            places.release();
        }
    }

    private Watch watch(StreamPath path) throws LogFailure, InterruptedException {
        boolean watching = false;
        try {
            Watch watch = log.watch(path);
            watching = true;
            return watch;
        } finally {
            if (!watching) {
                places.release();
            }
        }
    }
}
