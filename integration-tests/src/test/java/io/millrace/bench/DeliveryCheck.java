package io.millrace.bench;

import java.util.Arrays;
import java.util.BitSet;

/** Whether one reader gets each message of each writer once, and each writer's in order. */
final class DeliveryCheck {

    /** A writer's count beyond this is taken for a garbled one, so that no single message makes the check large. */
    private static final int MOST_PER_WRITER = 1 << 26;

    private final int first;
    private final BitSet[] seen;
    private final int[] highest;
    private long received;
    private long doubled;
    private long reordered;
    private long garbled;
    private long order;

    /** A reader of what {@code writers} writers send. */
    DeliveryCheck(int writers) {
        this(0, writers);
    }

    /** A reader of what {@code writers} writers send, of whom the first has the number {@code first}. */
    DeliveryCheck(int first, int writers) {
        this.first = first;
        seen = new BitSet[writers];
        Arrays.setAll(seen, _ -> new BitSet());
        highest = new int[writers];
        Arrays.fill(highest, -1);
    }

    /**
     * What went wrong on the way to one reader, or to several.
     *
     * @param received all messages that came, whatever is wrong with them
     * @param lost acknowledged ones that did not come
     * @param doubled ones that had come before
     * @param reordered ones that came after a later one of the same writer, and readers for whom the order of all was another
     * @param garbled what nobody sent
     */
    record Verdict(long received, long lost, long doubled, long reordered, long garbled) {

        static final Verdict NOTHING = new Verdict(0, 0, 0, 0, 0);

        /** A reader that got everything in another order than one before. */
        static final Verdict IN_ANOTHER_ORDER = new Verdict(0, 0, 0, 1, 0);

        Verdict plus(Verdict other) {
            return new Verdict(
                    received + other.received,
                    lost + other.lost,
                    doubled + other.doubled,
                    reordered + other.reordered,
                    garbled + other.garbled);
        }

        /** Whether all came as it was sent. */
        boolean isClean() {
            return lost == 0 && doubled == 0 && reordered == 0 && garbled == 0;
        }
    }

    /** The first {@code messages} of the first writer must not come, because the reader asks for what follows them. */
    void skip(int messages) {
        seen[0].set(0, messages);
        highest[0] = messages - 1;
    }

    /** A message came; returns whether it is one that had not come before. */
    boolean onMessage(Message message) {
        int writer = message.writer() - first;
        if (writer < 0 || writer >= seen.length || message.seq() >= MOST_PER_WRITER) {
            onGarbled();
            return false;
        }
        received++;
        order = 31 * (31 * order + message.writer()) + message.seq();
        BitSet ofWriter = seen[writer];
        if (ofWriter.get(message.seq())) {
            doubled++;
            return false;
        }
        ofWriter.set(message.seq());
        if (message.seq() < highest[writer]) {
            reordered++;
        } else {
            highest[writer] = message.seq();
        }
        return true;
    }

    /** Something came that is no message. */
    void onGarbled() {
        received++;
        garbled++;
    }

    /**
     * A number for the order in which the messages of all writers came. That of two writers is not known before it is read,
     * but all who read a stream from its beginning to the same tail must find the same.
     */
    long order() {
        return order;
    }

    /** The verdict when each writer, from the first one on, has had the acknowledgement for this many, its first ones. */
    Verdict verdict(int[] acknowledged) {
        long lost = 0;
        long invented = 0;
        for (int writer = 0; writer < seen.length; writer++) {
            int sent = acknowledged[writer];
            lost += sent - seen[writer].get(0, sent).cardinality();
            invented += seen[writer]
                    .get(sent, Math.max(sent, seen[writer].length()))
                    .cardinality();
        }
        return new Verdict(received, lost, doubled, reordered, garbled + invented);
    }
}
