package io.millrace.bench;

/** Takes what is read of a stream, in pieces of any length, apart into messages. */
interface Cutter {

    /** The next bytes: {@code bytes} from {@code from} to {@code to - 1}. */
    void onBytes(byte[] bytes, int from, int to);

    /** A response is complete; the next one goes on where it ended. */
    void onResponseEnd();

    /** No more responses follow. */
    void onEnd();
}
