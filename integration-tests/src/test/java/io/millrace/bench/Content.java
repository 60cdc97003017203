package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.util.Arrays;

/**
 * What one reader must get of a stream of which all bytes are known, from some message on. Bytes are compared as they are;
 * only where they differ are they taken apart into messages, to tell what is wrong with them.
 */
final class Content {

    private final byte[] stream;
    private final int messageBytes;
    private final int from;
    private final DeliveryCheck check = new DeliveryCheck(1);
    private final Cutter messages;
    private int at;
    private boolean differs;

    /** A reader of {@code stream}, messages of one writer, that asks for what follows the first {@code skipped} of them. */
    Content(byte[] stream, int messageBytes, int skipped) {
        this.stream = stream;
        this.messageBytes = messageBytes;
        this.from = skipped * messageBytes;
        this.at = from;
        check.skip(skipped);
        this.messages = MessageForm.TEXT.cutter(messageBytes, check::onMessage, check::onGarbled);
    }

    void onBytes(byte[] bytes, int begin, int end) {
        int length = end - begin;
        if (!differs && length <= stream.length - at && Arrays.equals(bytes, begin, end, stream, at, at + length)) {
            at += length;
            return;
        }
        if (!differs) {
            differs = true;
            messages.onBytes(stream, from, at);
        }
        messages.onBytes(bytes, begin, end);
    }

    /** Whether all that follows has come, and nothing else. */
    boolean isComplete() {
        return !differs && at == stream.length;
    }

    /** What came; a message of which only the beginning did is lost. */
    Verdict verdict() {
        if (!differs) {
            int whole = at / messageBytes;
            return new Verdict(whole - from / messageBytes, stream.length / messageBytes - whole, 0, 0, 0);
        }
        return check.verdict(new int[] {stream.length / messageBytes});
    }
}
