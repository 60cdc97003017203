package io.millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request costs without an append: the health of a gateway, asked over and over by the same client over one
 * connection, and answered by the same HTTP server from a handler that does nothing.
 */
final class BareHandler implements ResponseParser.Listener {

    /** Its name among the servers. */
    static final String NAME = "bare-handler";

    private final Connection connection;
    private final Target target;
    private final Window window;
    private final Latencies latencies = new Latencies();
    private long sentNanos;
    private boolean waits;

    private BareHandler(EventLoop loop, Target target, Window window) {
        this.connection = loop.connect(target.address(), this);
        this.target = target;
        this.window = window;
    }

    /** One run. */
    static List<Figure> run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop()) {
            Window window = new Window(pace, contender);
            BareHandler requests = new BareHandler(loop, contender.target(), window);
            window.start(loop);
            requests.send();
            loop.await(
                    "all requests are answered",
                    pace.plus(StreamSet.ONE_REQUEST),
                    () -> window.isOver() && !requests.waits);
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure("requests", "1/s", window.perSecond(requests.latencies.count())));
            figures.addAll(requests.latencies.figures());
            return figures;
        }
    }

    @Override
    public void onHead(ResponseHead head) {
        if (head.status() != 200) {
            throw new BenchFailure("the server is not healthy: " + head);
        }
    }

    @Override
    public void onEnd() {
        long now = System.nanoTime();
        waits = false;
        if (window.contains(now)) {
            latencies.add(now - sentNanos);
        }
        if (!window.isOver()) {
            send();
        }
    }

    private void send() {
        waits = true;
        sentNanos = System.nanoTime();
        connection.send(target.health());
    }
}
