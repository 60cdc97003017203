package io.millrace.gateway.connection;

import java.time.Duration;

/**
 * One request and its answer, as what its client sends shows it: whether the client goes on, how long its body takes, and
 * how much memory. Of the thread that answers, but for {@link #onGone}'s argument.
 */
public interface Exchange {

    /** Whether its connection is above the bound, and to be told so. */
    boolean isSurplus();

    /** The body is wanted if it has at most so many bytes, and is kept as it comes. */
    void want(long limit);

    /** This thread reads from the body, until {@link #endRead}. */
    void beginRead();

    /**
     * So many bytes of the body have been read.
     *
     * @throws ClientTooSlowException where the client has taken too long
     * @throws UploadsFullException where there is no memory for what is kept
     */
    void endRead(int bytes);

    /** Whether a body of so many bytes, read to its end, is all that the client sent. */
    boolean isWhole(long bytes);

    /** Whether nothing of the body can come any more, read or not, as far as that can be known without reading. */
    boolean isOver();

    /** What still comes of the body is not wanted, and must have come within {@code most}. */
    void discardWithin(Duration most);

    /**
     * Where the body ends is not known any more, or it does not end: no other request can follow on the connection. Takes
     * in at most so many more bytes, so that the client gets to see the answer.
     */
    void abandon(long most);

    /** Whether the client has given the request up, as far as that can be known. */
    boolean isGone();

    /** Runs {@code departure} once the client is known to be gone, at once where it is already; on any thread. */
    void onGone(Runnable departure);

    /** The request is answered; once is enough. */
    void end();

    /**
     * Where the connection carries other exchanges besides, {@code rest} takes in what still comes of this one's body, so
     * that they need not wait: after {@link #end}, until the client has ended it or has left.
     */
    void takeRest(Runnable rest);
}
