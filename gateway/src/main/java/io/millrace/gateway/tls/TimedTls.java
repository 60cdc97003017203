package io.millrace.gateway.tls;

import io.helidon.common.tls.ConfiguredTlsManager;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Helidon's TLS over sockets, with two things mended (docs/adr/0003): a handshake must end in time, where the server
 * would wait for ever; and a connection's socket is closed with it, where the server would leave it open.
 */
final class TimedTls extends ConfiguredTlsManager {

    private static final Duration LONGEST_HANDSHAKE = Duration.ofSeconds(10);

    TimedTls() {
        super("millrace", "timed");
    }

    @Override
    public SSLContext sslContext() {
        return new TimedContext(super.sslContext());
    }

    /** A context whose sockets are timed. */
    private static final class TimedContext extends SSLContext {

        TimedContext(SSLContext inner) {
            super(new Spi(inner), inner.getProvider(), inner.getProtocol());
        }
    }

    /** The context as it is, but for the sockets. */
    private static final class Spi extends SSLContextSpi {

        private final SSLContext inner;

        Spi(SSLContext inner) {
            this.inner = inner;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            inner.init(keys, trust, random);
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return new TimedSockets(inner.getSocketFactory());
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return inner.getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return inner.createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return inner.createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return inner.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return inner.getClientSessionContext();
        }
    }

    /** Makes the server's sockets; it opens none of its own. */
    private static final class TimedSockets extends SSLSocketFactory {

        private static final Executor LATER =
                CompletableFuture.delayedExecutor(LONGEST_HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS);

        private final SSLSocketFactory inner;

        TimedSockets(SSLSocketFactory inner) {
            this.inner = inner;
        }

        /** On an accepted connection. Whatever the server asks for, the connection is closed with the socket. */
        @Override
        public Socket createSocket(Socket accepted, @Nullable InputStream consumed, boolean autoClose)
                throws IOException {
            SSLSocket socket = (SSLSocket) inner.createSocket(accepted, consumed, true);
            WeakReference<SSLSocket> watched = new WeakReference<>(socket);
            WeakReference<Socket> connection = new WeakReference<>(accepted);
            LATER.execute(() -> closeUnlessGreeted(watched.get(), connection.get()));
            return socket;
        }

        private static void closeUnlessGreeted(@Nullable SSLSocket socket, @Nullable Socket connection) {
            // Which protocol follows is settled, be it to none, when the handshake is.
            if (socket == null || connection == null || socket.getApplicationProtocol() != null) {
                return;
            }
            try {
                connection.close();
            } catch (IOException _) {
                return; // it was closed already, or is now
            }
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return inner.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return inner.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
            return inner.createSocket(connected, host, port, autoClose);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return inner.createSocket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return inner.createSocket(host, port, local, localPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return inner.createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return inner.createSocket(host, port, local, localPort);
        }
    }
}
