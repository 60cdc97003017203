package io.millrace.bench;

/**
 * What the appends of a workload are.
 *
 * @param messageBytes the size of each message, as it stands in the stream
 * @param messages in each append
 * @param idempotent with the headers of an idempotent producer (PROTOCOL.md 5.2.1)
 */
record Appends(MessageForm form, int messageBytes, int messages, boolean idempotent) {

    /** Appends of one message each. */
    static Appends of(MessageForm form, int messageBytes) {
        return new Appends(form, messageBytes, 1, false);
    }

    /** The same of {@code count} messages each. */
    Appends inBatchesOf(int count) {
        return new Appends(form, messageBytes, count, idempotent);
    }

    /** The same by idempotent producers. */
    Appends byProducers() {
        return new Appends(form, messageBytes, messages, true);
    }

    /** The length of the body of each. */
    int bodyBytes() {
        return form.bodyBytes(messages, messageBytes);
    }
}
