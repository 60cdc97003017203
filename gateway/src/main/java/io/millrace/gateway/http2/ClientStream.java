package io.millrace.gateway.http2;

import io.helidon.webserver.http.ServerRequest;

/**
 * A request as its client's frames show it: how much of its body has come, and whether the client still wants the
 * answer.
 *
 * <p>Helidon 4.5.0 takes an interrupted read for the end of the body, leaves a thread alone that reads from a connection
 * that is gone, and goes on writing to a stream that its client has reset. With this a body counts only when it is all
 * that the client sent, and who waits for a client learns that it has left.
 */
public sealed interface ClientStream permits ClientStream.Unwatched, WatchedStream {

    /** The stream of a request that is being handled. */
    static ClientStream of(ServerRequest request) {
        return request.listenerContext() instanceof WatchedListener listener
                ? listener.streams().get(request.id())
                : Unwatched.HTTP_1;
    }

    /** Whether a body of so many bytes, read to its end, is all that the client sent. */
    boolean isWhole(long bytes);

    /** Whether the client has given the request up, or its connection is gone. */
    boolean isGone();

    /** Runs {@code departure} once the client is gone, at once where it is already; for one who waits elsewhere. */
    void onGone(Runnable departure);

    /** From now on this thread reads from the client, and is interrupted when the client goes. */
    void beginRead();

    /** Ends what {@link #beginRead} began. */
    void endRead();

    /** The request is answered; what the server still does for it ends when the client goes. */
    void answered();

    /** Ends the connection, with all its streams. */
    void endConnection();

    /** Where reads and writes fail by themselves when the client has left, and a body that is cut off is an error. */
    enum Unwatched implements ClientStream {
        HTTP_1;

        @Override
        public boolean isWhole(long bytes) {
            return true;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void onGone(Runnable departure) {}

        @Override
        public void beginRead() {}

        @Override
        public void endRead() {}

        @Override
        public void answered() {}

        @Override
        public void endConnection() {}
    }
}
