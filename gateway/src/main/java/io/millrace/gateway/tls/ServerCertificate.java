package io.millrace.gateway.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.tls.Tls;
import io.millrace.gateway.config.Key;
import io.millrace.gateway.config.TlsSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server proves itself with: a certificate with its chain, and the key that belongs to it.
 *
 * @param files where it was read
 * @param text  as it was read
 * @param chain the server's own certificate first
 * @param key   of the first certificate
 */
public record ServerCertificate(TlsSettings files, Text text, List<X509Certificate> chain, PrivateKey key) {

    /** Far more than a chain takes; of a larger file nothing is kept. */
    private static final int MOST_BYTES = 1024 * 1024;

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    /** The usual form of a key (PKCS #8), and the older ones of RSA and elliptic curves (PKCS #1, SEC 1). */
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN ((?:RSA |EC )?)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1PRIVATE KEY-----");

    private static final Pattern ENCRYPTED_KEY =
            Pattern.compile("-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: *4,ENCRYPTED");

    private static final byte[] CHALLENGE = "does the key belong to the certificate".getBytes(ISO_8859_1);

    static {
        // A client of TLS 1.2 may ask for handshake upon handshake, each as dear as a connection, on one that is
        // counted once.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    public ServerCertificate {
        chain = List.copyOf(chain);
    }

    /** The two files' content, to tell whether it has changed. */
    public record Text(String certificate, String key) {

        /** Reads both files. */
        static Text read(TlsSettings files) throws Unusable {
            return new Text(
                    readText(files.certificate(), Key.SERVER_TLS_CERTIFICATE),
                    readText(files.key(), Key.SERVER_TLS_KEY));
        }

        @Override
        public String toString() {
            return "Text[a certificate and its key]"; // which no log line may show
        }
    }

    /** The files are not what they should be; the message says what to do. */
    public static final class Unusable extends Exception {

        private static final long serialVersionUID = 1;

        Unusable(String message, Throwable cause) {
            super(message, cause);
        }

        Unusable(String message) {
            super(message);
        }
    }

    /** Reads the files, and makes sure that they belong together. */
    public static ServerCertificate read(TlsSettings files) throws Unusable {
        return parse(Text.read(files), files);
    }

    static ServerCertificate parse(Text text, TlsSettings files) throws Unusable {
        List<X509Certificate> chain = parseChain(text.certificate(), files.certificate());
        PrivateKey key = parseKey(text.key(), chain.getFirst().getPublicKey(), files);
        if (!belongs(key, chain.getFirst().getPublicKey())) {
            throw unfitKey(files);
        }
        if (!follow(chain)) {
            throw new Unusable(sentence(
                    Key.SERVER_TLS_CERTIFICATE,
                    files.certificate(),
                    "holds certificates that do not follow one another: write the server's own first, then the one that"
                            + " issued it, and so on, each once"));
        }
        return new ServerCertificate(files, text, chain, key);
    }

    /** As the server takes it. */
    public Tls tls() {
        return Tls.builder()
                .manager(new ClosingTls())
                .privateKey(key)
                .privateKeyCertChain(chain)
                .build();
    }

    /** When clients stop to accept it. */
    Instant expires() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    private static String readText(Path file, Key key) throws Unusable {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new Unusable(sentence(key, file, "is larger than any certificate or key: name the right file"));
            }
            return new String(bytes, ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new Unusable(sentence(key, file, "does not exist: put it there, or name another"), e);
        } catch (AccessDeniedException e) {
            throw new Unusable(sentence(key, file, "may not be read by this user: change its owner or mode"), e);
        } catch (IOException e) {
            throw new Unusable(sentence(key, file, "cannot be read (" + e.getMessage() + "): name a PEM file"), e);
        }
    }

    private static List<X509Certificate> parseChain(String text, Path file) throws Unusable {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Matcher pem = CERTIFICATE.matcher(text); pem.find(); ) {
                byte[] bytes = pem.group().getBytes(ISO_8859_1);
                chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
            }
        } catch (CertificateException e) {
            throw new Unusable(
                    sentence(
                            Key.SERVER_TLS_CERTIFICATE,
                            file,
                            "holds a damaged certificate (number " + (chain.size() + 1) + "): write it anew"),
                    e);
        }
        if (chain.isEmpty()) {
            throw new Unusable(sentence(
                    Key.SERVER_TLS_CERTIFICATE,
                    file,
                    "holds no certificate in PEM: write the server's own certificate, then its chain"));
        }
        return chain;
    }

    /** Whether each was issued by the next, as Java demands of a chain. */
    private static boolean follow(List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                return false;
            }
        }
        return Set.copyOf(chain).size() == chain.size();
    }

    private static PrivateKey parseKey(String text, PublicKey publicKey, TlsSettings files) throws Unusable {
        Matcher pem = KEY.matcher(text);
        if (!pem.find()) {
            throw new Unusable(sentence(
                    Key.SERVER_TLS_KEY,
                    files.key(),
                    ENCRYPTED_KEY.matcher(text).find()
                            ? "holds an encrypted key: decrypt it, with openssl pkey -in FILE -out FILE"
                            : "holds no private key in PEM: write the certificate's private key"));
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
            byte[] pkcs8 = pem.group(1).isEmpty() ? der : Pkcs8.wrap(der, publicKey);
            return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw unfitKey(files);
        }
    }

    private static boolean belongs(PrivateKey key, PublicKey publicKey) {
        try {
            Signature signature = Signature.getInstance(
                    switch (key.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> key.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(CHALLENGE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(CHALLENGE);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static Unusable unfitKey(TlsSettings files) {
        return new Unusable(sentence(
                Key.SERVER_TLS_KEY,
                files.key(),
                "is damaged, or does not belong to the first certificate in " + files.certificate()
                        + ": name the key that this certificate was made for, and put the server's own certificate"
                        + " first"));
    }

    private static String sentence(Key key, Path file, String demand) {
        return "The file " + file + " in " + key.path() + " " + demand + ".";
    }
}
