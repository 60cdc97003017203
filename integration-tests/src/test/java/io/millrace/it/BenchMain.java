package io.millrace.it;

import io.millrace.bench.Bench;
import io.millrace.bench.BenchOptions;
import io.millrace.bench.Contender;
import io.millrace.bench.Fresh;
import io.millrace.it.Build.Distribution;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The bench as a command, {@code ./mvnw -q -Pbench}: starts what is to be measured, and measures it (docs/performance.md).
 *
 * <p>Exit codes: 0 if all went well, 1 if a run failed or a server did not deliver what it had acknowledged, 2 for wrong
 * arguments.
 */
public final class BenchMain {

    /** As Kafka's own start script has it. */
    private static final List<String> BROKER_JVM = List.of(
            "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35");

    /** As Millrace's own start script has it: the JVM's defaults. */
    private static final List<String> GATEWAY_JVM = List.of();

    private BenchMain() {}

    public static void main(String[] args) throws Exception {
        BenchOptions options;
        try {
            options = BenchOptions.parse(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(BenchOptions.USAGE);
            System.exit(2);
            return;
        }
        if (!options.chartOf().isEmpty()) {
            System.exit(Bench.chartOf(options, System.err) ? 0 : 1);
        }
        boolean clean;
        try (Started started = new Started()) {
            clean = Bench.run(started.contenders(options), options, System.out, System.err);
        }
        System.exit(clean ? 0 : 1);
    }

    /** The servers that this process has started; they end in reverse order. */
    private static final class Started implements Closeable {
        private final Deque<Closeable> servers = new ArrayDeque<>();

        List<Contender> contenders(BenchOptions options) throws Exception {
            List<Contender> contenders = new ArrayList<>();
            if (options.urls().isEmpty()) {
                contenders.add(millrace());
            }
            options.urls().forEach(url -> contenders.add(Contender.at(url)));
            options.compare().forEach(url -> contenders.add(Contender.at(url)));
            if (options.reference()) {
                contenders.add(reference(ReferenceServer::inMemory));
                contenders.add(reference(ReferenceServer::fileBacked));
            }
            return contenders;
        }

        private Contender millrace() throws Exception {
            ChildBroker broker = ChildBroker.start(BROKER_JVM);
            servers.push(broker::close);
            GatewayProcess gateway =
                    GatewayProcess.named("bench").on(broker).flags(GATEWAY_JVM).start();
            servers.push(gateway::close);
            ProcessHandle brokerProcess = broker.process().handle();
            return new Contender(
                            "millrace",
                            gateway.client().base(),
                            List.of(gateway.process().handle(), brokerProcess),
                            Optional.of(new Contender.Kafka(broker.bootstrapServers(), brokerProcess)))
                    .of(new Gateways(broker));
        }

        private Contender reference(Callable<ReferenceServer> start) throws Exception {
            ReferenceServer server = start.call();
            servers.push(server::close);
            return server.contender().of(() -> {
                ReferenceServer other = start.call();
                return new Fresh(other.contender().base(), other.process(), other::close);
            });
        }

        @Override
        public void close() throws IOException {
            for (Closeable server : servers) {
                server.close();
            }
        }
    }

    /** Further gateways on the broker of the first one. */
    private record Gateways(ChildBroker broker) implements Fresh.Kind {

        private static final Duration END = Duration.ofMinutes(1);

        @Override
        public Fresh start() throws Exception {
            GatewayProcess gateway = GatewayProcess.named("bench-fresh")
                    .on(broker)
                    .flags(GATEWAY_JVM)
                    .start();
            return new Fresh(gateway.client().base(), gateway.process().handle(), gateway::close);
        }

        @Override
        public Fresh launch(Fresh.Training training) throws Exception {
            String port = Integer.toString(Ports.free());
            Path learnt = Build.target("gateways").resolve("bench.jsa");
            Path other = Build.target("gateways").resolve("none.jsa");
            boolean learns = training == Fresh.Training.LEARNS;
            ChildProcess gateway = ChildProcess.start(
                    "bench-start",
                    List.of(Distribution.SLIM.launcher().toString(), learns ? "train" : "serve"),
                    Build.target("gateways"),
                    Map.of(
                            "MILLRACE_SERVER_PORT",
                            port,
                            "MILLRACE_KAFKA_BOOTSTRAP_SERVERS",
                            broker.bootstrapServers(),
                            "MILLRACE_CLASS_ARCHIVE",
                            (training == Fresh.Training.NONE ? other : learnt).toString()));
            return new Fresh(
                    URI.create("http://127.0.0.1:" + port + "/v1/stream"),
                    gateway.handle(),
                    learns ? () -> endInPeace(gateway) : gateway::kill);
        }

        /** It writes what it has learnt last. */
        private static void endInPeace(ChildProcess gateway) throws IOException {
            gateway.terminate();
            try {
                gateway.awaitExit(END);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while a gateway ended");
            }
        }
    }
}
