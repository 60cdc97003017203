package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The port for operators: health, no streams, nothing for a browser; and the public port has nothing of it. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AdminListenerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void healthIsOnBothPortsAndStreamsAreOnOne() throws Exception {
        int port = Ports.free();
        try (GatewayProcess gateway = gateway("admin", port).start()) {
            String path = "/" + Names.unique("admin");
            gateway.client().create(path, TEXT).expect(201);
            StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + port));
            StreamClient everybody = new StreamClient(gateway.origin());
            for (String kind : List.of("/health/live", "/health/ready")) {
                assertThat(admin.get(kind).expect(200).text())
                        .isEqualTo(everybody.get(kind).expect(200).text());
            }
            for (String method : List.of("GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS")) {
                Answer answer = admin.send(method, "/v1/stream" + path).expect(404);
                assertThat(answer.header("Content-Type")).contains("application/problem+json");
            }
            gateway.client().head(path).expect(200);
            for (String target :
                    List.of("/", "/health", "/health/", "/health/other", "/admin", "/metrics/", "/rules")) {
                everybody.get(target).expect(404);
                admin.get(target).expect(404);
            }
            for (String target : List.of("/metrics", "/rules/reload")) {
                everybody.get(target).expect(404);
                everybody.send("POST", target).expect(404);
            }
            Answer metrics = admin.get("/metrics").expect(200);
            assertThat(metrics.header("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
            assertThat(metrics.text())
                    .contains("# TYPE millrace_rules_reloads_total counter")
                    .contains("millrace_rules_reloads_total{result=\"refused\"} 0.0")
                    .contains("# TYPE millrace_existing_bad_records_total counter");
            assertThat(admin.send("HEAD", "/metrics").expect(200).text()).isEmpty();
            assertThat(admin.send("POST", "/metrics").expect(405).header("Allow"))
                    .contains("GET, HEAD");
            for (String method : List.of("GET", "PUT", "HEAD", "DELETE", "OPTIONS")) {
                assertThat(admin.send(method, "/rules/reload").expect(405).header("Allow"))
                        .as(method)
                        .contains("POST");
            }
            assertThat(gateway.process().output()).contains("admin=http://127.0.0.1:" + port);
        }
    }

    /** Pages of any origin may read what the public port answers; what only operators may know is not for them. */
    @Test
    void noPageOfAnotherOriginMayRead() throws Exception {
        int port = Ports.free();
        try (GatewayProcess gateway = gateway("admin-cors", port).start()) {
            assertThat(new StreamClient(gateway.origin()).get("/health/live").header("Access-Control-Allow-Origin"))
                    .contains("*");
            StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + port));
            for (Answer answer : List.of(
                    admin.get("/health/live").expect(200), admin.get("/none").expect(404))) {
                assertThat(answer.headers().map().keySet()).noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT)
                        .startsWith("access-control-"));
                assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
            }
            String refused = RawHttp.send(port, "nonsense\r\n\r\n");
            assertThat(refused)
                    .startsWith("HTTP/1.1 400 ")
                    .contains("application/problem+json")
                    .doesNotContainIgnoringCase("access-control-");
        }
    }

    @Test
    void itTellsThatTheGatewayDrainsAndStopsWithIt() throws Exception {
        int port = Ports.free();
        try (GatewayProcess gateway = gateway("admin-drain", port)
                .set("MILLRACE_SERVER_DRAIN_TIMEOUT", "20s")
                .start()) {
            String path = "/" + Names.unique("drain");
            gateway.client().create(path, TEXT).expect(201);
            try (RawBody slow = RawBody.begin(gateway.port(), "/v1/stream" + path)) {
                gateway.terminate();
                StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + port));
                Await.until(
                        "not ready", PATIENCE, () -> admin.get("/health/ready").status() == 503);
                assertThat(admin.get("/health/ready").text()).contains("shutting-down");
                admin.get("/health/live").expect(200);
                slow.end();
            }
            gateway.awaitExit();
            try (ServerSocket again = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
                assertThat(again.isBound()).isTrue();
            }
        }
    }

    @Test
    void aBusyPortStopsTheStart() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                GatewayProcess gateway =
                        gateway("admin-busy", busy.getLocalPort()).launch()) {
            assertThat(gateway.awaitExit()).isNotZero();
            assertThat(gateway.process().output())
                    .contains("127.0.0.1:" + busy.getLocalPort(), "admin.port", "MILLRACE_ADMIN_PORT")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void thereIsNoneUnlessItIsAskedFor() {
        assertThat(GatewayPair.shared().one().process().output())
                .contains("event=started")
                .doesNotContain("admin=");
    }

    private static GatewayProcess.Builder gateway(String name, int adminPort) {
        return GatewayProcess.named(name)
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .set("MILLRACE_ADMIN_PORT", Integer.toString(adminPort));
    }

    /** A request whose body takes its time, and keeps a stopping gateway waiting. */
    private record RawBody(java.net.Socket socket) implements AutoCloseable {

        static RawBody begin(int port, String target) throws IOException {
            java.net.Socket socket = new java.net.Socket(InetAddress.ofLiteral("127.0.0.1"), port);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            String head = "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + TEXT
                    + "\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            byte[] asked = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
            assertThat(new String(asked, java.nio.charset.StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 100");
            return new RawBody(socket);
        }

        void end() throws IOException {
            socket.getOutputStream().write(new byte[] {'s', 'l', 'o', 'w'});
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
