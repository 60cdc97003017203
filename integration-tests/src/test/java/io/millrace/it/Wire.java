package io.millrace.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One connection to a gateway: a test says on it byte by byte what it wants, and reads answer by answer. */
final class Wire implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int NARROW = 4 * 1024;

    private final Socket socket;
    private final PushbackInputStream in;
    private String last = "nothing";

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new PushbackInputStream(socket.getInputStream());
    }

    static Wire to(int port) throws IOException {
        return connect(new Socket(), port);
    }

    /** One from a port of the client's choice, which no open connection may have. */
    static Wire from(int localPort, int port) throws IOException {
        Socket socket = new Socket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), localPort));
        return connect(socket, port);
    }

    /** One whose client has room for little that it has not read. */
    static Wire narrowTo(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(NARROW);
        return connect(socket, port);
    }

    private static Wire connect(Socket socket, int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return new Wire(socket);
    }

    /** Sends these characters, a byte each. */
    Wire send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        last = new String(bytes, 0, Math.min(bytes.length, 100), ISO_8859_1);
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends a request without a body; {@code headers} are lines without line breaks. */
    Wire request(String methodAndTarget, String... headers) throws IOException {
        return send(methodAndTarget + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + lines(headers) + "\r\n");
    }

    /** Says that nothing more will be sent. */
    Wire endOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Whether the gateway closes without a further word; waits until it does either. */
    boolean isEnded() throws IOException {
        int next = in.read();
        if (next >= 0) {
            in.unread(next);
        }
        return next < 0;
    }

    /** Whether something is there to be read. */
    boolean isAnswered() throws IOException {
        return in.available() > 0;
    }

    /** The next answer, with the body that its head announces. */
    RawHttp.Reply reply() throws IOException {
        RawHttp.Reply head = head();
        String length = head.headers().get("content-length");
        if ("chunked".equals(head.headers().get("transfer-encoding"))) {
            return head.with(chunks());
        }
        return head.with(length == null ? "" : new String(in.readNBytes(Integer.parseInt(length)), ISO_8859_1));
    }

    /** The next answer's status and headers. */
    RawHttp.Reply head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            head.write(b);
        }
        return RawHttp.Reply.parse(last, head.toString(ISO_8859_1));
    }

    /** All that still comes until the gateway closes the connection. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    /** The bytes that are there next, at least one; none where the gateway has closed the connection. */
    byte[] some() throws IOException {
        byte[] buffer = new byte[64 * 1024];
        int read = in.read(buffer);
        return java.util.Arrays.copyOf(buffer, Math.max(0, read));
    }

    /** Leaves without a word, so that its port is free at once. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.append(new String(in.readNBytes(size), ISO_8859_1));
            line();
        }
        line();
        return body.toString();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(ISO_8859_1).strip();
    }

    private static String lines(String... headers) {
        StringBuilder lines = new StringBuilder();
        for (String header : headers) {
            lines.append(header).append("\r\n");
        }
        return lines.toString();
    }
}
