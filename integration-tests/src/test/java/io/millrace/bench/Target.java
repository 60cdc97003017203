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

    /** Only the head: as many bytes as it says must follow. */
    ByteBuffer append(String stream, String type, int bytes) {
        return request("POST", stream, "Content-Type: " + type + "\r\nContent-Length: " + bytes + "\r\n");
    }

    /** Whether a gateway runs, which it says itself. */
    ByteBuffer health() {
        return requestOf("GET", "/health/live", "");
    }

    private ByteBuffer request(String method, String pathAndQuery, String fields) {
        return requestOf(method, base.getRawPath() + "/" + pathAndQuery, fields);
    }

    private ByteBuffer requestOf(String method, String target, String fields) {
        String head = method + " " + target + " HTTP/1.1\r\nHost: " + base.getRawAuthority() + "\r\n" + fields + "\r\n";
        return ByteBuffer.wrap(head.getBytes(US_ASCII));
    }
}
