package io.millrace.it;

/** Two gateways that know nothing of each other, on the one shared broker; for tests that leave them alive. */
record GatewayPair(GatewayProcess one, GatewayProcess other) {

    /** What the pair serves: everything in a shared topic, but for these. */
    static final String MAPPINGS = """
            mappings:
              - path: "topics/{name}"
                kind: dedicated
                topic: "it.{name}"
                replication-factor: 1
              - path: "pairs/{first}/{second}"
                kind: dedicated
                topic: "pair.{first}-{second}"
                replication-factor: 1
              - path: "**"
                kind: shared
                topic: it-shared
                partitions: 8
                replication-factor: 1
            """;

    private static final class Shared {
        static final GatewayPair PAIR = start();
    }

    /** The pair, which ends with this process. */
    static GatewayPair shared() {
        return Shared.PAIR;
    }

    private static GatewayPair start() {
        try {
            return new GatewayPair(gateway("one"), gateway("other"));
        } catch (Exception e) {
            throw new IllegalStateException("the gateways do not start", e);
        }
    }

    private static GatewayProcess gateway(String name) throws Exception {
        return GatewayProcess.named(name)
                .on(TestKafka.shared())
                .mappings(MAPPINGS)
                .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "3s")
                .start();
    }
}
