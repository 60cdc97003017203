package io.millrace.gateway.connection;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Connections for tests of what they carry: with nobody at the other end. */
public final class Unconnected {

    private static final Duration LONG = Duration.ofMinutes(1);

    private Unconnected() {}

    /** A client may be silent so long in a body, and bodies take so much memory. */
    public static Connection connection(Duration silence, long uploadBytes) throws IOException {
        return new Connection(
                SocketChannel.open(),
                new Patience(LONG, LONG, silence, LONG, LONG),
                new UploadBudget(uploadBytes),
                false);
    }

    /** A client may take so long for requests, and for what is written to it. */
    public static Connection connection(Duration firstRequest, Duration nextRequest, Duration write)
            throws IOException {
        return new Connection(
                SocketChannel.open(),
                new Patience(firstRequest, nextRequest, LONG, LONG, write),
                new UploadBudget(0),
                false);
    }
}
