package io.millrace.gateway.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that a server proves itself with.
 *
 * @param certificate the certificate and its chain, in PEM
 * @param key         the certificate's private key, in PEM
 */
public record TlsSettings(Path certificate, Path key) {

    static Optional<TlsSettings> from(Values values) throws ConfigurationException {
        boolean certificate = !values.text(Key.SERVER_TLS_CERTIFICATE).isEmpty();
        boolean key = !values.text(Key.SERVER_TLS_KEY).isEmpty();
        Check.that(key || !certificate, Key.SERVER_TLS_KEY, "is missing: name the file with the certificate's key");
        Check.that(certificate || !key, Key.SERVER_TLS_CERTIFICATE, "is missing: name the file with the certificate");
        return certificate
                ? Optional.of(new TlsSettings(values.path(Key.SERVER_TLS_CERTIFICATE), values.path(Key.SERVER_TLS_KEY)))
                : Optional.empty();
    }
}
