package io.millrace.gateway.tls;

import io.millrace.gateway.config.TlsSettings;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import io.millrace.gateway.tls.ServerCertificate.Text;
import io.millrace.gateway.tls.ServerCertificate.Unusable;
import io.millrace.gateway.watch.TextWatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands a new certificate on when the files have changed. */
public final class CertificateWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final TextWatch<Text> watch;

    private CertificateWatch(TextWatch<Text> watch) {
        this.watch = watch;
    }

    /** Watches the files of a certificate that is in use. */
    public static CertificateWatch start(ServerCertificate certificate, Consumer<ServerCertificate> server) {
        tell("certificate", certificate);
        TextWatch<Text> watch =
                new TextWatch<>("certificate", new Files(certificate.files(), server), certificate.text());
        watch.start();
        return new CertificateWatch(watch);
    }

    @Override
    public void close() {
        watch.close();
    }

    /** The files, and who takes what is in them. */
    private record Files(TlsSettings files, Consumer<ServerCertificate> server) implements TextWatch.Subject<Text> {

        @Override
        public Text read(Text before) throws TextWatch.Refused {
            try {
                return Text.read(files);
            } catch (Unusable e) {
                throw refused(e);
            }
        }

        @Override
        public void take(Text text) throws TextWatch.Refused {
            ServerCertificate certificate;
            try {
                certificate = ServerCertificate.parse(text, files);
            } catch (Unusable e) {
                throw refused(e);
            }
            server.accept(certificate);
            tell("certificate-changed", certificate);
        }

        private static TextWatch.Refused refused(Unusable e) {
            return new TextWatch.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static void tell(String event, ServerCertificate certificate) {
        LOG.info(
                "{}",
                LogLine.of(event)
                        .with(LogKey.PATH, certificate.files().certificate())
                        .with(LogKey.EXPIRES, certificate.expires()));
    }
}
