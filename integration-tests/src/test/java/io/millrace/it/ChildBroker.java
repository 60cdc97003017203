package io.millrace.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A broker in a process of its own, from the jars that the embedded broker is made of. */
final class ChildBroker implements KafkaFixture {

    private static final Duration START = Duration.ofSeconds(60);

    private final int port = Ports.free();
    private final int controllerPort = Ports.free();
    private final Path data;
    private final List<String> command;
    private ChildProcess process;

    /** Kafka's own properties for a broker on these ports. */
    interface Settings {
        List<String> of(int port, int controllerPort);
    }

    private ChildBroker(List<String> flags, Settings settings) throws Exception {
        this.data = Files.createTempDirectory(Build.target("brokers"), "data");
        List<String> arguments = new ArrayList<>(List.of(
                "--port",
                Integer.toString(port),
                "--voters",
                "1@" + controllerPort,
                "--cluster-id",
                "millrace-integration-1",
                "--data-dir",
                data.toString(),
                "--until-input-ends"));
        settings.of(port, controllerPort).forEach(setting -> {
            arguments.add("--set");
            arguments.add(setting);
        });
        this.command = Build.java(flags, "io.millrace.embedded.BrokerMain", arguments);
        this.process = launch();
    }

    static ChildBroker start() throws Exception {
        return start((_, _) -> List.of());
    }

    /** A broker with properties of Kafka on top of its own. */
    static ChildBroker start(Settings settings) throws Exception {
        return new ChildBroker(Build.SMALL, settings);
    }

    /** A broker on a JVM with these flags. */
    static ChildBroker start(List<String> flags) throws Exception {
        return new ChildBroker(flags, (_, _) -> List.of());
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void restart() throws Exception {
        process = launch();
    }

    @Override
    public void stop() throws InterruptedException {
        process.terminate();
        process.awaitExit(Duration.ofSeconds(30));
    }

    @Override
    public void close() throws IOException {
        process.kill();
        Directories.delete(data);
    }

    private ChildProcess launch() throws Exception {
        ChildProcess started = ChildProcess.start("broker", command, data, Map.of());
        started.awaitOutput("ready " + bootstrapServers(), START);
        return started;
    }
}
