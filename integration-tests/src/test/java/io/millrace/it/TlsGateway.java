package io.millrace.it;

/** Gateways that serve with TLS what {@link GatewayPair} serves without, on the same broker; their access log is on. */
final class TlsGateway {

    private static final class Shared {
        static final GatewayProcess GATEWAY = start();
    }

    private TlsGateway() {}

    /** The one for tests that leave it alone; it ends with this process. */
    static GatewayProcess shared() {
        return Shared.GATEWAY;
    }

    static GatewayProcess.Builder named(String name) throws Exception {
        return GatewayProcess.named(name)
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .tls(TlsFiles.issue())
                .set("MILLRACE_SERVER_ACCESS_LOG", "true");
    }

    private static GatewayProcess start() {
        try {
            return named("tls").set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "2s").start();
        } catch (Exception e) {
            throw new IllegalStateException("the gateway does not start", e);
        }
    }
}
