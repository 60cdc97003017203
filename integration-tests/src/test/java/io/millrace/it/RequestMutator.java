package io.millrace.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Valid HTTP requests, and what becomes of them when bytes go astray. The same seed gives the same requests. */
final class RequestMutator {

    private static final int MOST_MUTATIONS = 6;
    private static final int LONGEST_INSERTION = 300;

    private static final List<String> METHODS = List.of("PUT", "POST", "GET", "HEAD", "DELETE", "OPTIONS");

    private static final List<String> QUERIES = List.of(
            "",
            "?offset=-1",
            "?offset=now",
            "?offset=0000000000000000_0000000000000000",
            "?offset=0000000000000001_1234567890123456",
            "?offset=-1&live=sse",
            "?offset=-1&live=long-poll&cursor=17");

    private static final List<String> HEADERS = List.of(
            "Content-Type: application/json",
            "Content-Type: text/plain; charset=utf-8",
            "Stream-TTL: 60",
            "Stream-Expires-At: 2030-01-01T00:00:00Z",
            "Stream-Closed: true",
            "Stream-Seq: 0001",
            "Stream-Forked-From: /v1/stream/fuzz/0",
            "Stream-Forked-From: /v1/stream/fuzz/1",
            "Stream-Fork-Offset: 0000000000000000_0000000000000000",
            "Stream-Fork-Sub-Offset: 1",
            "Producer-Id: p",
            "Producer-Epoch: 0",
            "Producer-Seq: 0",
            "If-None-Match: \"x\"",
            "Accept-Encoding: gzip",
            "Expect: 100-continue",
            "Range: bytes=0-1",
            "Origin: http://example.org");

    /** What attackers put where it does not belong. */
    private static final List<String> TOKENS = List.of(
            "\r\n",
            "\r\n\r\n",
            "\n",
            "\0",
            "%00",
            "%2e%2e/",
            "%2F",
            "../",
            "//",
            "?",
            "#",
            " ",
            ":",
            "Transfer-Encoding: chunked\r\n",
            "Content-Length: 5\r\n",
            "Content-Length: -1\r\n",
            "ffffffffffffffff\r\n",
            "\u00ff\u00fe",
            "[[[[[[[[",
            "99999999999999999999",
            "HTTP/1.0",
            "HTTP/2.0");

    private final Random random;

    RequestMutator(long seed) {
        this.random = new Random(seed);
    }

    /** The next request. */
    byte[] next() {
        byte[] request = valid();
        int mutations = random.nextInt(MOST_MUTATIONS);
        for (int i = 0; i < mutations; i++) {
            request = mutate(request);
        }
        return request;
    }

    private byte[] valid() {
        String body = pick(List.of("", "x", "{\"n\":1}", "[1,2,3]", "\u00e9", "1".repeat(2_000)));
        StringBuilder request = new StringBuilder(pick(METHODS))
                .append(" /v1/stream/fuzz/")
                .append(random.nextInt(8))
                .append(pick(QUERIES))
                .append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        for (int i = random.nextInt(5); i > 0; i--) {
            request.append(pick(HEADERS)).append("\r\n");
        }
        if (random.nextInt(4) == 0) {
            request.append("Transfer-Encoding: chunked\r\n\r\n");
            if (!body.isEmpty()) {
                request.append(Integer.toHexString(body.length()))
                        .append("\r\n")
                        .append(body)
                        .append("\r\n");
            }
            request.append("0\r\n\r\n");
        } else {
            request.append("Content-Length: ")
                    .append(body.length())
                    .append("\r\n\r\n")
                    .append(body);
        }
        return request.toString().getBytes(ISO_8859_1);
    }

    private byte[] mutate(byte[] request) {
        if (request.length == 0) {
            return request;
        }
        int from = random.nextInt(request.length);
        int to = Math.min(request.length, from + 1 + random.nextInt(24));
        byte[] piece = Arrays.copyOfRange(request, from, to);
        return switch (random.nextInt(6)) {
            case 0 -> spliced(request, from, from + 1, new byte[] {(byte) random.nextInt(256)});
            case 1 -> spliced(request, from, to, new byte[0]);
            case 2 -> spliced(request, from, from, piece);
            case 3 -> spliced(request, from, from, pick(TOKENS).getBytes(ISO_8859_1));
            case 4 -> {
                byte[] noise = new byte[random.nextInt(LONGEST_INSERTION)];
                random.nextBytes(noise);
                yield spliced(request, from, from, noise);
            }
            default -> Arrays.copyOf(request, from);
        };
    }

    private static byte[] spliced(byte[] request, int from, int to, byte[] insertion) {
        ByteArrayOutputStream spliced = new ByteArrayOutputStream();
        spliced.write(request, 0, from);
        spliced.writeBytes(insertion);
        spliced.write(request, to, request.length - to);
        return spliced.toByteArray();
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
