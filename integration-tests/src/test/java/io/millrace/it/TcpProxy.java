package io.millrace.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A loopback TCP proxy that can hold back or delay what one side says, and cut. */
final class TcpProxy implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Gate answers = new Gate();
    private final Gate requests = new Gate();

    private TcpProxy(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    /** Listens on {@code port} and passes on to {@code target}, both on loopback. */
    static TcpProxy start(int port, int target) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(loopback(), port));
        TcpProxy proxy = new TcpProxy(server, target);
        Thread.ofVirtual().name("proxy-" + port).start(proxy::accept);
        return proxy;
    }

    /** From now on nothing that the target says comes through; it piles up and is kept. */
    void withholdAnswers() {
        answers.shut();
    }

    /** From now on nothing that is said to the target comes through; it piles up and is kept. */
    void withholdRequests() {
        requests.shut();
    }

    /** From now on each piece of what the target says comes so much later. */
    void slowDownAnswers(Duration by) {
        answers.slowDown(by);
    }

    /** Lets through what was held back, and all that follows. */
    void resume() {
        answers.open();
        requests.open();
    }

    /** Cuts all connections; what was held back is lost. New ones are accepted. */
    void cut() {
        sockets.forEach(TcpProxy::close);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        cut();
        resume();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException e) {
                // closed, or a client that has left already
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket broker;
        try {
            broker = new Socket(loopback(), target);
        } catch (IOException e) {
            client.close();
            return;
        }
        sockets.add(client);
        sockets.add(broker);
        pass(client, broker, requests);
        pass(broker, client, answers);
    }

    private void pass(Socket from, Socket to, Gate gate) {
        Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    gate.pass();
                    out.write(buffer, 0, read);
                }
            } catch (IOException | InterruptedException e) {
                // cut
            } finally {
                close(from);
                close(to);
                sockets.remove(from);
                sockets.remove(to);
            }
        });
    }

    private static InetAddress loopback() {
        return InetAddress.ofLiteral("127.0.0.1");
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What bytes of one direction pass, or wait at. */
    private static final class Gate {
        private boolean open = true;
        private volatile Duration delay = Duration.ZERO;

        void slowDown(Duration by) {
            delay = by;
        }

        void pass() throws InterruptedException {
            Thread.sleep(delay);
            awaitOpen();
        }

        private synchronized void awaitOpen() throws InterruptedException {
            while (!open) {
                wait();
            }
        }

        synchronized void shut() {
            open = false;
        }

        synchronized void open() {
            open = true;
            notifyAll();
        }
    }
}
