package io.millrace.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;

/** Hands out loopback ports below those that the system gives to outgoing connections, so that none is taken meanwhile. */
final class Ports {

    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;

    private static int next = new Random().nextInt(COUNT);

    private Ports() {}

    /** A port that nobody listens on and that this process has not handed out lately. */
    static synchronized int free() {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + next++ % COUNT;
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: the next one
            }
        }
        throw new UncheckedIOException(new IOException("no free port"));
    }
}
