package io.millrace.gateway.tls;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate made by the JDK's keytool, and its key, for tests. */
record IssuedCertificate(List<Certificate> chain, PrivateKey key) {

    private static final char[] PASSWORD = "for the test only".toCharArray();

    /** One that proves itself; {@code algorithm} as keytool names it. */
    static IssuedCertificate selfSigned(Path directory, String algorithm) throws Exception {
        Path store = directory.resolve(algorithm + ".p12");
        keytool(store, "own", algorithm, List.of());
        return load(store);
    }

    /** One that an authority has signed, whose certificate follows in the chain. */
    static IssuedCertificate signed(Path directory) throws Exception {
        Path store = directory.resolve("signed.p12");
        keytool(store, "authority", "EC", List.of("-ext", "bc:c"));
        keytool(store, "own", "EC", List.of("-signer", "authority"));
        return load(store);
    }

    String certificatePem() {
        StringBuilder pem = new StringBuilder();
        try {
            for (Certificate certificate : chain) {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (java.security.cert.CertificateException e) {
            throw new IllegalStateException(e);
        }
        return pem.toString();
    }

    /** The key as PKCS #8. */
    String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /** The key as older tools write it (PKCS #1, SEC 1): the last element of PKCS #8, without its tag and length. */
    String olderKeyPem(String algorithm) {
        byte[] der = key.getEncoded();
        int at = contentAt(der, 0);
        at = end(der, at); // version
        at = end(der, at); // algorithm
        return pem(algorithm + " PRIVATE KEY", java.util.Arrays.copyOfRange(der, contentAt(der, at), end(der, at)));
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }

    private static int contentAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int end(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        if (length >= 0x80) {
            length = new java.math.BigInteger(1, java.util.Arrays.copyOfRange(der, at + 2, contentAt(der, at)))
                    .intValueExact();
        }
        return contentAt(der, at) + length;
    }

    private static void keytool(Path store, String alias, String algorithm, List<String> more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", new String(PASSWORD)));
        command.addAll(List.of("-alias", alias, "-keyalg", algorithm, "-dname", "CN=" + alias));
        command.addAll(more);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError("keytool: " + output);
        }
    }

    private static IssuedCertificate load(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return new IssuedCertificate(
                List.of(keys.getCertificateChain("own")), (PrivateKey) keys.getKey("own", PASSWORD));
    }
}
