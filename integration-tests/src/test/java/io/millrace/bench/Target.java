package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;

/**
 * A server of the protocol, and where below it streams may be made.
 *
 * @param base such as {@code http://127.0.0.1:4437/v1/stream}
 */
record Target(URI base) {

    static final String BYTES = "application/octet-stream";
    static final String TEXT = "text/plain";
    static final String JSON = "application/json";

    /** How many bytes the number takes at the end of {@link #appendBy}. */
    static final int SEQ_BYTES = 16;

    /** What stands after it. */
    static final int AFTER_SEQ_BYTES = "\r\n\r\n".length();

    InetSocketAddress address() {
        return new InetSocketAddress(base.getHost(), base.getPort() < 0 ? 80 : base.getPort());
    }

    ByteBuffer create(String stream, String type) {
        return request("PUT", stream, "Content-Type: " + type + "\r\nContent-Length: 0\r\n");
    }

    ByteBuffer delete(String stream) {
        return request("DELETE", stream, "");
    }

    /** {@code query} begins with {@code offset=}. */
    ByteBuffer read(String stream, String query) {
        return request("GET", stream + "?" + query, "");
    }

    /** The same, unless it is what the client has. */
    ByteBuffer readUnless(String etag, String stream, String query) {
        return request("GET", stream + "?" + query, "If-None-Match: " + etag + "\r\n");
    }

    /** Only the head: as many bytes as it says must follow. */
    ByteBuffer append(String stream, String type, int bytes) {
        return request("POST", stream, contentOf(type, bytes));
    }

    /**
     * The same by an idempotent producer in its first epoch. The head ends with the producer's number, for which there are
     * {@link #SEQ_BYTES} spaces: those that are left in front of it mean nothing in a header field.
     */
    ByteBuffer appendBy(String producer, String stream, String type, int bytes) {
        return request(
                "POST",
                stream,
                contentOf(type, bytes) + "Producer-Id: " + producer + "\r\nProducer-Epoch: 0\r\nProducer-Seq:"
                        + " ".repeat(SEQ_BYTES) + "\r\n");
    }

    /** Whether a gateway runs, which it says itself. */
    ByteBuffer health() {
        return requestOf("GET", "/health/live", "");
    }

    /** Whether a gateway may be sent clients. */
    ByteBuffer ready() {
        return requestOf("GET", "/health/ready", "");
    }

    private static String contentOf(String type, int bytes) {
        return "Content-Type: " + type + "\r\nContent-Length: " + bytes + "\r\n";
    }

    private ByteBuffer request(String method, String pathAndQuery, String fields) {
        return requestOf(method, base.getRawPath() + "/" + pathAndQuery, fields);
    }

    private ByteBuffer requestOf(String method, String target, String fields) {
        String head = method + " " + target + " HTTP/1.1\r\nHost: " + base.getRawAuthority() + "\r\n" + fields + "\r\n";
        return ByteBuffer.wrap(head.getBytes(US_ASCII));
    }
}
