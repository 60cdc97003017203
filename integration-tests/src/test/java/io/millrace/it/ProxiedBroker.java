package io.millrace.it;

import java.io.IOException;
import java.util.List;

/** A broker with two doors: one straight, one through a proxy; and whoever comes through a door stays on that way. */
final class ProxiedBroker implements AutoCloseable {

    private final ChildBroker broker;
    private final TcpProxy proxy;
    private final int proxyPort;

    private ProxiedBroker(ChildBroker broker, TcpProxy proxy, int proxyPort) {
        this.broker = broker;
        this.proxy = proxy;
        this.proxyPort = proxyPort;
    }

    static ProxiedBroker start() throws Exception {
        int proxyPort = Ports.free();
        int backDoor = Ports.free();
        ChildBroker broker = ChildBroker.start((port, controllerPort) -> List.of(
                "listeners=CLIENT://127.0.0.1:%d,PROXIED://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(port, backDoor, controllerPort),
                "advertised.listeners=CLIENT://127.0.0.1:%d,PROXIED://127.0.0.1:%d".formatted(port, proxyPort),
                "listener.security.protocol.map=CLIENT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT"));
        return new ProxiedBroker(broker, TcpProxy.start(proxyPort, backDoor), proxyPort);
    }

    KafkaFixture broker() {
        return broker;
    }

    TcpProxy proxy() {
        return proxy;
    }

    /** The way through the proxy. */
    String proxiedBootstrapServers() {
        return "127.0.0.1:" + proxyPort;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        broker.close();
    }
}
