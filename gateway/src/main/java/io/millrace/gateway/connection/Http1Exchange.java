package io.millrace.gateway.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The exchange of an HTTP/1.1 connection, which has one at a time. It stands between the server and the client's bytes,
 * and counts those of a body before anybody sees them: the server keeps a chunk as a whole before it hands out its first
 * byte. A client that takes too long in a body is heard no more, but can still be told why.
 */
final class Http1Exchange implements Exchange, Exchanges {

    /** How much is asked of the client at a time; the server reads no more in one go from a plain socket. */
    private static final int PULL = 8 * 1024;

    /** How much of a body that nobody wants may pile up before it can be thrown away: a chunk is taken as a whole. */
    private static final long LARGEST_UNWANTED_CHUNK = 256L * 1024;

    /** What stands around the bytes of a chunk. */
    private static final long CHUNK_FRAMING = 4L * 1024;

    private final Connection connection;
    private final Source client;

    private boolean open;
    private boolean reading;
    private boolean tooSlow;
    private long deadlineNanos;
    private long bodyDeadlineNanos;
    private boolean wanted;
    private long limit;

    /** Of a wanted body: what has been read of it, and how much of the budget it takes. */
    private long kept;

    private long taken;

    /** What has come since something was last read of the body: the beginning of a chunk. */
    private long piled;

    Http1Exchange(Connection connection, Source client) {
        this.connection = connection;
        this.client = client;
    }

    /** Where the client's bytes come from. */
    @FunctionalInterface
    interface Source {

        /** The next bytes; null, the server's word for the end, where none will come. */
        byte @Nullable [] next();
    }

    @Override
    public synchronized Exchange begin(int id) {
        open = true;
        bodyDeadlineNanos = System.nanoTime() + connection.patience().body().toNanos();
        return this;
    }

    @Override
    public void end() {
        synchronized (this) {
            if (!open) {
                return;
            }
            connection.uploads().giveBack(taken);
            taken = 0;
            kept = 0;
            piled = 0;
            wanted = false;
            open = false;
        }
        connection.ended();
    }

    /** The next request comes after all of this one, and none where that has no end ({@link #abandon}). */
    @Override
    public void takeRest(Runnable rest) {
        // nobody waits
    }

    @Override
    public boolean isSurplus() {
        return connection.isSurplus();
    }

    @Override
    public synchronized void want(long newLimit) {
        wanted = true;
        limit = newLimit;
    }

    @Override
    public void beginRead() {
        // the bytes are pulled where they are counted
    }

    @Override
    public synchronized void endRead(int bytes) {
        piled = 0;
        if (wanted) {
            kept += bytes;
            long surplusTaken = Math.max(0, taken - kept - PULL);
            connection.uploads().giveBack(surplusTaken);
            taken -= surplusTaken;
        }
    }

    /** A body that is cut off is an error when it is read. */
    @Override
    public boolean isWhole(long bytes) {
        return true;
    }

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public synchronized void discardWithin(Duration most) {
        forget();
        piled = 0;
        bodyDeadlineNanos = Patience.earlier(bodyDeadlineNanos, System.nanoTime() + most.toNanos());
    }

    /** A socket that is closed with bytes unread is reset, and the client loses the answer. */
    @Override
    public void abandon(long most) {
        long drained = 0;
        try {
            do {
                endRead(0);
                byte[] bytes = pull();
                if (bytes == null) {
                    return;
                }
                drained += bytes.length;
            } while (drained < most);
        } catch (ClientTooSlowException _) {
            return; // it has had its time
        }
    }

    /** Nothing tells. */
    @Override
    public boolean isGone() {
        return false;
    }

    @Override
    public void onGone(Runnable departure) {
        // nothing tells; who writes finds out
    }

    @Override
    public void expire(long nowNanos) {
        synchronized (this) {
            if (!reading || nowNanos - deadlineNanos < 0) {
                return;
            }
            reading = false;
            tooSlow = true;
        }
        connection.stopReading();
    }

    @Override
    public void cutOff() {
        // who reads or writes finds out
    }

    /** The next bytes of the client; null where none will come. */
    byte @Nullable [] pull() {
        if (!beginPull()) {
            return client.next();
        }
        int length = 0;
        try {
            byte[] bytes = client.next();
            length = bytes == null ? 0 : bytes.length;
            return bytes;
        } finally {
            endPull(length);
        }
    }

    /** Whether this is for a body; bytes between requests belong to the next head, which has its own deadline. */
    private synchronized boolean beginPull() {
        if (!open) {
            return false;
        }
        if (piled > (wanted ? limit + CHUNK_FRAMING : LARGEST_UNWANTED_CHUNK)) {
            throw new BodyTooLargeException();
        }
        if (wanted) {
            if (!connection.uploads().take(PULL)) {
                forget(); // now, so that of two that fill the memory together one has room
                throw new UploadsFullException();
            }
            taken += PULL;
        }
        reading = true;
        deadlineNanos = Patience.earlier(
                System.nanoTime() + connection.patience().silence().toNanos(), bodyDeadlineNanos);
        return true;
    }

    private synchronized void endPull(int length) {
        reading = false;
        piled += length;
        if (wanted) {
            connection.uploads().giveBack((long) PULL - length); // TLS may give more than was taken
            taken += (long) length - PULL;
        }
        if (tooSlow) {
            throw new ClientTooSlowException();
        }
    }

    /** What was kept of the body is not wanted any more. A chunk that has begun to pile up stays in the server's hands. */
    private void forget() {
        if (wanted) {
            long released = Math.max(0, taken - piled);
            connection.uploads().giveBack(released);
            taken -= released;
            wanted = false;
        }
    }
}
