package io.millrace.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.gateway.config.TlsSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServerCertificateTest {

    @TempDir
    private static Path stores;

    @TempDir
    private Path directory;

    private static IssuedCertificate rsa;
    private static IssuedCertificate ec;
    private static IssuedCertificate ed25519;
    private static IssuedCertificate signed;

    @BeforeAll
    static void issue() throws Exception {
        rsa = IssuedCertificate.selfSigned(stores, "RSA");
        ec = IssuedCertificate.selfSigned(stores, "EC");
        ed25519 = IssuedCertificate.selfSigned(stores, "Ed25519");
        signed = IssuedCertificate.signed(stores);
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                argumentSet("RSA", rsa, rsa.keyPem()),
                argumentSet("elliptic curve", ec, ec.keyPem()),
                argumentSet("Ed25519", ed25519, ed25519.keyPem()),
                argumentSet("RSA as PKCS #1", rsa, rsa.olderKeyPem("RSA")),
                argumentSet("elliptic curve as SEC 1", ec, ec.olderKeyPem("EC")),
                argumentSet(
                        "parameters before the key",
                        ec,
                        IssuedCertificate.pem("EC PARAMETERS", new byte[] {6, 1, 1}) + ec.olderKeyPem("EC")),
                argumentSet("text around", rsa, "Bag Attributes\n\tname: own\n" + rsa.keyPem() + "the end\n"),
                argumentSet("Windows line ends", rsa, rsa.keyPem().replace("\n", "\r\n")),
                argumentSet("the certificate with it in one file", rsa, rsa.certificatePem() + rsa.keyPem()),
                argumentSet("with a chain", signed, signed.keyPem()));
    }

    @ParameterizedTest
    @MethodSource
    void forms(IssuedCertificate issued, String keyPem) throws Exception {
        ServerCertificate read = ServerCertificate.read(files("text before\n" + issued.certificatePem(), keyPem));
        assertThat(read.chain()).isEqualTo(issued.chain());
        assertThat(read.key()).isEqualTo(issued.key());
        assertThat(read.tls().enabled()).isTrue();
        assertThat(read.text().toString()).doesNotContain("PRIVATE");
    }

    static Stream<Arguments> mistakes() {
        String certificate = "server.tls.certificate";
        String key = "server.tls.key";
        return Stream.of(
                argumentSet("empty certificate", "", rsa.keyPem(), certificate, "holds no certificate in PEM"),
                argumentSet(
                        "a key in its place", rsa.keyPem(), rsa.keyPem(), certificate, "holds no certificate in PEM"),
                argumentSet(
                        "half a certificate",
                        rsa.certificatePem().substring(0, 300),
                        rsa.keyPem(),
                        certificate,
                        "holds no certificate in PEM"),
                argumentSet(
                        "damaged certificate",
                        IssuedCertificate.pem("CERTIFICATE", new byte[100]),
                        rsa.keyPem(),
                        certificate,
                        "holds a damaged certificate (number 1)"),
                argumentSet(
                        "damaged chain",
                        rsa.certificatePem() + IssuedCertificate.pem("CERTIFICATE", new byte[100]),
                        rsa.keyPem(),
                        certificate,
                        "holds a damaged certificate (number 2)"),
                argumentSet(
                        "the same certificate twice",
                        rsa.certificatePem() + rsa.certificatePem(),
                        rsa.keyPem(),
                        certificate,
                        "do not follow one another"),
                argumentSet(
                        "a certificate that issued no other",
                        signed.certificatePem() + signed.certificatePem(),
                        signed.keyPem(),
                        certificate,
                        "do not follow one another"),
                argumentSet(
                        "something large",
                        "x".repeat(2_000_000),
                        rsa.keyPem(),
                        certificate,
                        "is larger than any certificate"),
                argumentSet("empty key", rsa.certificatePem(), "", key, "holds no private key in PEM"),
                argumentSet(
                        "a certificate in its place",
                        rsa.certificatePem(),
                        rsa.certificatePem(),
                        key,
                        "holds no private key in PEM"),
                argumentSet(
                        "encrypted key",
                        rsa.certificatePem(),
                        IssuedCertificate.pem("ENCRYPTED PRIVATE KEY", new byte[100]),
                        key,
                        "holds an encrypted key: decrypt it"),
                argumentSet(
                        "key encrypted in the old way",
                        rsa.certificatePem(),
                        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
                        key,
                        "holds an encrypted key: decrypt it"),
                argumentSet(
                        "damaged key",
                        rsa.certificatePem(),
                        IssuedCertificate.pem("PRIVATE KEY", new byte[100]),
                        key,
                        "is damaged, or does not belong"),
                argumentSet(
                        "key of another kind",
                        rsa.certificatePem(),
                        ec.keyPem(),
                        key,
                        "is damaged, or does not belong"),
                argumentSet(
                        "key of another certificate",
                        ec.certificatePem(),
                        signed.keyPem(),
                        key,
                        "is damaged, or does not belong"),
                argumentSet(
                        "the authority first",
                        reversed(signed),
                        signed.keyPem(),
                        key,
                        "put the server's own certificate first"));
    }

    @ParameterizedTest
    @MethodSource
    void mistakes(String certificatePem, String keyPem, String key, String words) throws Exception {
        TlsSettings files = files(certificatePem, keyPem);
        assertThatThrownBy(() -> ServerCertificate.read(files))
                .isInstanceOf(ServerCertificate.Unusable.class)
                .hasMessageContainingAll(key, directory.toString(), words)
                .hasMessageEndingWith(".");
    }

    @Test
    void aMissingFileIsNamed() {
        TlsSettings files = new TlsSettings(directory.resolve("none.pem"), directory.resolve("none.key"));
        assertThatThrownBy(() -> ServerCertificate.read(files))
                .hasMessage("The file " + directory.resolve("none.pem")
                        + " in server.tls.certificate does not exist: put it there, or name another.");
    }

    @Test
    void aDirectoryIsNoFile() throws Exception {
        TlsSettings files = new TlsSettings(files(rsa.certificatePem(), "").certificate(), directory);
        assertThatThrownBy(() -> ServerCertificate.read(files))
                .isInstanceOf(ServerCertificate.Unusable.class)
                .hasMessageContainingAll("server.tls.key", "cannot be read", "name a PEM file");
    }

    private TlsSettings files(String certificatePem, String keyPem) throws Exception {
        return new TlsSettings(
                Files.writeString(directory.resolve("tls.crt"), certificatePem),
                Files.writeString(directory.resolve("tls.key"), keyPem));
    }

    private static String reversed(IssuedCertificate issued) {
        return new IssuedCertificate(issued.chain().reversed(), issued.key()).certificatePem();
    }
}
