package io.millrace.bench;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.util.Optional;

/** One client that reads a stream from its beginning to its tail, response by response, and checks all of it. */
final class CatchUpReader implements ResponseParser.Listener {

    /** Hears of a reader's progress. */
    interface Listener {

        /** Some bytes of the stream have come. */
        default void onBytes(int bytes) {}

        /** The reader is at the tail. */
        void onUpToDate(CatchUpReader reader);
    }

    private final Target target;
    private final String stream;
    private final DeliveryCheck check;
    private final Cutter messages;
    private final Listener listener;
    private final Connection connection;
    private String next = "-1";
    private boolean upToDate;
    private Optional<String> firstEtag = Optional.empty();
    private int responses;

    /** Reads a stream that is made of these appends, by as many writers. */
    CatchUpReader(EventLoop loop, Target target, String stream, Appends appends, int writers, Listener listener) {
        this.target = target;
        this.stream = stream;
        this.check = new DeliveryCheck(writers);
        this.messages = appends.form().cutter(appends.messageBytes(), check::onMessage, check::onGarbled);
        this.listener = listener;
        this.connection = loop.connect(target.address(), this);
    }

    void start() {
        connection.send(target.read(stream, "offset=" + next));
    }

    /** What came, when each writer has had this many acknowledged. */
    Verdict verdict(int[] acknowledged) {
        return check.verdict(acknowledged);
    }

    /** {@link DeliveryCheck#order()} of what came. */
    long order() {
        return check.order();
    }

    /** How many responses it took so far. */
    int responses() {
        return responses;
    }

    /** What tells the content of the first response from any other, where the server said so. */
    Optional<String> firstEtag() {
        return firstEtag;
    }

    @Override
    public void onHead(ResponseHead head) {
        if (head.status() != 200) {
            throw new BenchFailure("a read was refused: " + head);
        }
        if (responses++ == 0) {
            firstEtag = head.field("etag");
        }
        next = head.field("stream-next-offset").orElseThrow(() -> new BenchFailure("no Stream-Next-Offset: " + head));
        upToDate =
                head.field("stream-up-to-date").filter("true"::equalsIgnoreCase).isPresent();
    }

    @Override
    public void onBody(byte[] bytes, int from, int to) {
        messages.onBytes(bytes, from, to);
        listener.onBytes(to - from);
    }

    @Override
    public void onEnd() {
        messages.onResponseEnd();
        if (upToDate) {
            messages.onEnd();
            connection.close();
            listener.onUpToDate(this);
        } else {
            start();
        }
    }
}
