package io.millrace.gateway.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.millrace.gateway.connection.BodyTooLargeException;
import io.millrace.gateway.connection.ClientTooSlowException;
import io.millrace.gateway.connection.Exchange;
import io.millrace.gateway.connection.UploadsFullException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** A request's body, of which never more is kept than a limit, and which is never waited for without end. */
final class RequestBody {

    /** The body of the request that the current thread answers. */
    static final ScopedValue<RequestBody> CURRENT = ScopedValue.newInstance();

    private static final byte[] NOTHING = {};

    /** A body of at most so many bytes has its array at once: {@link InputStream} itself begins with a larger one. */
    private static final int SMALL = 8 * 1024;

    /** How much is read for nothing, so that a client that is still sending gets to see the answer. */
    private static final long MOST_DISCARDED = 64L * 1024 * 1024;

    private static final Duration LONGEST_DISCARD = Duration.ofSeconds(5);
    private static final int DISCARD_BUFFER = 16 * 1024;

    /** More than Helidon keeps frames for one exchange, which is 32; after them it is to read no more. */
    private static final int MOST_FAILED_READS = 100;

    private final ServerRequest request;
    private final Exchange exchange;
    private Optional<InputStream> begun = Optional.empty();
    private boolean endUnknown;

    RequestBody(ServerRequest request, Exchange exchange) {
        this.request = request;
        this.exchange = exchange;
    }

    /** What it is a part of. */
    Exchange exchange() {
        return exchange;
    }

    /** What came. */
    sealed interface Received {

        /** All of it. */
        @SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
        record Whole(byte[] bytes) implements Received {}

        /** It is above the limit; nothing more of it is read then. */
        record TooLarge() implements Received {}

        /** The client did not go on sending, or took too long in all. */
        record TooSlow() implements Received {}

        /** The bodies of other requests take all memory there is for bodies. */
        record NoRoom() implements Received {}
    }

    /** Reads it, where it has at most {@code limit} bytes. */
    Received read(int limit) throws IOException {
        if (request.headers().contentLength().orElse(0) > limit) {
            return new Received.TooLarge();
        }
        if (!request.content().hasEntity()) {
            return new Received.Whole(NOTHING.clone());
        }
        exchange.want(limit);
        try {
            byte[] body = readAtMost(limit);
            if (body.length > limit) {
                return new Received.TooLarge();
            }
            if (!exchange.isWhole(body.length)) {
                throw new CloseConnectionException("the client gave its body up in the middle");
            }
            return new Received.Whole(body);
        } catch (BodyTooLargeException _) {
            return stoppedWith(new Received.TooLarge());
        } catch (UploadsFullException _) {
            return stoppedWith(new Received.NoRoom());
        } catch (ClientTooSlowException _) {
            return new Received.TooSlow();
        } catch (DataReader.InsufficientDataAvailableException e) {
            throw new CloseConnectionException("the client left in the middle of its body", e);
        } catch (CloseConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            if (exchange.isGone()) {
                throw new CloseConnectionException("the client gave its request up", e);
            }
            // The server's reader has many words for chunks that are none.
            endUnknown = true;
            throw new HttpException("the chunks of the body are malformed", Status.BAD_REQUEST_400, e, false);
        }
    }

    /** All of it, or one byte more than {@code limit}. */
    private byte[] readAtMost(int limit) throws IOException {
        long length = request.headers().contentLength().orElse(Long.MAX_VALUE);
        if (length > SMALL) {
            return stream().readNBytes(limit + 1);
        }
        byte[] body = new byte[(int) length + 1]; // read to its end, which over HTTP/2 may come in a frame of its own
        return Arrays.copyOf(body, stream().readNBytes(body, 0, body.length));
    }

    /**
     * Takes what an answered request still sends. A connection that is closed under a client that sends is reset, and
     * the client loses the answer; so some of it is read for nothing, and only a client that sends on and on is cut off.
     */
    void discardRest() {
        if (!request.content().hasEntity() || request.content().consumed()) {
            return;
        }
        if (request.headers().contains(HeaderValues.EXPECT_100) && !request.continueSent()) {
            throw new CloseConnectionException("the body was not asked for");
        }
        exchange.discardWithin(LONGEST_DISCARD);
        long discarded = 0;
        if (!endUnknown) {
            byte[] buffer = new byte[DISCARD_BUFFER];
            try {
                int read = stream().read(buffer);
                while (read >= 0 && discarded <= MOST_DISCARDED) {
                    discarded += read;
                    read = stream().read(buffer);
                }
                if (read < 0) {
                    return;
                }
            } catch (ClientTooSlowException | DataReader.InsufficientDataAvailableException | IOException e) {
                throw new CloseConnectionException("the body ends in the middle", e);
            } catch (RuntimeException _) {
                if (exchange.isOver()) {
                    return; // over HTTP/2 the server throws at the last frame of a request that it has answered
                }
                endUnknown = true; // malformed chunks, or one that nobody waits for
            }
        }
        exchange.abandon(MOST_DISCARDED - discarded);
        throw new CloseConnectionException("the body does not end, or where it ends is not known any more");
    }

    /**
     * Takes in what still comes, until its client has ended it or left. Helidon 4.5.0 would too, but would then wait for
     * ever where its writer has swallowed the interrupt that says that the connection is gone. Here a read that failed,
     * which took a frame or an interrupt, is followed by one that knows.
     */
    void takeRest() {
        if (!request.content().consumed()) {
            takeRest(request, stream());
            takeRest(request, new Interrupted(stream())); // had nearly every read failed
        }
    }

    /** Ends a body that no connection brings any more: so that Helidon does not wait for it. */
    static void leave(ServerRequest request) {
        if (!request.content().consumed()) {
            takeRest(request, new Interrupted(request.content().inputStream()));
        }
    }

    private static void takeRest(ServerRequest request, InputStream body) {
        byte[] buffer = new byte[DISCARD_BUFFER];
        for (int failed = 0; failed <= MOST_FAILED_READS && !request.content().consumed(); ) {
            try {
                int _ = body.read(buffer);
            } catch (RuntimeException | IOException _) {
                failed++;
            }
        }
    }

    /** Reading was broken off: in the middle of a chunk, where it is one of chunks. */
    private Received stoppedWith(Received received) {
        endUnknown = request.headers().contentLength().isEmpty();
        return received;
    }

    /** The server hands it out only once. */
    private InputStream stream() {
        InputStream stream = begun.orElseGet(() -> new Counted(request.content().inputStream(), exchange));
        begun = Optional.of(stream);
        return stream;
    }

    /** A body of which only what is there already is read, and without waiting for a turn to tell the client so. */
    private static final class Interrupted extends FilterInputStream {

        Interrupted(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Thread.currentThread().interrupt();
            try {
                return super.read(bytes, offset, length);
            } finally {
                Thread.interrupted();
            }
        }
    }

    /** A body whose exchange is told of each read. */
    private static final class Counted extends FilterInputStream {

        private final Exchange exchange;

        Counted(InputStream in, Exchange exchange) {
            super(in);
            this.exchange = exchange;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = 0;
            exchange.beginRead();
            try {
                read = super.read(bytes, offset, length);
                return read;
            } finally {
                exchange.endRead(Math.max(0, read));
            }
        }
    }
}
