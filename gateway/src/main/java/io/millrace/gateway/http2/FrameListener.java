package io.millrace.gateway.http2;

/** Hears what a client's frames say of its streams (RFC 9113, 5.1), each when the frame is complete. */
interface FrameListener {

    /** Whether the client has opened the stream, and it is over on both sides. */
    boolean isOver(int stream);

    /** Whether nobody reads any more what the client sends on the stream. */
    boolean isUnread(int stream);

    /** Headers; the first ones of a stream open it. */
    void onHeaders(int stream, boolean endsStream);

    /** A part of a body, padding not counted. */
    void onData(int stream, int bytes, boolean endsStream);

    /** The client has given the stream up. */
    void onReset(int stream);
}
