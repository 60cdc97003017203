package io.millrace.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** HTTP/2 as frames on a connection with TLS (RFC 9113), for clients that no library would be. */
final class RawHttp2 implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;

    static final int END_STREAM = 0x1;
    static final int PADDED = 0x8;

    private static final int END_HEADERS = 0x4;
    private static final int TIMEOUT_MILLIS = 20_000;

    private final SSLSocket socket;
    private final DataInputStream in;
    private final ByteArrayOutputStream prepared = new ByteArrayOutputStream();

    private RawHttp2(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** One frame from the server. */
    @SuppressWarnings("ArrayRecordComponent") // nothing compares two of them
    record Frame(int type, int flags, int stream, byte[] payload) {

        boolean endsStream() {
            return type == RST_STREAM || ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0);
        }
    }

    /** What came on a stream until its end. */
    record Outcome(int dataBytes, boolean reset) {}

    /** Connects and sends the preface, with settings as they are to stand in the frame: identifiers and values in turn. */
    static RawHttp2 connect(int port, int... settings) throws IOException {
        RawHttp2 connection = new RawHttp2(agree(port));
        connection.socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int i = 0; i < settings.length; i += 2) {
            payload.writeBytes(new byte[] {(byte) (settings[i] >> 8), (byte) settings[i]});
            payload.writeBytes(number(settings[i + 1]));
        }
        connection.send(SETTINGS, 0, 0, payload.toByteArray());
        return connection;
    }

    private static SSLSocket agree(int port) throws IOException {
        SSLSocket socket =
                (SSLSocket) TlsFiles.trustingAnybody().getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        if (!socket.getApplicationProtocol().equals("h2")) {
            throw new AssertionError("the server agrees on " + socket.getApplicationProtocol());
        }
        return socket;
    }

    /** Connects and says something else instead of the preface. */
    static RawHttp2 connect(int port, String insteadOfPreface) throws IOException {
        RawHttp2 connection = new RawHttp2(agree(port));
        connection.socket.getOutputStream().write(insteadOfPreface.getBytes(US_ASCII));
        return connection;
    }

    /** Sends a frame with the next one that is sent, in one go. */
    void prepare(int type, int flags, int stream, byte[] payload) {
        prepared.writeBytes(
                new byte[] {(byte) (payload.length >> 16), (byte) (payload.length >> 8), (byte) payload.length});
        prepared.write(type);
        prepared.write(flags);
        prepared.writeBytes(number(stream));
        prepared.writeBytes(payload);
    }

    void send(int type, int flags, int stream, byte[] payload) throws IOException {
        prepare(type, flags, stream, payload);
        socket.getOutputStream().write(prepared.toByteArray());
        socket.getOutputStream().flush();
        prepared.reset();
    }

    /** Opens a stream with a request; {@code headers} are names and values in turn, names in lower case. */
    void request(int stream, boolean endsStream, String method, String path, String... headers) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        pseudo(fields, 2, method);
        pseudo(fields, 4, path);
        pseudo(fields, 1, "127.0.0.1:" + socket.getPort());
        pseudo(fields, 6, "https");
        for (int i = 0; i < headers.length; i += 2) {
            fields.write(0);
            text(fields, headers[i]);
            text(fields, headers[i + 1]);
        }
        send(HEADERS, END_HEADERS | (endsStream ? END_STREAM : 0), stream, fields.toByteArray());
    }

    void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, number(8));
    }

    void allow(int stream, int moreBytes) throws IOException {
        send(WINDOW_UPDATE, 0, stream, number(moreBytes));
    }

    Frame read() throws IOException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & 0x7fffffff;
        return new Frame(type, flags, stream, in.readNBytes(length));
    }

    /** Reads until a stream of the server's is over. */
    Outcome awaitEnd(int stream) throws IOException {
        int bytes = 0;
        while (true) {
            Frame frame = read();
            if (frame.stream() == stream) {
                bytes += frame.type() == DATA ? frame.payload().length : 0;
                if (frame.endsStream()) {
                    return new Outcome(bytes, frame.type() == RST_STREAM);
                }
            }
        }
    }

    /** Reads until there is a frame of this type. */
    Frame awaitFrame(int type) throws IOException {
        for (Frame frame = read(); ; frame = read()) {
            if (frame.type() == type) {
                return frame;
            }
        }
    }

    /** Reads until the server closes the connection. */
    void awaitClose() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException _) {
            return;
        }
    }

    /** Says that nothing more will come, and stays to read. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves without a word. */
    @Override
    public void close() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** A field of the static table, with a value of its own, not indexed (RFC 7541, 6.2.2). */
    private static void pseudo(ByteArrayOutputStream fields, int index, String value) {
        fields.write(index);
        text(fields, value);
    }

    private static void text(ByteArrayOutputStream fields, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        if (bytes.length < 0x7f) {
            fields.write(bytes.length);
        } else {
            fields.write(0x7f);
            int rest = bytes.length - 0x7f;
            for (; rest >= 0x80; rest >>= 7) {
                fields.write((rest & 0x7f) | 0x80);
            }
            fields.write(rest);
        }
        fields.writeBytes(bytes);
    }

    private static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }
}
