package io.millrace.gateway.http2;

import io.millrace.gateway.connection.ClientTooSlowException;
import io.millrace.gateway.connection.Connection;
import io.millrace.gateway.connection.Exchange;
import io.millrace.gateway.connection.Patience;
import io.millrace.gateway.connection.UploadsFullException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One exchange on an HTTP/2 connection; told of its frames by the connection's thread, asked by the request's.
 *
 * <p>Helidon 4.5.0 takes an interrupted read for the end of the body, leaves a thread alone that reads from a connection
 * that is gone, and goes on writing to a stream that its client has reset. With this a body counts only when it is all
 * that the client sent, and who waits for a client learns that it has left.
 */
final class Http2Exchange implements Exchange {

    private final Connection connection;
    private final Http2Exchanges exchanges;
    private final int id;
    private final ReentrantLock lock = new ReentrantLock();

    private long received;
    private boolean finished;
    private boolean gone;
    private boolean connectionGone;
    private boolean answered;
    private boolean restTaken;
    private @Nullable Thread reading;
    private Runnable departure = () -> {};

    private long deadlineNanos;
    private long bodyDeadlineNanos;
    private boolean tooSlow;

    /** Whether the body is kept, and how much of it is. */
    private boolean wanted;

    private long kept;

    Http2Exchange(Connection connection, Http2Exchanges exchanges, int id) {
        this.connection = connection;
        this.exchanges = exchanges;
        this.id = id;
    }

    /** Its request goes to a handler. */
    void begin() {
        lock.lock();
        try {
            bodyDeadlineNanos = System.nanoTime() + connection.patience().body().toNanos();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isSurplus() {
        return connection.isSurplus();
    }

    /** The limit is the reader's matter: at most a window of the body comes before it is read. */
    @Override
    public void want(long limit) {
        lock.lock();
        try {
            wanted = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void beginRead() {
        lock.lock();
        try {
            deadlineNanos = Patience.earlier(
                    System.nanoTime() + connection.patience().silence().toNanos(), bodyDeadlineNanos);
            reading = Thread.currentThread();
            if (connectionGone) {
                reading.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void endRead(int bytes) {
        lock.lock();
        try {
            reading = null;
            if (connectionGone || tooSlow || answered) {
                Thread.interrupted(); // it was meant for the read, and must not reach what comes next
            }
            if (tooSlow && !answered) {
                throw new ClientTooSlowException();
            }
            if (!wanted) {
                return;
            }
            if (!connection.uploads().take(bytes)) {
                forget();
                throw new UploadsFullException();
            }
            kept += bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isWhole(long bytes) {
        lock.lock();
        try {
            return finished && received == bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOver() {
        lock.lock();
        try {
            return finished || gone;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void discardWithin(Duration most) {
        lock.lock();
        try {
            forget();
            tooSlow = false;
            bodyDeadlineNanos = Patience.earlier(bodyDeadlineNanos, System.nanoTime() + most.toNanos());
        } finally {
            lock.unlock();
        }
    }

    /** Other requests do follow. What comes for one that is answered does not reach the server ({@link FrameReader}). */
    @Override
    public void abandon(long most) {
        // the client may go on until its connection is idle
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
    public void end() {
        lock.lock();
        try {
            if (answered) {
                return;
            }
            forget();
            answered = true;
        } finally {
            lock.unlock();
        }
        connection.ended();
    }

    /** Until it is taken in, its thread may wait for a frame that will not come. */
    @Override
    public void takeRest(Runnable rest) {
        rest.run();
        lock.lock();
        try {
            restTaken = true;
            forgetWhenPast();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing that may still come of it concerns anybody. */
    boolean isUnread() {
        lock.lock();
        try {
            return (answered || tooSlow) && !finished && !gone;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is over on both sides. */
    boolean isPast() {
        lock.lock();
        try {
            return answered && (finished || gone);
        } finally {
            lock.unlock();
        }
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
    void finish() {
        lock.lock();
        try {
            finished = true;
            forgetWhenPast();
        } finally {
            lock.unlock();
        }
    }

    /** The client has given it up; the server itself wakes who reads. */
    void reset() {
        depart(false);
    }

    /** The connection is gone. */
    void leave() {
        depart(true);
    }

    /**
     * Ends a read that takes too long. The rest of an answered request may take its time, but of one that has come whole
     * there is nothing to wait for: where a read waits all the same, Helidon has lost the last frame with an interrupt.
     */
    void expire(long nowNanos) {
        lock.lock();
        try {
            if (reading == null || nowNanos - deadlineNanos < 0) {
                return;
            }
            if (answered ? finished || gone : !tooSlow) {
                tooSlow = true;
                reading.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void depart(boolean connectionToo) {
        Runnable toRun;
        lock.lock();
        try {
            gone = true;
            connectionGone |= connectionToo;
            if (connectionGone && reading != null) {
                reading.interrupt();
            }
            forgetWhenPast();
            toRun = departure;
        } finally {
            lock.unlock();
        }
        toRun.run();
    }

    /** What was kept of the body is not wanted any more. */
    private void forget() {
        connection.uploads().giveBack(kept);
        kept = 0;
        wanted = false;
    }

    private void forgetWhenPast() {
        if (restTaken && (finished || gone)) {
            exchanges.forget(id);
        }
    }
}
