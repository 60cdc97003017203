package io.millrace.gateway.connection;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/** Makes HTTP/1.1 connections of Helidon's, with ours between them and their clients. */
final class Http1Connections implements ServerConnectionSelector {

    private final Http1ConnectionSelector helidon;
    private final Connections connections;

    Http1Connections(Http1Config.Builder config, Connections connections) {
        this.helidon = Http1ConnectionSelector.builder()
                .config(config.addReceiveListener(new ContentLengths.OfRequests())
                        .addSendListener(new ContentLengths.OfAnswers())
                        .build())
                .build();
        this.connections = connections;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return helidon.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return helidon.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return helidon.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return connections
                .of(context)
                .map(connection -> connections.until(
                        context, connection, helidon.connection(Http1Context.of(context, connection))))
                .orElseGet(() -> helidon.connection(context)); // closed already, as its first read will tell
    }
}
