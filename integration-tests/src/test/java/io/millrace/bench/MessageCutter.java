package io.millrace.bench;

import java.util.function.Consumer;

/** Cuts a byte stream, which comes in pieces of any length, into messages of one size. */
final class MessageCutter implements Cutter {

    private final MessageForm form;
    private final int size;
    private final Consumer<Message> messages;
    private final Runnable garbled;
    private final byte[] begun;
    private int begunBytes;

    /** Hands on each message, and says so where bytes are none. */
    MessageCutter(MessageForm form, int size, Consumer<Message> messages, Runnable garbled) {
        this.form = form;
        this.size = size;
        this.messages = messages;
        this.garbled = garbled;
        this.begun = new byte[size];
    }

    @Override
    public void onBytes(byte[] bytes, int from, int to) {
        int at = from;
        if (begunBytes > 0) {
            int missing = Math.min(size - begunBytes, to - at);
            System.arraycopy(bytes, at, begun, begunBytes, missing);
            begunBytes += missing;
            at += missing;
            if (begunBytes < size) {
                return;
            }
            begunBytes = 0;
            cut(begun, 0);
        }
        for (; to - at >= size; at += size) {
            cut(bytes, at);
        }
        begunBytes = to - at;
        System.arraycopy(bytes, at, begun, 0, begunBytes);
    }

    /** A server may end a response within a message. */
    @Override
    public void onResponseEnd() {}

    /** What is begun is no message. */
    @Override
    public void onEnd() {
        if (begunBytes > 0) {
            begunBytes = 0;
            garbled.run();
        }
    }

    private void cut(byte[] bytes, int from) {
        form.decode(bytes, from, size).ifPresentOrElse(messages, garbled);
    }
}
