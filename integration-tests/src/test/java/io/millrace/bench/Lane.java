package io.millrace.bench;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One connection over which appends to any streams are sent, one at a time, in the order in which they are due. */
final class Lane implements ResponseParser.Listener {

    /** Hears that an append is acknowledged, and with what. */
    interface Listener {
        void onAcknowledged(ResponseHead head);
    }

    private final Connection connection;
    private final Listener listener;
    private final Queue<Due> waiting = new ArrayDeque<>();
    private @Nullable Source underWay;
    private ResponseHead answer = ResponseHead.NONE;

    private record Due(Source source, long nanos) {}

    Lane(EventLoop loop, Target target, Listener listener) {
        this.connection = loop.connect(target.address(), this);
        this.listener = listener;
    }

    /** Appends one message of text to {@code stream}, and waits for that; how many are acknowledged. */
    static int[] appendOne(EventLoop loop, Target target, String stream, int messageBytes) {
        Source source = Source.ofText(target, stream, 0, messageBytes);
        Lane lane = new Lane(loop, target, _ -> {});
        lane.append(source, System.nanoTime());
        loop.await("the message is acknowledged", StreamSet.ONE_REQUEST, lane::isIdle);
        return new int[] {source.acknowledged()};
    }

    /** The next message of {@code source} is sent, as one that was due at this time, as soon as all before it are acknowledged. */
    void append(Source source, long dueNanos) {
        waiting.add(new Due(source, dueNanos));
        sendNext();
    }

    /** Forgets what is not sent yet. */
    void drop() {
        waiting.clear();
    }

    /** Whether nothing is to be sent and all that was is acknowledged. */
    boolean isIdle() {
        return underWay == null && waiting.isEmpty();
    }

    @Override
    public void onHead(ResponseHead head) {
        asked().requireTaken(head);
        answer = head;
    }

    @Override
    public void onEnd() {
        asked().onAcknowledged();
        underWay = null;
        listener.onAcknowledged(answer);
        sendNext();
    }

    private Source asked() {
        Source source = underWay;
        if (source == null) {
            throw new BenchFailure("an answer that nobody asked for");
        }
        return source;
    }

    private void sendNext() {
        if (underWay == null && !waiting.isEmpty()) {
            Due due = waiting.remove();
            underWay = due.source();
            connection.send(due.source().next(due.nanos()));
        }
    }
}
