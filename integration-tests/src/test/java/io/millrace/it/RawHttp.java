package io.millrace.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP as bytes on a socket, for requests that no client library would send as they are. */
final class RawHttp {

    private static final int TIMEOUT_MILLIS = 20_000;

    private RawHttp() {}

    /** An answer; names of headers in lower case. */
    record Reply(String request, int status, Map<String, String> headers, String body) {

        static Reply parse(String request, String text) {
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                throw new AssertionError("no complete answer to " + request + ": \"" + text + "\"");
            }
            List<String> lines = text.substring(0, end).lines().toList();
            Map<String, String> headers = new TreeMap<>();
            for (String line : lines.subList(1, lines.size())) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            int status = Integer.parseInt(lines.getFirst().substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
            return new Reply(request, status, headers, text.substring(end + 4));
        }

        /** The same answer with this body. */
        Reply with(String newBody) {
            return new Reply(request, status, headers, newBody);
        }
    }

    /**
     * Sends {@code head}, a request line and header lines without line breaks, then {@code body}, and reads until the
     * gateway closes.
     */
    static Reply exchange(int port, List<String> head, String body) throws IOException {
        String request = String.join("\r\n", head) + "\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" + body;
        return Reply.parse(head.getFirst(), send(port, request));
    }

    /** Sends bytes as they are, and returns all that comes until the gateway closes. */
    static String send(int port, String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
