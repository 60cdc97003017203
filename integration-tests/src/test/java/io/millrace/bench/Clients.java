package io.millrace.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Clients with a connection each, of which each sends the next request as soon as its last one is answered. */
final class Clients {

    private final Supplier<Optional<ByteBuffer>> requests;
    private final Listener listener;
    private final List<Client> all = new ArrayList<>();
    private int waiting;

    /** Hears of answers. */
    interface Listener {

        /** A request that was sent at {@code sentNanos} is answered, with a body of {@code bodyBytes}. */
        void onAnswer(ResponseHead head, long bodyBytes, long sentNanos);
    }

    private Clients(Supplier<Optional<ByteBuffer>> requests, Listener listener) {
        this.requests = requests;
        this.listener = listener;
    }

    /**
     * Lets {@code count} clients send requests, until there are no more and all are answered.
     *
     * @param what they do, for a sentence that says that it took too long
     * @param requests the next one, for whichever client asks; empty where there are no more
     */
    static void run(
            EventLoop loop,
            Target target,
            int count,
            String what,
            Duration atMost,
            Supplier<Optional<ByteBuffer>> requests,
            Listener listener) {
        Clients clients = new Clients(requests, listener);
        for (int i = 0; i < count; i++) {
            clients.all.add(clients.new Client(loop, target));
        }
        clients.all.forEach(Client::send);
        loop.await(what, atMost, () -> clients.waiting == 0);
        clients.all.forEach(client -> client.connection.close());
    }

    /** One of them. */
    private final class Client implements ResponseParser.Listener {
        private final Connection connection;
        private long sentNanos;
        private long bodyBytes;
        private ResponseHead head = ResponseHead.NONE;

        Client(EventLoop loop, Target target) {
            this.connection = loop.connect(target.address(), this);
        }

        void send() {
            Optional<ByteBuffer> next = requests.get();
            if (next.isPresent()) {
                waiting++;
                sentNanos = System.nanoTime();
                connection.send(next.get());
            }
        }

        @Override
        public void onHead(ResponseHead begun) {
            head = begun;
            bodyBytes = 0;
        }

        @Override
        public void onBody(byte[] bytes, int from, int to) {
            bodyBytes += to - from;
        }

        @Override
        public void onEnd() {
            waiting--;
            listener.onAnswer(head, bodyBytes, sentNanos);
            send();
        }
    }
}
