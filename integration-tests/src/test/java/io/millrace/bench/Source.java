package io.millrace.bench;

import java.nio.ByteBuffer;

/** What one writer appends to one stream, append by append; several of them may share a connection. */
final class Source {

    private final int number;
    private final Appends appends;
    private final byte[] request;
    private final int bodyAt;
    private int acknowledged;
    private int acknowledgedAppends;

    /** The appends of the writer with this number, which stands in its messages. */
    Source(Target target, String stream, int number, Appends appends) {
        this.number = number;
        this.appends = appends;
        String type = appends.form().type();
        int body = appends.bodyBytes();
        ByteBuffer head = appends.idempotent()
                ? target.appendBy("bench-" + number, stream, type, body)
                : target.append(stream, type, body);
        this.bodyAt = head.remaining();
        this.request = new byte[bodyAt + body];
        head.get(request, 0, bodyAt);
        appends.form()
                .encodeBody(new Message(number, 0, 0), request, bodyAt, appends.messages(), appends.messageBytes());
    }

    /** One message of text with each append. */
    static Source ofText(Target target, String stream, int number, int messageBytes) {
        return new Source(target, stream, number, Appends.of(MessageForm.TEXT, messageBytes));
    }

    int number() {
        return number;
    }

    /** Its next append; the last one must be acknowledged. */
    ByteBuffer next(long dueNanos) {
        int first = textAt(0);
        Message.renumber(request, first, acknowledged, dueNanos);
        for (int i = 1; i < appends.messages(); i++) {
            Message.renumberLike(request, textAt(i), acknowledged + i, first);
        }
        if (appends.idempotent()) {
            putSeq();
        }
        return ByteBuffer.wrap(request);
    }

    /** An append was answered so: to a producer 204 would mean that the stream had it already (PROTOCOL.md 5.2.1). */
    void requireTaken(ResponseHead answer) {
        boolean isTaken = answer.status() == 200 || (answer.status() == 204 && !appends.idempotent());
        if (!isTaken) {
            throw new BenchFailure("an append was refused: " + answer);
        }
    }

    void onAcknowledged() {
        acknowledged += appends.messages();
        acknowledgedAppends++;
    }

    /** How many of its messages are acknowledged: the first ones. */
    int acknowledged() {
        return acknowledged;
    }

    private int textAt(int index) {
        return bodyAt
                + appends.form().messageAt(index, appends.messageBytes())
                + appends.form().textAt();
    }

    /** Its digits only grow in number, so that those of the last one are overwritten. */
    private void putSeq() {
        int rest = acknowledgedAppends;
        int at = bodyAt - Target.AFTER_SEQ_BYTES;
        do {
            request[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
    }
}
