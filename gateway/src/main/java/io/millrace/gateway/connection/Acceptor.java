package io.millrace.gateway.connection;

import io.helidon.common.socket.SocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Options for accepted sockets that besides show each socket to somebody: the one place where Helidon 4.5.0 hands out a
 * connection before it waits for its client's first byte, and where one can be refused.
 */
final class Acceptor implements SocketOptions {

    /** What is written is a whole answer or a batch of events: nothing to wait for. */
    private final SocketOptions options =
            SocketOptions.builder().tcpNoDelay(true).build();

    private final Accept accept;

    Acceptor(Accept accept) {
        this.accept = accept;
    }

    /** Hears of a connection. */
    interface Accept {

        /** Takes it, or throws, whereupon it is closed. */
        void accept(SocketChannel channel) throws IOException;
    }

    @Override
    public void configureSocket(SocketChannel channel) {
        options.configureSocket(channel);
        try {
            accept.accept(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void configureSocket(Socket socket) {
        options.configureSocket(socket);
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
        return options.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
        return options.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
        return options.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
        return options.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
        return options.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
        return options.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
        return options.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
        return options.tcpNoDelay();
    }
}
