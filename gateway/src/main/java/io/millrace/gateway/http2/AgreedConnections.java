package io.millrace.gateway.http2;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/**
 * Gives each connection of a listener with TLS the protocol that the two sides agreed on in the handshake (ALPN), HTTP/1.1
 * where they did not. Nothing is guessed from what the client sends.
 */
public final class AgreedConnections implements ServerConnectionSelector {

    private static final String HTTP_2 = "h2";

    private final ServerConnectionSelector http1;
    private final Http2Connections http2;

    /** Connections by HTTP/1.1 as that takes them, and by HTTP/2. */
    public AgreedConnections(ServerConnectionSelector http1, Http2Connections http2) {
        this.http1 = http1;
        this.http2 = http2;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData begin) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return Set.of(HTTP_2, "http/1.1");
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        boolean agreed = context.serverSocket().protocolNegotiated()
                && context.serverSocket().protocol().equals(HTTP_2);
        return agreed ? http2.connection(context) : http1.connection(context);
    }
}
