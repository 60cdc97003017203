package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Speaks the protocol as it is on the wire, to one gateway.
 *
 * @param base such as {@code http://127.0.0.1:4437/v1/stream}
 * @param http what carries it
 */
record StreamClient(URI base, HttpClient http) {

    static final String TEXT = "text/plain";
    static final String JSON = "application/json";
    static final String BYTES = "application/octet-stream";

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final HttpClient HTTP_1 = client(HttpClient.Version.HTTP_1_1);

    /** By HTTP/1.1. */
    StreamClient(URI base) {
        this(base, HTTP_1);
    }

    /** By HTTP/2, where the gateway has TLS; on a connection of its own. */
    static StreamClient overHttp2(URI base) {
        return new StreamClient(base, client(HttpClient.Version.HTTP_2));
    }

    private static HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(TlsFiles.trustingAnybody())
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /** PUT without a body. {@code headers} are names and values in turn. */
    Answer create(String path, String type, String... headers) throws IOException, InterruptedException {
        return put(path, type, "", headers);
    }

    Answer put(String path, String type, String body, String... headers) throws IOException, InterruptedException {
        return send(request("PUT", path, publisher(bytes(body)), with(type, headers)));
    }

    /** PUT of a fork of the stream at {@code source}, without a content type or data of its own. */
    Answer fork(String path, String source, String... headers) throws IOException, InterruptedException {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Stream-Forked-From";
        all[headers.length + 1] = base.getPath() + source;
        return send("PUT", path, all);
    }

    Answer append(String path, String type, String body, String... headers) throws IOException, InterruptedException {
        return append(path, type, bytes(body), headers);
    }

    Answer append(String path, String type, byte[] body, String... headers) throws IOException, InterruptedException {
        return send(request("POST", path, publisher(body), with(type, headers)));
    }

    CompletableFuture<Answer> appendAsync(String path, String type, String body, String... headers) {
        return sendAsync(request("POST", path, publisher(bytes(body)), with(type, headers)));
    }

    /** POST with no header but these. */
    Answer post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send(request("POST", path, publisher(bytes(body)), headers));
    }

    /** Closes without data. */
    Answer close(String path) throws IOException, InterruptedException {
        return send("POST", path, "Stream-Closed", "true");
    }

    /** {@code path} with the query, if any. */
    Answer get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, headers);
    }

    CompletableFuture<Answer> getAsync(String path, String... headers) {
        return sendAsync(request("GET", path, BodyPublishers.noBody(), headers));
    }

    Answer head(String path) throws IOException, InterruptedException {
        return send("HEAD", path);
    }

    Answer delete(String path) throws IOException, InterruptedException {
        return send("DELETE", path);
    }

    /** Any method, without a body. */
    Answer send(String method, String path, String... headers) throws IOException, InterruptedException {
        return send(request(method, path, BodyPublishers.noBody(), headers));
    }

    CompletableFuture<Answer> sendAsync(String method, String path, String... headers) {
        return sendAsync(request(method, path, BodyPublishers.noBody(), headers));
    }

    /** An SSE response, to be read and closed by the caller. */
    SseReader sse(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(request("GET", path, BodyPublishers.noBody()), BodyHandlers.ofInputStream());
        return new SseReader(response);
    }

    /** All of a stream from {@code offset} to its tail, chunk by chunk. */
    byte[] readAll(String path, String offset) throws IOException, InterruptedException {
        var all = new java.io.ByteArrayOutputStream();
        for (String next = offset; ; ) {
            Answer answer = get(path + "?offset=" + next).expect(200);
            all.writeBytes(answer.body());
            next = answer.next();
            if (answer.isUpToDate()) {
                return all.toByteArray();
            }
        }
    }

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        return Answer.of(http.send(request, BodyHandlers.ofByteArray()));
    }

    private CompletableFuture<Answer> sendAsync(HttpRequest request) {
        return http.sendAsync(request, BodyHandlers.ofByteArray()).thenApply(Answer::of);
    }

    private HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).method(method, body);
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    private static BodyPublisher publisher(byte[] body) {
        return body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String[] with(String type, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = type;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return all;
    }
}
