package io.millrace.gateway.connection;

/** The exchanges of one connection, as the protocol has them that it speaks. */
public interface Exchanges {

    /** The exchange of a request whose whole head has come, by the server's number for it. */
    Exchange begin(int id);

    /** Ends what has been waited for too long; on another thread. */
    void expire(long nowNanos);

    /** The connection has been closed under them; on another thread. */
    void cutOff();
}
