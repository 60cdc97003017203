package io.millrace.gateway.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.millrace.gateway.http2.ClientStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/** A request's body, of which never more is kept than a limit. */
final class RequestBody {

    private static final byte[] NOTHING = {};

    /** How much is read for nothing, so that a client that is still sending gets to see the answer. */
    private static final long MOST_DISCARDED = 64L * 1024 * 1024;

    private static final Duration LONGEST_DISCARD = Duration.ofSeconds(5);
    private static final int DISCARD_BUFFER = 16 * 1024;

    private final ServerRequest request;
    private final ClientStream client;
    private Optional<InputStream> begun = Optional.empty();

    RequestBody(ServerRequest request) {
        this.request = request;
        this.client = ClientStream.of(request);
    }

    /** All of it; empty where it is above {@code limit}, of which nothing more is read then. */
    Optional<byte[]> read(int limit) throws IOException {
        if (request.headers().contentLength().orElse(0) > limit) {
            return Optional.empty();
        }
        if (!request.content().hasEntity()) {
            return Optional.of(NOTHING.clone());
        }
        byte[] body = readBytes(limit + 1);
        if (body.length > limit) {
            return Optional.empty();
        }
        if (!client.isWhole(body.length)) {
            throw new CloseConnectionException("the body ends in the middle");
        }
        return Optional.of(body);
    }

    private byte[] readBytes(int most) throws IOException {
        client.beginRead();
        try {
            return stream().readNBytes(most);
        } catch (DataReader.InsufficientDataAvailableException e) {
            throw new CloseConnectionException("the client left in the middle of its body", e);
        } catch (RuntimeException e) {
            if (client.isGone()) {
                throw new CloseConnectionException("the client gave its request up", e);
            }
            // The server's reader has many words for chunks that are none.
            throw new HttpException("the chunks of the body are malformed", Status.BAD_REQUEST_400, e, false);
        } finally {
            client.endRead();
        }
    }

    /**
     * Takes what an answered request still sends. A connection that is closed under a client that sends is reset, and
     * the client loses the answer; so some of it is read for nothing, and only a client that sends on and on is cut off.
     */
    void discardRest() throws IOException {
        if (!request.content().hasEntity() || request.content().consumed()) {
            return;
        }
        if (request.headers().contains(HeaderValues.EXPECT_100) && !request.continueSent()) {
            throw new CloseConnectionException("the body was not asked for");
        }
        long deadline = System.nanoTime() + LONGEST_DISCARD.toNanos();
        byte[] buffer = new byte[DISCARD_BUFFER];
        long discarded = 0;
        client.beginRead();
        try {
            for (int read = stream().read(buffer); read >= 0; read = stream().read(buffer)) {
                discarded += read;
                if (discarded > MOST_DISCARDED || System.nanoTime() > deadline) {
                    client.endConnection();
                    throw new CloseConnectionException("the body does not end");
                }
            }
        } catch (CloseConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CloseConnectionException("the body ends in the middle, or its chunks are malformed", e);
        } finally {
            client.endRead();
        }
    }

    /** The server hands it out only once. */
    private InputStream stream() {
        InputStream stream = begun.orElseGet(() -> request.content().inputStream());
        begun = Optional.of(stream);
        return stream;
    }
}
