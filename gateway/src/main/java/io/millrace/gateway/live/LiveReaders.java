package io.millrace.gateway.live;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.log.Watch;
import io.millrace.mapping.stream.StreamPath;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Everybody who waits for a stream to change, so that a shutdown can wake them. */
public final class LiveReaders {

    private final StreamLog log;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /** Readers of {@code log}. */
    public LiveReaders(StreamLog log) {
        this.log = log;
    }

    /** A reader that listens from now on. */
    public LiveReader open(StreamPath path) throws LogFailure, InterruptedException {
        Watch watch = log.watch(path);
        watches.add(watch);
        if (draining) {
            watch.wake(); // drain() may have passed over it
        }
        return new LiveReader(this, log, path, watch);
    }

    /** Wakes all readers, and those to come; they end their answers as soon as they can. */
    public void drain() {
        draining = true;
        watches.forEach(Watch::wake);
    }

    /** Whether readers are to end. */
    public boolean isDraining() {
        return draining;
    }

    void left(Watch watch) {
        watches.remove(watch);
        watch.close();
    }
}
