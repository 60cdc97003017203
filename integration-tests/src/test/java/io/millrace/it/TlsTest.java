package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS at a gateway's port: the certificate is the one in the files, also when they change, and never a broken one. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TlsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int TIMEOUT_MILLIS = 30_000;

    @Test
    void theCertificateChangesWithItsFilesAndConnectionsLiveOn() throws Exception {
        TlsFiles files = TlsFiles.issue();
        try (GatewayProcess gateway = gateway("reload", files).start();
                SSLSocket before = connect(gateway.port())) {
            Certificate first = files.current();
            assertThat(certificate(before)).isEqualTo(first);
            isServed(before);

            files.renew();
            gateway.process().awaitOutput("event=certificate-changed", PATIENCE);
            Certificate second = files.current();
            assertThat(second).isNotEqualTo(first);
            try (SSLSocket after = connect(gateway.port())) {
                assertThat(certificate(after)).isEqualTo(second);
                isServed(after);
            }
            isServed(before);
        }
    }

    @Test
    void brokenFilesChangeNothingAndAreToldOnce() throws Exception {
        TlsFiles files = TlsFiles.issue();
        try (GatewayProcess gateway = gateway("broken", files).start()) {
            Certificate first = files.current();
            String key = Files.readString(files.key());
            String pem = Files.readString(files.certificate());

            TlsFiles.replace(files.certificate(), "no certificate");
            gateway.process().awaitOutput("holds no certificate in PEM", PATIENCE);
            isServedWith(first, gateway);

            TlsFiles.replace(files.certificate(), pem + pem);
            gateway.process().awaitOutput("do not follow one another", PATIENCE);
            isServedWith(first, gateway);

            Files.delete(files.key());
            gateway.process().awaitOutput("does not exist", PATIENCE);
            isServedWith(first, gateway);

            files.renew();
            gateway.process().awaitOutput("event=certificate-changed", PATIENCE);
            Certificate second = files.current();
            isServedWith(second, gateway);

            TlsFiles.replace(files.key(), key);
            gateway.process().awaitOutput("does not belong to the first certificate", PATIENCE);
            isServedWith(second, gateway);

            files.renew();
            Await.until("a good pair after a bad one", PATIENCE, () -> certificate(gateway)
                    .equals(files.current()));
            for (String trouble : List.of("holds no certificate in PEM", "does not exist")) {
                assertThat(gateway.process().output().split(trouble, -1))
                        .as(trouble)
                        .hasSize(2);
            }
            assertThat(gateway.process().output()).doesNotContain("\tat ", "PRIVATE KEY");
        }
    }

    static Stream<Arguments> mistakes() throws Exception {
        TlsFiles files = TlsFiles.issue();
        TlsFiles other = TlsFiles.issue();
        String certificate = "MILLRACE_SERVER_TLS_CERTIFICATE";
        String key = "MILLRACE_SERVER_TLS_KEY";
        return Stream.of(
                argumentSet(
                        "no key",
                        mistake().set(certificate, files.certificate().toString()),
                        List.of("server.tls.key is missing")),
                argumentSet(
                        "no certificate",
                        mistake().set(key, files.key().toString()),
                        List.of("server.tls.certificate is missing")),
                argumentSet(
                        "missing file",
                        mistake().tls(new TlsFiles(Path.of("/nowhere"))),
                        List.of("/nowhere/tls.crt", "server.tls.certificate", "does not exist")),
                argumentSet(
                        "a directory",
                        mistake().tls(files).set(certificate, files.directory().toString()),
                        List.of(files.directory().toString(), "server.tls.certificate", "cannot be read")),
                argumentSet(
                        "the files in each other's place",
                        mistake()
                                .set(certificate, files.key().toString())
                                .set(key, files.certificate().toString()),
                        List.of("server.tls.certificate", "holds no certificate")),
                argumentSet(
                        "the key of another certificate",
                        mistake().tls(files).set(key, other.key().toString()),
                        List.of(other.key().toString(), "server.tls.key", "does not belong")));
    }

    @ParameterizedTest
    @MethodSource
    void mistakes(GatewayProcess.Builder builder, List<String> words) throws Exception {
        try (GatewayProcess gateway = builder.launch()) {
            assertThat(gateway.awaitExit()).isNotZero();
            assertThat(gateway.process().output()).contains(words).doesNotContain("\tat ");
            assertThat(gateway.process().output().strip().lines()).hasSize(1);
        }
    }

    @Test
    void theUrlsThatTheGatewayTellsAreSecure() throws Exception {
        GatewayProcess gateway = TlsGateway.shared();
        String path = "/" + Names.unique("location");
        assertThat(gateway.client().create(path, TEXT).expect(201).header("Location"))
                .contains(gateway.client().base() + path);
        assertThat(gateway.process().output()).contains("event=started url=https://");
    }

    /** Whatever knocks at the port: the next one is served, and no log fills up. */
    @Test
    void whatIsNoHandshakeIsTurnedAwayWithoutALine() throws Exception {
        GatewayProcess gateway = TlsGateway.shared();
        String health = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
        for (String bytes : List.of(health, "\0\1\2\3", "\u0016\u0003\u0001\0\u0005hello", "")) {
            try (Socket plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
                plain.setSoTimeout(TIMEOUT_MILLIS);
                plain.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
                plain.shutdownOutput();
                String answer = new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer).doesNotContain("HTTP/");
            } catch (java.net.SocketException _) {
                // turned away before it had read the alert
            }
        }
        try (SSLSocket socket = connect(gateway.port())) {
            isServed(socket);
        }
        assertThat(gateway.process().output()).doesNotContain("\tat ");
    }

    /** Each handshake costs as much as a connection, of which there is a bound. */
    @Test
    void noSecondHandshakeIsMadeOnAConnection() throws Exception {
        try (SSLSocket socket =
                (SSLSocket) TlsFiles.trustingAnybody().getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(
                    InetAddress.ofLiteral("127.0.0.1"), TlsGateway.shared().port()));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            isServed(socket);
            socket.startHandshake();
            assertThatThrownBy(() -> isServed(socket)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void noFileDescriptorIsLeftOpen() throws Exception {
        GatewayProcess gateway = TlsGateway.shared();
        Path descriptors = Path.of("/proc", Long.toString(gateway.process().pid()), "fd");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isDirectory(descriptors), "this system has no /proc");
        long before = count(descriptors);
        for (int i = 0; i < 50; i++) {
            try (SSLSocket socket = connect(gateway.port())) {
                isServed(socket);
            }
        }
        Await.until("connections are closed", PATIENCE, () -> count(descriptors) < before + 25);
    }

    private static GatewayProcess.Builder gateway(String name, TlsFiles files) {
        return GatewayProcess.named(name)
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .tls(files);
    }

    private static GatewayProcess.Builder mistake() {
        return GatewayProcess.named("mistake").set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    }

    /** A connection with a handshake that remembers none before. */
    private static SSLSocket connect(int port) throws IOException {
        SSLSocket socket =
                (SSLSocket) TlsFiles.trustingAnybody().getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.startHandshake();
        return socket;
    }

    private static Certificate certificate(SSLSocket socket) throws IOException {
        return socket.getSession().getPeerCertificates()[0];
    }

    private static Certificate certificate(GatewayProcess gateway) throws IOException {
        try (SSLSocket socket = connect(gateway.port())) {
            return certificate(socket);
        }
    }

    private static void isServedWith(Certificate expected, GatewayProcess gateway) throws IOException {
        try (SSLSocket socket = connect(gateway.port())) {
            assertThat(certificate(socket)).isEqualTo(expected);
            isServed(socket);
        }
    }

    /** Asks once, and leaves the connection open. */
    private static void isServed(SSLSocket socket) throws IOException {
        socket.getOutputStream()
                .write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        assertThat(lines.readLine()).isEqualTo("HTTP/1.1 200 OK");
        int length = 0;
        for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        assertThat(lines.skip(length)).isEqualTo(length);
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }
}
