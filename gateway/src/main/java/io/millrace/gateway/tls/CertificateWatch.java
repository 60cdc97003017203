package io.millrace.gateway.tls;

import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import io.millrace.gateway.tls.ServerCertificate.Text;
import io.millrace.gateway.tls.ServerCertificate.Unusable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the certificate's files again and again, and hands a new certificate on. By content, because files come by
 * rename, by link and over networks, and not all of that is notified. What is broken is told once, and changes nothing.
 */
public final class CertificateWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Consumer<ServerCertificate> server;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** As of the last look. */
    private ServerCertificate certificate;

    private Text text;
    private String trouble = "";

    private CertificateWatch(ServerCertificate certificate, Consumer<ServerCertificate> server) {
        this.certificate = certificate;
        this.text = certificate.text();
        this.server = server;
    }

    /** Watches the files of a certificate that is in use. */
    public static CertificateWatch start(ServerCertificate certificate, Consumer<ServerCertificate> server) {
        CertificateWatch watch = new CertificateWatch(certificate, server);
        LOG.info("{}", watch.line("certificate"));
        Thread.ofVirtual().name("certificate-watch").start(watch::run);
        return watch;
    }

    @Override
    public void close() {
        stop.countDown();
    }

    private void run() {
        try {
            while (!stop.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody does that; it would be the end all the same
        }
    }

    private void look() {
        try {
            Text now = Text.read(certificate.files());
            if (!now.equals(text)) {
                text = now;
                certificate = ServerCertificate.parse(now, certificate.files());
                server.accept(certificate);
                LOG.info("{}", line("certificate-changed"));
            }
            trouble = "";
        } catch (Unusable e) {
            tell(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            tell("the server does not take it: " + e); // the next one it may
        }
    }

    private void tell(String newTrouble) {
        if (!newTrouble.equals(trouble)) {
            trouble = newTrouble;
            LOG.warn("{}", LogLine.of("certificate-kept").with(LogKey.REASON, newTrouble));
        }
    }

    private LogLine line(String event) {
        return LogLine.of(event)
                .with(LogKey.PATH, certificate.files().certificate())
                .with(LogKey.EXPIRES, certificate.expires());
    }
}
