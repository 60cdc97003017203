package io.millrace.gateway.connection;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One client's TCP connection, which may wait for its client only so long: for a request, in the middle of a body, or in
 * the middle of an answer. The server itself waits for ever (Helidon 4.5.0 has no read or write timeout).
 *
 * <p>What is due is looked at from outside ({@link #expire}). A connection that waits for a request or with an answer is
 * closed then; one that waits for the rest of a body only hears no more from its client, so that it can still say why.
 */
public final class Connection {

    /** How much is asked of the client at a time; the server reads no more in one go from a plain socket. */
    private static final int PULL = 8 * 1024;

    /** How much of a body that nobody wants may pile up before it can be thrown away: a chunk is taken as a whole. */
    private static final long LARGEST_UNWANTED_CHUNK = 256L * 1024;

    /** What stands around the bytes of a chunk. */
    private static final long CHUNK_FRAMING = 4L * 1024;

    private final SocketChannel channel;
    private final Patience patience;
    private final UploadBudget uploads;
    private final boolean surplus;

    private Wait wait;
    private long deadlineNanos;
    private boolean cutOff;
    private boolean tooSlow;

    private int requests;
    private long bodyDeadlineNanos;
    private boolean wanted;
    private long limit;

    /** Of a wanted body: what has been read of it, and how much of the budget it takes. */
    private long kept;

    private long taken;

    /** What has come since something was last read of the body: the beginning of a chunk. */
    private long piled;

    private volatile @Nullable Source client;

    /** What a connection waits for, and so what ends when that takes too long. */
    private enum Wait {
        FOR_NOBODY,
        FOR_REQUEST,
        FOR_BODY,
        FOR_READER
    }

    /** Where bytes come from. */
    @FunctionalInterface
    interface Source {

        /** The next bytes; null, the server's word for the end, where none will come. */
        byte @Nullable [] next();
    }

    Connection(SocketChannel channel, Patience patience, UploadBudget uploads, boolean surplus) {
        this.channel = channel;
        this.patience = surplus ? patience.withSurplus() : patience;
        this.uploads = uploads;
        this.surplus = surplus;
        this.wait = Wait.FOR_REQUEST;
        this.deadlineNanos = System.nanoTime() + this.patience.firstRequest().toNanos();
    }

    /** Whether it is above the bound, and to be told so. */
    public boolean isSurplus() {
        return surplus;
    }

    /** A whole head has come; false where that is too late. */
    public synchronized boolean begin() {
        if (cutOff) {
            return false;
        }
        if (requests++ == 0) {
            wait = Wait.FOR_NOBODY;
            bodyDeadlineNanos = System.nanoTime() + patience.body().toNanos();
        }
        return true;
    }

    /** A request is answered. */
    public synchronized void end() {
        if (--requests == 0) {
            uploads.giveBack(taken);
            taken = 0;
            kept = 0;
            piled = 0;
            wanted = false;
            arm(Wait.FOR_REQUEST, patience.nextRequest());
        }
    }

    /** The body is wanted if it has at most so many bytes, and is kept as it comes. */
    public synchronized void want(long newLimit) {
        wanted = true;
        limit = newLimit;
    }

    /** So much of the body has been read. */
    public synchronized void read(long bytes) {
        piled = 0;
        if (wanted) {
            kept += bytes;
            long surplusTaken = Math.max(0, taken - kept - PULL);
            uploads.giveBack(surplusTaken);
            taken -= surplusTaken;
        }
    }

    /** What still comes of the body is not wanted, and must have come within {@code most}. */
    public synchronized void discardWithin(Duration most) {
        forget();
        piled = 0;
        bodyDeadlineNanos = earlier(bodyDeadlineNanos, System.nanoTime() + most.toNanos());
    }

    /**
     * Takes in what the client still sends, whatever it is, until it closes; at most so many bytes, as long as
     * {@link #discardWithin} says. A socket that is closed with bytes unread is reset, and the client loses the answer.
     */
    public void drain(long most) {
        Source source = client;
        if (source == null) {
            return;
        }
        long drained = 0;
        try {
            do {
                read(0);
                byte[] bytes = pull(source);
                if (bytes == null) {
                    return;
                }
                drained += bytes.length;
            } while (drained < most);
        } catch (ClientTooSlowException _) {
            // it has had its time
        }
    }

    /** The next bytes of the client; null where none will come. */
    byte @Nullable [] pull(Source source) {
        if (!beginPull()) {
            return source.next();
        }
        int length = 0;
        try {
            byte[] bytes = source.next();
            length = bytes == null ? 0 : bytes.length;
            return bytes;
        } finally {
            endPull(length);
        }
    }

    /** Writes, and is closed meanwhile where the client does not take it. */
    void write(Runnable write) {
        Wait before;
        long deadlineBefore;
        synchronized (this) {
            before = wait;
            deadlineBefore = deadlineNanos;
            arm(Wait.FOR_READER, patience.write());
        }
        try {
            write.run();
        } finally {
            synchronized (this) {
                wait = before;
                deadlineNanos = deadlineBefore;
            }
        }
    }

    /** Where {@link #drain} takes bytes from. */
    void readFrom(Source source) {
        client = source;
    }

    /** Ends what has been waited for too long; for any thread. */
    synchronized void expire(long nowNanos) {
        if (nowNanos - deadlineNanos < 0) {
            return;
        }
        try {
            switch (wait) {
                case FOR_NOBODY -> {}
                case FOR_BODY -> {
                    tooSlow = true;
                    channel.shutdownInput();
                }
                case FOR_REQUEST, FOR_READER -> {
                    cutOff = true;
                    channel.close();
                }
            }
        } catch (IOException _) {
            // the client was faster
        }
        wait = Wait.FOR_NOBODY;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Whether this is for a body; bytes between requests belong to the next head, which has its own deadline. */
    private synchronized boolean beginPull() {
        if (requests == 0) {
            return false;
        }
        if (piled > (wanted ? limit + CHUNK_FRAMING : LARGEST_UNWANTED_CHUNK)) {
            throw new BodyTooLargeException();
        }
        if (wanted) {
            if (!uploads.take(PULL)) {
                forget(); // now, so that of two that fill the memory together one has room
                throw new UploadsFullException();
            }
            taken += PULL;
        }
        wait = Wait.FOR_BODY;
        deadlineNanos = earlier(System.nanoTime() + patience.silence().toNanos(), bodyDeadlineNanos);
        return true;
    }

    private synchronized void endPull(int length) {
        wait = Wait.FOR_NOBODY;
        piled += length;
        if (wanted) {
            uploads.giveBack((long) PULL - length); // TLS may give more than was taken
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
            uploads.giveBack(released);
            taken -= released;
            wanted = false;
        }
    }

    private void arm(Wait next, Duration most) {
        wait = next;
        deadlineNanos = System.nanoTime() + most.toNanos();
    }

    private static long earlier(long leftNanos, long rightNanos) {
        return leftNanos - rightNanos < 0 ? leftNanos : rightNanos;
    }
}
