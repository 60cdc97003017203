package io.millrace.gateway.http2;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One stream of a connection; told of its frames by the connection's thread, asked by the request's. */
final class WatchedStream implements ClientStream {

    private final ClientStreams connection;
    private final int id;
    private final ReentrantLock lock = new ReentrantLock();

    private long received;
    private boolean ended;
    private boolean gone;
    private boolean answered;
    private @Nullable Thread reading;
    private Runnable departure = () -> {};

    WatchedStream(ClientStreams connection, int id) {
        this.connection = connection;
        this.id = id;
    }

    @Override
    public boolean isWhole(long bytes) {
        lock.lock();
        try {
            return ended && received == bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isGone() {
        lock.lock();
        try {
            return gone;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onGone(Runnable newDeparture) {
        lock.lock();
        try {
            departure = newDeparture;
            if (!gone) {
                return;
            }
        } finally {
            lock.unlock();
        }
        newDeparture.run();
    }

    @Override
    public void beginRead() {
        lock.lock();
        try {
            reading = Thread.currentThread();
            if (gone) {
                reading.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void endRead() {
        lock.lock();
        try {
            reading = null;
            if (gone) {
                Thread.interrupted(); // it was meant for the read, and must not reach what comes next
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void answered() {
        beginRead();
        lock.lock();
        try {
            answered = true;
            forgetWhenOver();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void endConnection() {
        connection.end();
    }

    /** More of its body has come. */
    void receive(int bytes) {
        lock.lock();
        try {
            received += bytes;
        } finally {
            lock.unlock();
        }
    }

    /** All of the request has come. */
    void end() {
        lock.lock();
        try {
            ended = true;
            forgetWhenOver();
        } finally {
            lock.unlock();
        }
    }

    /** The client has reset it, or the connection is gone. */
    void leave() {
        Runnable toRun;
        lock.lock();
        try {
            gone = true;
            if (reading != null) {
                reading.interrupt();
            }
            forgetWhenOver();
            toRun = departure;
        } finally {
            lock.unlock();
        }
        toRun.run();
    }

    private void forgetWhenOver() {
        if (answered && (ended || gone)) {
            connection.forget(id);
        }
    }
}
