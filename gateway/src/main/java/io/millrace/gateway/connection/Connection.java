package io.millrace.gateway.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client's TCP connection, which is closed where its client takes too long: for a request, or for what is written to
 * it. The server itself waits for ever (Helidon 4.5.0 has no read or write timeout). How long a body takes is its
 * exchange's matter.
 *
 * <p>What is due is looked at from outside ({@link #expire}).
 */
public final class Connection {

    private final SocketChannel channel;
    private final Patience patience;
    private final UploadBudget uploads;
    private final boolean surplus;

    /** Null until it is known which protocol it speaks: with TLS, until after the handshake. */
    private volatile @Nullable Exchanges exchanges;

    private int openExchanges;
    private long requestDeadlineNanos;
    private boolean writing;
    private long writeDeadlineNanos;
    private boolean leaving;
    private long leaveDeadlineNanos;
    private boolean cutOff;

    Connection(SocketChannel channel, Patience patience, UploadBudget uploads, boolean surplus) {
        this.channel = channel;
        this.patience = surplus ? patience.withSurplus() : patience;
        this.uploads = uploads;
        this.surplus = surplus;
        this.requestDeadlineNanos = after(this.patience.firstRequest());
    }

    /** From now on it carries these. */
    public void carry(Exchanges newExchanges) {
        exchanges = newExchanges;
    }

    /** The exchange of a request whose whole head has come; empty where that is too late. */
    public Optional<Exchange> begin(int id) {
        Exchanges carried = exchanges;
        if (carried == null) {
            return Optional.empty();
        }
        Exchange exchange = carried.begin(id);
        synchronized (this) {
            if (cutOff) {
                return Optional.empty();
            }
            openExchanges++;
        }
        return Optional.of(exchange);
    }

    /** One of its exchanges has ended. */
    public synchronized void ended() {
        openExchanges--;
        if (openExchanges == 0) {
            requestDeadlineNanos = after(patience.nextRequest());
        }
    }

    /** Writes, and is closed meanwhile where the client does not take it. One thread writes at a time. */
    void write(Runnable write) {
        synchronized (this) {
            writing = true;
            writeDeadlineNanos = after(patience.write());
        }
        try {
            write.run();
        } finally {
            synchronized (this) {
                writing = false;
            }
        }
    }

    /** Takes leave of its client with {@code close}, which may have something to write, and takes only so long. */
    void leave(Runnable close) {
        synchronized (this) {
            leaving = true;
            leaveDeadlineNanos = after(patience.write());
        }
        try {
            close.run();
        } catch (UncheckedIOException _) {
            return; // the client was faster
        } finally {
            close();
        }
    }

    /** Whether it is above the bound, and to be told so. */
    public boolean isSurplus() {
        return surplus;
    }

    /** How long its client may keep it waiting. */
    public Patience patience() {
        return patience;
    }

    /** What its bodies take their memory from. */
    public UploadBudget uploads() {
        return uploads;
    }

    /** Ends what has been waited for too long; for any thread. */
    void expire(long nowNanos) {
        Exchanges carried = exchanges;
        if (cutsOff(nowNanos)) {
            close();
            if (carried != null) {
                carried.cutOff();
            }
        } else if (carried != null) {
            carried.expire(nowNanos);
        }
    }

    /** Hears no more of its client, but may still write. */
    void stopReading() {
        try {
            channel.shutdownInput();
        } catch (IOException _) {
            return; // the client was faster
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    private synchronized boolean cutsOff(long nowNanos) {
        boolean noRequest = openExchanges == 0 && nowNanos - requestDeadlineNanos >= 0;
        boolean noReader = writing && nowNanos - writeDeadlineNanos >= 0;
        boolean noFarewell = leaving && nowNanos - leaveDeadlineNanos >= 0;
        cutOff |= noRequest || noReader || noFarewell;
        return cutOff;
    }

    private void close() {
        try {
            channel.close();
        } catch (IOException _) {
            return; // it is closed all the same
        }
    }

    private static long after(Duration span) {
        return System.nanoTime() + span.toNanos();
    }
}
